"""DXF drawings that the tests draw with ezdxf, imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ezdxf
import pytest

from simex.importing import Unimportable, Wishes
from simex.importing.assembly import assemble
from simex.importing.bounded import read_bounded
from simex.importing.dxf import read_dxf
from simex.importing.reading import read_here
from simex.plan import PortalKind, Use, faults


def rectangle(left: float, bottom: float, right: float, top: float, unit: float) -> list[tuple[float, float]]:
    return [(x / unit, y / unit) for x, y in ((left, bottom), (right, bottom), (right, top), (left, top))]


def drawing(units: int, unit: float) -> Any:
    """A corridor, an office, a classroom and a hall on two levels; stairs over each other. unit: metres in a
    unit of the drawing."""
    document = ezdxf.new(units=units)
    space = document.modelspace()

    def room(layer: str, name: str, *corners: float) -> None:
        outline = rectangle(*corners, unit)  # type: ignore[arg-type]
        space.add_lwpolyline(outline, close=True, dxfattribs={"layer": layer})
        space.add_text(
            name, dxfattribs={"layer": layer.replace("ROOMS", "NAMES"), "height": 0.2 / unit}
        ).set_placement(((corners[0] + 0.5) / unit, (corners[1] + 0.5) / unit))

    def line(layer: str, x1: float, y1: float, x2: float, y2: float) -> None:
        space.add_line((x1 / unit, y1 / unit), (x2 / unit, y2 / unit), dxfattribs={"layer": layer})

    room("L1-ROOMS", "Corridor", 0, 0, 20, 3)
    room("L1-ROOMS", "Main office", 0, 3.2, 6, 8)
    room("L1-ROOMS", "Room 101", 6.2, 3.2, 14, 10)
    room("L1-ROOMS", "Commons", 0, -6, 8, 0)
    room("L2-ROOMS", "Upper hall", 0, 0, 20, 3)
    for level in (1, 2):
        space.add_lwpolyline(
            rectangle(20.2, 0, 26, 3, unit), close=True, dxfattribs={"layer": f"L{level}-STAIRS"}
        )
        line(f"L{level}-DOORS", 20.1, 1, 20.1, 2)
    line("L1-DOORS", 2, 3.1, 3, 3.1)
    line("L1-EXIT-EMERGENCY", 0, 0.5, 0, 2.5)
    line("L1-OPENING", 1, 0, 7, 0)
    block = document.blocks.new("D90")
    block.add_line((0, 0), (0, 0.9 / unit))
    block.add_arc((0, 0), 0.9 / unit, 0, 90)
    space.add_blockref("D90", (9 / unit, 3.1 / unit), dxfattribs={"layer": "L1-DOORS"})
    return document


@pytest.mark.parametrize(
    ("units", "unit"), [(6, 1.0), (4, 0.001), (2, 0.3048)], ids=["metres", "millimetres", "feet"]
)
def test_a_drawing_becomes_a_sound_plan(tmp_path: Path, units: int, unit: float) -> None:
    drawing(units, unit).saveas(tmp_path / "school.dxf")
    drawn, summary = read_dxf(tmp_path / "school.dxf")
    plan = assemble(drawn, Wishes())
    assert [fault.sentence for fault in faults(plan) if not fault.is_remark] == []
    assert {space.name for space in plan.spaces} == {
        "Corridor",
        "Main office",
        "Room 101",
        "Commons",
        "Upper hall",
        "Stairs",
    }
    assert plan.space(plan.office or "").name == "Main office"
    assert plan.space("room-101").use is Use.CLASSROOM
    widths = {portal.id: portal.width_m for portal in plan.portals if portal.kind is PortalKind.DOOR}
    assert widths["door-main-office-corridor"] == pytest.approx(1.0, abs=0.002)
    assert widths["door-room-101-corridor"] == pytest.approx(0.9, abs=0.002), (
        "a block stands along its own x axis"
    )
    (outer,) = plan.exits
    assert outer.emergency_exit
    assert next(
        portal.width_m for portal in plan.portals if portal.kind is PortalKind.OPENING
    ) == pytest.approx(6.0, abs=0.002)
    flights = [
        (region.level, region.upper_level) for region in plan.regions if region.upper_level is not None
    ]
    assert flights == [("level-1", "level-1-landings"), ("level-1-landings", "level-2")]
    counts = summary.as_fields()["counts"]
    assert counts == {
        "storeys": 2,
        "spaces": 7,
        "doors": 6,
        "stairs": 2,
        "doors_two_spaces": 0,
        "doors_one_space": 0,
        "doors_no_boundary": 6,
    }


def test_a_drawing_without_a_unit_is_measured_by_its_size(tmp_path: Path) -> None:
    drawing(0, 0.001).saveas(tmp_path / "school.dxf")
    drawn, summary = read_dxf(tmp_path / "school.dxf")
    assert any("drawn in millimetres" in note for note in drawn.notes)
    assert sorted(space["footprint_m2"] for space in summary.spaces.values())[-1] == pytest.approx(60.0)


def test_doors_away_from_walls_and_open_outlines_are_listed(tmp_path: Path) -> None:
    document = drawing(6, 1.0)
    document.modelspace().add_line((10, 1), (10.9, 1.9), dxfattribs={"layer": "L1-DOORS"})
    document.modelspace().add_lwpolyline([(30, 0), (35, 0), (35, 5)], dxfattribs={"layer": "L1-ROOMS"})
    document.saveas(tmp_path / "school.dxf")
    notes = "\n".join(assemble(read_dxf(tmp_path / "school.dxf")[0], Wishes()).notes)
    assert "at x 10.4 m, y 1.4 m on level level-1 was left out: no wall of a room is beside it" in notes
    assert "at x 30.0 m, y 0.0 m is not closed" in notes


def test_a_drawing_without_a_layer_for_rooms_says_which_layers_it_has(tmp_path: Path) -> None:
    document = ezdxf.new()
    document.modelspace().add_line((0, 0), (1, 1), dxfattribs={"layer": "A-WALL"})
    document.saveas(tmp_path / "walls.dxf")
    with pytest.raises(Unimportable, match=r"walls\.dxf has no layer for rooms\..* Its layers are A-WALL"):
        read_dxf(tmp_path / "walls.dxf")


def test_a_block_that_holds_itself_a_million_times_is_not_opened(tmp_path: Path) -> None:
    document = drawing(6, 1.0)
    bomb = document.blocks.new("BOMB")
    for _ in range(5):
        bomb.add_blockref("BOMB", (0, 0), dxfattribs={"row_count": 30_000, "column_count": 30_000})
    document.modelspace().add_blockref(
        "BOMB", (4, 0), dxfattribs={"layer": "L1-DOORS", "row_count": 30_000, "column_count": 30_000}
    )
    document.saveas(tmp_path / "bomb.dxf")
    drawn, _ = read_dxf(tmp_path / "bomb.dxf")
    assert any("its block is empty" in note for note in drawn.notes)
    assert len(drawn.doors) == 6


def test_a_damaged_drawing_ends_in_a_sentence(tmp_path: Path) -> None:
    drawing(6, 1.0).saveas(tmp_path / "school.dxf")
    content = (tmp_path / "school.dxf").read_bytes()
    (tmp_path / "cut.dxf").write_bytes(content[: len(content) // 3])
    with pytest.raises(Unimportable, match=r"cut\.dxf"):
        read_dxf(tmp_path / "cut.dxf")


def test_a_drawing_is_read_in_a_process_of_its_own_that_is_stopped_where_it_takes_too_much(
    tmp_path: Path,
) -> None:
    drawing(6, 1.0).saveas(tmp_path / "school.dxf")
    assert len(read_here(tmp_path / "school.dxf").plan.rooms_to_lock) == 2
    with pytest.raises(Unimportable, match=r"more than 60 MB of memory .* too much for a floor plan"):
        read_bounded(tmp_path / "school.dxf", Wishes(), bytes_of_memory=60 * 1024 * 1024)


def test_what_is_left_out_of_a_drawing_is_listed(tmp_path: Path) -> None:
    document = drawing(6, 1.0)
    space = document.modelspace()
    space.add_arc((9, 3.1), 0.9, 0, 90, dxfattribs={"layer": "L1-DOORS"})
    space.add_line((0, 0), (5, 0), dxfattribs={"layer": "L1-ROOMS"})
    space.add_line((0, 0), (5, 0), dxfattribs={"layer": "FURNITURE"})
    document.saveas(tmp_path / "school.dxf")
    found = read_here(tmp_path / "school.dxf")
    told = " ".join(found.summary.as_fields()["left_out"])
    assert "1 ARC on L1-DOORS" in told
    assert "1 LINE on L1-ROOMS" in told
    assert "FURNITURE" in told
    assert set(found.summary.left_out) <= set(found.plan.notes)


@pytest.mark.parametrize(
    "extreme",
    [
        lambda space: space.add_ellipse(
            (0, 0), major_axis=(1e300, 0), ratio=0.5, dxfattribs={"layer": "L1-ROOMS"}
        ),
        lambda space: space.add_ellipse(
            (0, 0), major_axis=(3e5, 0), ratio=1e-6, dxfattribs={"layer": "L1-ROOMS"}
        ),
        lambda space: space.add_circle((0, 0), 1e15, dxfattribs={"layer": "L1-ROOMS"}),
        lambda space: space.add_lwpolyline(
            [(0, 0, 0, 0, 1e-12), (1e6, 0, 0, 0, 1e15), (0, 9, 0, 0, 1)], dxfattribs={"layer": "L1-ROOMS"}
        ),
        lambda space: space.add_lwpolyline(
            [(i * 7919 % 997, i * 104729 % 991) for i in range(3000)],
            close=True,
            dxfattribs={"layer": "L1-ROOMS"},
        ),
    ],
    ids=["a huge ellipse", "a flat ellipse", "a huge circle", "bulges", "a scribble"],
)
def test_an_extreme_outline_is_left_out_and_listed_before_it_is_made_into_millions_of_chords(
    tmp_path: Path, extreme: Any
) -> None:
    document = drawing(6, 1.0)
    extreme(document.modelspace())
    document.saveas(tmp_path / "school.dxf")
    drawn, _ = read_dxf(tmp_path / "school.dxf")
    assert len(drawn.rooms) == 7
    assert any(
        "was left out" in note
        and ("beyond any" in note or "wider than any" in note or "crosses itself" in note)
        for note in drawn.notes
    )


def test_outlines_of_too_many_points_together_are_refused(tmp_path: Path) -> None:
    document = drawing(6, 1.0)
    for number in range(1_000):
        document.modelspace().add_circle((number, 0), 2_400, dxfattribs={"layer": "L1-ROOMS"})
    document.saveas(tmp_path / "school.dxf")
    with pytest.raises(Unimportable, match="more than 400,000 points"):
        read_dxf(tmp_path / "school.dxf")
