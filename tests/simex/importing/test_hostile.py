"""Files that are cut off, lie or attack: each ends in a sentence, or in a plan without the broken part."""

from __future__ import annotations

import json
import os
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simex.importing.ifc_school import school
from tests.simex.importing.test_geojson import in_metres, plain

from simex.importing import Unimportable, Wishes, import_plan, reading
from simex.importing.assembly import assemble, floors
from simex.importing.bounded import read_bounded
from simex.importing.geojson import read_geojson
from simex.importing.ifc import building, read_ifc, step
from simex.importing.reading import read_here
from simex.plan import faults


@cache
def text() -> str:
    return str(school().file.to_string())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x00" * 5000, "of no kind that is known"),
        (b"%PDF-1.7", "of no kind that is known"),
        (b"ISO-10303-21;\nHEADER;\nENDSEC;", "has no data"),
        (b"ISO-10303-21;HEADER;FILE_SCHEMA(('AP203'));ENDSEC;DATA;#1=A();", "not of IFC"),
        (b"ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;", "holds no entity"),
        (
            b"ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;#1=IFCWALL($);ENDSEC;",
            "holds no room with a floor",
        ),
        (b"PK\x03\x04 nothing", "cannot be unpacked"),
        (b'{"type": "Feature"}', "no GeoJSON of features"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no shapes"),
    ],
)
def test_what_is_no_building_ends_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Unimportable, match=words):
        import_plan(tmp_path / "file")


def test_a_missing_file_and_a_folder_end_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unimportable, match="cannot be read"):
        import_plan(tmp_path / "none.ifc")
    with pytest.raises(Unimportable, match="cannot be read"):
        import_plan(tmp_path)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_read_or_refused_never_more(data: st.DataObject) -> None:
    content = bytearray(text().encode("latin-1"))
    start = content.index(b"DATA;")
    for _ in range(data.draw(st.integers(1, 30))):
        at = data.draw(st.integers(start, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.sampled_from(b"#0123456789(),$'.;=-*\\ AIFC"))
        else:
            del content[at : at + data.draw(st.integers(1, 40))]
    cut = data.draw(st.integers(start, len(content)) | st.just(len(content)))
    try:
        drawn, summary = read_ifc(bytes(content[:cut]), "damaged.ifc")
    except Unimportable as refused:
        said = str(refused)
        assert said.endswith((".", ")"))
    else:
        assert summary.as_fields()["counts"]["spaces"] >= len(drawn.rooms)
        try:
            assert isinstance(faults(assemble(drawn, Wishes())), list)
        except Unimportable as refused:
            assert str(refused)  # noqa: PT017 - what is refused depends on the damage


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_features_are_read_or_refused_never_more(data: st.DataObject) -> None:
    content = json.loads(plain(in_metres))
    for _ in range(data.draw(st.integers(1, 6))):
        here = content
        while True:
            step = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if not isinstance(here[step], dict | list) or not here[step] or data.draw(st.integers(0, 5)) == 0:
                break
            here = here[step]
        here[step] = data.draw(
            st.none()
            | st.booleans()
            | st.floats()
            | st.integers(-300, 300)
            | st.text(max_size=5)
            | st.just([])
            | st.just({})
        )
    try:
        drawn, _ = read_geojson({"damaged.geojson": json.dumps(content).encode()}, "damaged.geojson")
        assert isinstance(faults(assemble(drawn, Wishes())), list)
    except Unimportable as refused:
        assert str(refused)  # noqa: PT017 - what is refused depends on the damage


def test_placements_in_a_circle_leave_their_parts_out(tmp_path: Path) -> None:
    made = school()
    storey = made.storeys[0].ObjectPlacement
    storey.PlacementRelTo = made.spaces["office"].ObjectPlacement
    plan = read_here(made.write(tmp_path / "circle.ifc")).plan
    assert [space.name for space in plan.spaces] == ["101 Upper hallway"]
    assert any("its placement is placed within itself" in note for note in plan.notes)


def test_shapes_in_a_circle_leave_their_room_out(tmp_path: Path) -> None:
    made = school()
    make = made.file.create_entity
    body = made.spaces["commons"].Representation.Representations[0]
    origin = make("IfcAxis2Placement3D", make("IfcCartesianPoint", (0.0, 0.0, 0.0)))
    target = make(
        "IfcCartesianTransformationOperator3D",
        None,
        None,
        make("IfcCartesianPoint", (0.0, 0.0, 0.0)),
        1.0,
        None,
    )
    body.Items = [make("IfcMappedItem", make("IfcRepresentationMap", origin, body), target)]
    plan = read_here(made.write(tmp_path / "circle.ifc")).plan
    assert any(
        "004 Commons: its shape cannot be read, its shapes are nested too deeply" in note
        for note in plan.notes
    )
    assert len(plan.spaces) == 5


def test_endless_lists_end_at_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "MOST_TOKENS", 20_000)
    made = school()
    profile = made.spaces["corridor"].Representation.Representations[0].Items[0].SweptArea
    profile.OuterCurve.Points = [
        made.file.create_entity("IfcCartesianPoint", (float(n), float(n % 7))) for n in range(10_000)
    ]
    with pytest.raises(Unimportable, match="in more detail than a floor plan can use"):
        read_here(made.write(tmp_path / "long.ifc"), Wishes())


