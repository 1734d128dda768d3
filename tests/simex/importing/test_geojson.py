"""GeoJSON and IMDF buildings that the tests write, imported."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simex.importing import Unimportable
from simex.importing.reading import read_here
from simex.plan import PortalKind, Use, faults

Place = Callable[[float, float], list[float]]
LATITUDE, LONGITUDE = 38.9, -77.0


def in_metres(x: float, y: float) -> list[float]:
    return [x, y]


def in_degrees(x: float, y: float) -> list[float]:
    """On a sphere of WGS 84's radii of curvature at this latitude."""
    first, flattening = 6_378_137.0, 1 / 298.257223563
    squared = flattening * (2 - flattening)
    sine = math.sin(math.radians(LATITUDE))
    across = first / math.sqrt(1 - squared * sine * sine)
    along = first * (1 - squared) / (1 - squared * sine * sine) ** 1.5
    return [
        LONGITUDE + math.degrees(x / (across * math.cos(math.radians(LATITUDE)))),
        LATITUDE + math.degrees(y / along),
    ]


def room(
    place: Place, identifier: str, corners: tuple[float, float, float, float], **fields: Any
) -> dict[str, Any]:
    left, bottom, right, top = corners
    ring = [
        place(x, y) for x, y in ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    ]
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": fields,
    }


def line(
    place: Place, identifier: str, ends: tuple[float, float, float, float], **fields: Any
) -> dict[str, Any]:
    shape = {"type": "LineString", "coordinates": [place(*ends[:2]), place(*ends[2:])]}
    return {"type": "Feature", "id": identifier, "geometry": shape, "properties": fields}


def collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def plain(place: Place) -> str:
    return collection(
        [
            room(place, "c", (0, 0, 20, 3), name="Corridor"),
            room(place, "o", (0, 3, 6, 8), name="Office"),
            room(place, "r", (6, 3, 14, 10), name="Room 12", capacity=22),
            room(place, "h", (0, -6, 8, 0), name="Commons", use="lobby"),
            line(place, "d1", (2, 3, 3, 3), category="door"),
            line(place, "d2", (8, 3, 9, 3), category="door"),
            line(place, "e", (0, 0.5, 0, 2.5), category="emergencyexit"),
            line(place, "w", (1, 0, 7, 0), category="opening"),
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": place(10, -80)},
                "properties": {"category": "assembly", "name": "Field"},
            },
        ]
    )


@pytest.mark.parametrize("place", [in_metres, in_degrees])
def test_rooms_and_doors_of_a_plain_file_become_a_sound_plan(tmp_path: Path, place: Place) -> None:
    (tmp_path / "oak.geojson").write_text(plain(place), encoding="utf-8")
    found = read_here(tmp_path / "oak.geojson")
    plan = found.plan
    assert faults(plan) == []
    assert plan.name == "oak"
    assert plan.space("room-12").use is Use.CLASSROOM
    assert plan.space("room-12").capacity == 22
    assert found.summary.as_fields()["spaces"]["c"]["footprint_m2"] == pytest.approx(60.0, rel=1e-4)
    assert {portal.kind for portal in plan.doors_of("commons")} == {PortalKind.OPENING}
    assert [portal.emergency_exit for portal in plan.exits] == [True]
    assert [point.name for point in plan.assembly_points] == ["Field"]


def imdf(path: Path) -> Path:
    ground = [
        room(in_degrees, "u1", (0, 0, 20, 3), level_id="l0", category="walkway", name=None),
        room(in_degrees, "u2", (0, 3, 6, 8), level_id="l0", category="office", name={"en": "Front office"}),
        room(in_degrees, "u3", (20, 0, 26, 3), level_id="l0", category="stairs", name=None),
        room(in_degrees, "u9", (6, 3, 9, 8), level_id="l0", category="opentobelow", name=None),
    ]
    upper = [
        room(in_degrees, "u4", (0, 0, 20, 3), level_id="l1", category="walkway", name=None),
        room(in_degrees, "u5", (20, 0, 26, 3), level_id="l1", category="stairs", name=None),
        room(in_degrees, "u6", (0, 3, 8, 9), level_id="l1", category="classroom", name={"en": "Art"}),
    ]
    openings = [
        line(in_degrees, "o1", (0, 0.5, 0, 2.5), level_id="l0", category="pedestrian.principal"),
        line(in_degrees, "o2", (2, 3, 3, 3), level_id="l0", category="pedestrian"),
        line(in_degrees, "o3", (20, 0.5, 20, 2.5), level_id="l0", category="pedestrian"),
        line(in_degrees, "o4", (20, 0.5, 20, 2.5), level_id="l1", category="pedestrian"),
        line(in_degrees, "o5", (2, 3, 3, 3), level_id="l1", category="pedestrian"),
    ]
    levels = [
        room(in_degrees, f"l{n}", (0, 0, 26, 9), ordinal=n, name={"en": f"Floor {n + 1}"}) for n in (0, 1)
    ]
    building = [
        {"type": "Feature", "id": "b", "geometry": None, "properties": {"name": {"en": "Oak School"}}}
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"version": "1.0.0", "language": "en"}))
        for name, features in (
            ("level", levels),
            ("unit", ground + upper),
            ("opening", openings),
            ("building", building),
        ):
            archive.writestr(f"{name}.geojson", collection(features))
    return path


def test_an_imdf_archive_becomes_a_sound_plan_of_two_levels(tmp_path: Path) -> None:
    found = read_here(imdf(tmp_path / "oak.zip"))
    plan = found.plan
    assert [fault.sentence for fault in faults(plan) if not fault.is_remark] == []
    assert (plan.name, [level.name for level in plan.levels]) == (
        "Oak School",
        ["Floor 1", "Landings above Floor 1", "Floor 2"],
    )
    assert plan.space(plan.office or "").name == "Front office"
    flights = [
        (region.level, region.upper_level) for region in plan.regions if region.upper_level is not None
    ]
    assert flights == [("floor-1", "floor-1-landings"), ("floor-1-landings", "floor-2")], (
        "the doors of both floors are at one end: the stairs turn back"
    )
    assert any("4 m from level to level" in note for note in plan.notes)
    assert found.summary.as_fields()["counts"]["storeys"] == 2


def test_what_cannot_be_read_is_listed_and_the_rest_is_there(tmp_path: Path) -> None:
    content = json.loads(plain(in_metres))
    content["features"] += [
        room(in_metres, "bad", (0, 20, 5, 25), name="Bad")
        | {"geometry": {"type": "Polygon", "coordinates": "none"}},
        line(in_metres, "long", (0, 30, 80, 30), category="door"),
        {
            "type": "Feature",
            "properties": None,
            "geometry": {"type": "Polygon", "coordinates": [[[float("nan"), 0], [1, 1], [2, 0]]]},
        },
    ]
    (tmp_path / "oak.geojson").write_text(json.dumps(content), encoding="utf-8")
    plan = read_here(tmp_path / "oak.geojson").plan
    assert len(plan.spaces) == 4
    assert sum("was left out: it cannot be read" in note for note in plan.notes) == 3


def test_too_many_features_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simex.importing import geojson

    monkeypatch.setattr(geojson, "MOST_FEATURES", 5)
    (tmp_path / "oak.geojson").write_text(plain(in_metres), encoding="utf-8")
    with pytest.raises(Unimportable, match="more than 5 features"):
        read_here(tmp_path / "oak.geojson")
