"""The door for plans: read in the confined child by the module that a room names, bounded before that module
sees a byte."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from security_center.foundation.cleaning import plans
from security_center.foundation.cleaning.kinds import identify_plan
from security_center.foundation.cleaning.limits import Limits

SIMEX = "simex.importing.confined"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_parsers", {})
    for kind in ("geojson", "ifc", "dxf"):
        plans.register(kind, SIMEX)


def room(name: str, left: float, **more: Any) -> dict[str, Any]:
    outline = [[left, 0], [left + 8, 0], [left + 8, 6], [left, 6], [left, 0]]
    geometry = {"type": "Polygon", "coordinates": [outline]}
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name, **more}}


def geojson(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


DOOR = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[8, 2], [8, 3]]},
    "properties": {"category": "door"},
}


def pieces(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), 1000):
        yield content[at : at + 1000]


def test_a_geojson_plan_is_read_by_the_module_that_a_room_has_named() -> None:
    read = plans.read_plan(pieces(geojson(room("Room 101", 0), room("Room 102", 8), DOOR)))
    assert read.sentence == ""
    assert read.found is not None
    assert [space["name"] for space in read.found["plan"]["spaces"]] == ["Room 101", "Room 102"]
    assert len(read.found["summary"]["doors"]) == 1


def test_a_picture_of_a_plan_comes_back_clean_and_needs_no_parser() -> None:
    said, made = PngInfo(), io.BytesIO()
    said.add_text("Author", "MARKER")
    Image.new("RGB", (40, 30), "white").save(made, "PNG", pnginfo=said)
    plans._parsers.clear()
    read = plans.read_plan([made.getvalue()])
    assert (read.sentence, read.media_type) == ("", "image/png")
    assert b"MARKER" in made.getvalue()
    assert b"MARKER" not in read.picture
    assert Image.open(io.BytesIO(read.picture)).size == (40, 30)


def test_a_dxf_plan_is_read_from_its_bytes_alone() -> None:
    ezdxf = pytest.importorskip("ezdxf")
    drawing, made = ezdxf.new(units=6), io.StringIO()
    outline = [(0, 0), (8, 0), (8, 6), (0, 6)]
    drawing.modelspace().add_lwpolyline(outline, close=True, dxfattribs={"layer": "ROOMS"})
    drawing.write(made)
    read = plans.read_plan([made.getvalue().encode()])
    assert read.sentence == ""
    assert read.found is not None
    assert len(read.found["plan"]["spaces"]) == 1
    assert read.found["plan"]["source"] == "Imported from plan.dxf (DXF AC1027)"


def test_what_the_parser_refuses_is_said_in_its_sentence() -> None:
    read = plans.read_plan([b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"])
    assert "plan.ifc" in read.sentence
    assert read.found is None


@pytest.mark.parametrize("named", ["", "simex.importing.of_another_day", "no_such_package.at_all"])
def test_where_nothing_is_installed_that_reads_it_that_is_said_in_one_sentence(named: str) -> None:
    plans._parsers.clear()
    if named:
        plans.register("geojson", named)
    read = plans.read_plan([geojson(room("Room 101", 0))])
    assert "not installed" in read.sentence
    assert read.sentence.count(".") == 1


def test_a_plan_is_bounded_before_it_is_parsed_and_while_it_is() -> None:
    content = geojson(*(room(f"Room {number}", number * 8) for number in range(2000)))
    small = Limits(input_bytes=10_000, memory_bytes=plans.LIMITS.memory_bytes)
    assert "larger than the limit" in plans.read_plan(pieces(content), small).sentence
    short = Limits(memory_bytes=plans.LIMITS.memory_bytes, waiting_seconds=0.05)
    assert "too long" in plans.read_plan(pieces(content), short).sentence
    deep = b'{"a":' + b"[" * 2_000_000 + b"]" * 2_000_000 + b"}"
    assert plans.read_plan(pieces(deep)).sentence


def test_only_plans_and_pictures_are_taken_and_only_their_kinds_registered() -> None:
    for content in (b"", b"%PDF-1.7 ...", b"ID3\x04 sound", b"plain words"):
        assert identify_plan(content) is None
        assert plans.read_plan([content]).sentence
    with pytest.raises(plans.NotAPlan):
        plans.register("pdf", SIMEX)


def test_an_ifc_plan_is_read_from_its_bytes_alone(tmp_path: Path) -> None:
    pytest.importorskip("ifcopenshell")
    from tests.simex.importing.ifc_school import school

    read = plans.read_plan(pieces(school().write(tmp_path / "school.ifc").read_bytes()))
    assert read.sentence == ""
    assert read.found is not None
    assert read.found["plan"]["spaces"]