def test_a_room_of_very_many_corners_is_left_out_with_its_name(tmp_path: Path) -> None:
    made = school()
    profile = made.spaces["commons"].Representation.Representations[0].Items[0].SweptArea
    teeth = [(x / 100, 4.0 + (x % 2)) for x in range(3_000)]
    profile.OuterCurve.Points = [
        made.file.create_entity("IfcCartesianPoint", point)
        for point in [(0.0, 0.0), *reversed(teeth), (0.0, 0.0)]
    ]
    plan = read_here(made.write(tmp_path / "teeth.ifc")).plan
    assert any(note.startswith("004 Commons: left out") for note in plan.notes)


def test_rooms_of_too_many_corners_in_all_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floors, "MOST_EFFORT", 300)
    with pytest.raises(Unimportable, match="more corners than a floor plan can use"):
        read_here(school().write(tmp_path / "school.ifc"), Wishes())


def test_too_many_rooms_are_refused_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MOST_ROOMS", 4)
    with pytest.raises(Unimportable, match="has 5 of IFCSPACE: more than a school's floor plan can hold"):
        read_here(school().write(tmp_path / "school.ifc"), Wishes())


def test_lists_within_lists_end_at_the_bound(tmp_path: Path) -> None:
    place = tmp_path / "deep.ifc"
    place.write_bytes(
        b"ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;\n#1=IFCUNITASSIGNMENT(" + b"(" * 1_000_000
    )
    with pytest.raises(Unimportable, match="unit of length cannot be read"):
        read_here(place)


def test_a_unit_of_a_thousand_kilometres_is_refused(tmp_path: Path) -> None:
    made = school("IFC4", "foot")
    made.file.by_type("IfcMeasureWithUnit")[0].ValueComponent = made.file.create_entity(
        "IfcRatioMeasure", 1e6
    )
    path = made.write(tmp_path / "huge.ifc")
    with pytest.raises(Unimportable, match=r"unit of length is 1e\+06 m"):
        read_here(path)


def test_numbers_beyond_any_building_leave_their_part_out(tmp_path: Path) -> None:
    made = school()
    made.doors["office"].OverallWidth = 1e300
    profile = made.spaces["commons"].Representation.Representations[0].Items[0].SweptArea
    profile.OuterCurve.Points[1].Coordinates = (1e308, 0.0)
    made.storeys[1].Elevation = 1e308
    found = read_here(made.write(tmp_path / "wide.ifc"))
    assert not [portal for portal in found.plan.portals if "office" in portal.id]
    assert all(portal.width_m < 20 for portal in found.plan.portals)
    assert any("004 Commons: its shape cannot be read" in note for note in found.plan.notes)
    assert json.loads(json.dumps(found.summary.as_fields(), allow_nan=False))["counts"]["storeys"] == 1


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1024 * 1024)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("unit.geojson", b" " * 50_000_000)
    assert (tmp_path / "bomb.zip").stat().st_size < 100_000
    with pytest.raises(Unimportable, match="unpacks to more than 1 MB"):
        read_here(tmp_path / "bomb.zip", Wishes())


def test_a_packed_ifc_file_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "school.ifczip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/school.ifc", text())
    assert read_here(tmp_path / "school.ifczip").summary.as_fields()["counts"]["spaces"] == 5


def test_a_plan_that_is_one_already_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps({"format": "simex-plan"}), encoding="utf-8")
    with pytest.raises(Unimportable, match="is a plan already"):
        read_here(tmp_path / "plan.json")


HEAD = "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;"


def nested(levels: int, uses: int) -> str:
    """A room whose shape uses a shape that uses a shape …: uses ** levels boxes in a file of a few lines."""
    lines = [
        "#1=IFCCARTESIANPOINT((0.,0.,0.));#2=IFCAXIS2PLACEMENT3D(#1,$,$);#3=IFCCARTESIANTRANSFORMATIONOPERATOR3D($,$,#1,1.,$);"
    ]
    lines.append("#4=IFCBOUNDINGBOX(#1,5.,5.,3.);#10=IFCSHAPEREPRESENTATION($,'Body','x',(#4));")
    for n in range(20, 20 + 10 * levels, 10):
        used = ",".join([f"#{n + 2}"] * uses)
        lines.append(
            f"#{n + 1}=IFCREPRESENTATIONMAP(#2,#{n - 10});#{n + 2}=IFCMAPPEDITEM(#{n + 1},#3);"
            f"#{n}=IFCSHAPEREPRESENTATION($,'Body','x',({used}));"
        )
    lines.append(f"#900=IFCPRODUCTDEFINITIONSHAPE($,$,(#{10 + 10 * levels}));#901=IFCLOCALPLACEMENT($,#2);")
    lines.append(
        "#910=IFCBUILDINGSTOREY('s',$,'L1',$,$,$,$,$,$,0.);#911=IFCSPACE('g',$,'R',$,$,#901,#900,'Room',$,$,$);"
    )
    return HEAD + "\n".join([*lines, "#912=IFCRELAGGREGATES('r',$,$,$,#910,(#911));ENDSEC;"])


def test_shapes_that_use_each_other_many_times_over_end_at_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "MOST_TOKENS", 20_000)
    (tmp_path / "bomb.ifc").write_text(nested(9, 9), encoding="utf-8")
    with pytest.raises(Unimportable, match="in more detail than a floor plan can use"):
        read_here(tmp_path / "bomb.ifc")
    (tmp_path / "box.ifc").write_text(nested(2, 2), encoding="utf-8")
    assert len(read_here(tmp_path / "box.ifc").plan.spaces) == 1


@pytest.mark.long
def test_a_reader_that_needs_too_long_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "bomb.ifc").write_text(nested(15, 10), encoding="utf-8")
    with pytest.raises(Unimportable, match="more than 2,048 MB of memory or 1 seconds"):
        read_bounded(tmp_path / "bomb.ifc", Wishes(), seconds=1)


def test_what_comes_back_from_the_reader_is_the_same_as_here(tmp_path: Path) -> None:
    path = school().write(tmp_path / "school.ifc")
    wishes = Wishes(office="Office", without_unreachable=True)
    assert import_plan(path, wishes) == read_here(path, wishes)


def test_a_pipe_or_a_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ifc")
    (tmp_path / "link.ifc").symlink_to("/dev/zero")
    for name in ("pipe.ifc", "link.ifc"):
        with pytest.raises(Unimportable, match="no ordinary file"):
            import_plan(tmp_path / name)


def test_a_file_larger_than_the_bound_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.ifc").open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(Unimportable, match="larger than 256 MB"):
        import_plan(tmp_path / "large.ifc")


def test_text_in_utf_16_is_told_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "wide.geojson").write_text("{}", encoding="utf-16")
    with pytest.raises(Unimportable, match="save it as UTF-8"):
        import_plan(tmp_path / "wide.geojson")


def test_names_cannot_steer_a_terminal_and_have_an_end(tmp_path: Path) -> None:
    (tmp_path / "names.ifc").write_text(
        nested(0, 1).replace("'Room'", "'\x1b[31mRed \\X2\\202E\\X0\\abc" + "x" * 100_000 + "'"),
        encoding="utf-8",
    )
    found = read_here(tmp_path / "names.ifc")
    for name in (found.plan.spaces[0].name, found.summary.spaces["g"]["long_name"]):
        assert "\x1b" not in name
        assert "\u202e" not in name
        assert len(name) <= 200


def square(**fields: object) -> dict[str, object]:
    corners = [[0, 0], [10, 0], [10, 10], [0, 10]]
    return {
        "type": "Feature",
        "id": "a",
        "properties": fields,
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


@pytest.mark.parametrize("ordinal", [1e308, 10**400, float("nan"), -5e5, "one", None, [1]])
def test_levels_of_any_number_give_a_plan_that_can_be_read_again(tmp_path: Path, ordinal: object) -> None:
    level = {
        "type": "Feature",
        "id": "L",
        "feature_type": "level",
        "properties": {"ordinal": ordinal, "name": "L\ud800"},
        "geometry": None,
    }
    (tmp_path / "a.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [level, square(name="A\ud800", level_id="L")]})
    )
    assert import_plan(tmp_path / "a.geojson").plan.levels[0].elevation_m == 0


def test_numbers_beyond_any_float_leave_their_part_out(tmp_path: Path) -> None:
    wide = square(name="Wide") | {
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [10**400, 0], [1, 1]]]}
    }
    (tmp_path / "a.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [square(name="A"), wide]})
    )
    found = read_here(tmp_path / "a.geojson")
    assert len(found.plan.spaces) == 1
    assert any("Feature a was left out" in note for note in found.summary.left_out)


def test_more_levels_than_a_building_has_are_refused(tmp_path: Path) -> None:
    content = {"type": "FeatureCollection", "features": [square(name="A", level=str(n)) for n in range(101)]}
    (tmp_path / "a.geojson").write_text(json.dumps(content))
    with pytest.raises(Unimportable, match="names 101 levels"):
        read_here(tmp_path / "a.geojson")
