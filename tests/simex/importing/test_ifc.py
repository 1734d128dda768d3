"""IFC files that the tests write with ifcopenshell, imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.simex.importing.ifc_school import school

from simex.importing import Imported, Wishes
from simex.importing.reading import read_here
from simex.plan import LockType, Plan, Portal, PortalKind, PortalState, Use, faults
from simex.plan.geometry import is_convex, signed_area


def imported(path: Path, schema: str = "IFC4", unit: str = "metre", *, boundaries: bool = True) -> Imported:
    return read_here(school(schema, unit, boundaries=boundaries).write(path / "school.ifc"))


def floor(plan: Plan, name: str) -> float:
    space = next(space for space in plan.spaces if name in space.name)
    return sum(signed_area(region.polygon) for region in plan.regions_of(space.id))


def between(plan: Plan, one: str, other: str) -> list[Portal]:
    spaces = {region.id: plan.space(region.space).name for region in plan.regions}
    named = [(portal, [spaces.get(end, end) for end in portal.between]) for portal in plan.portals]
    return [portal for portal, (a, b) in named if (one in a and other in b) or (one in b and other in a)]


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4"])
@pytest.mark.parametrize("unit", ["metre", "millimetre", "foot"])
def test_the_summary_counts_and_measures_in_metres(tmp_path: Path, schema: str, unit: str) -> None:
    made = school(schema, unit)
    found = read_here(made.write(tmp_path / "school.ifc")).summary.as_fields()
    assert found["counts"] == {
        "storeys": 2,
        "spaces": 5,
        "doors": 3,
        "stairs": 1,
        "doors_two_spaces": 2,
        "doors_one_space": 1,
        "doors_no_boundary": 0,
    }
    assert found["storeys"] == [
        {"name": "Ground floor", "elevation_m": 0.0},
        {"name": "Upper floor", "elevation_m": 3.5},
    ]
    classroom = found["spaces"][made.spaces["classroom"].GlobalId]
    assert classroom == {
        "name": "003",
        "long_name": "Classroom",
        "storey": "Ground floor",
        "footprint_m2": pytest.approx(48.0),
        "floor_z_m": 0.0,
    }
    assert found["spaces"][made.spaces["upstairs"].GlobalId]["floor_z_m"] == pytest.approx(3.5)
    door = found["doors"][made.doors["office"].GlobalId]
    assert door == {
        "width_m": pytest.approx(0.9),
        "height_m": pytest.approx(2.1),
        "spaces": [made.spaces[name].GlobalId for name in ("office", "corridor")],
    }


@pytest.mark.parametrize(("schema", "unit"), [("IFC2X3", "foot"), ("IFC4", "millimetre")])
@pytest.mark.parametrize("boundaries", [True, False], ids=["by boundary", "by place"])
def test_the_plan_is_sound_and_joins_what_the_file_joins(
    tmp_path: Path, schema: str, unit: str, boundaries: bool
) -> None:
    plan = imported(tmp_path, schema, unit, boundaries=boundaries).plan
    assert [fault.sentence for fault in faults(plan) if not fault.is_remark] == []
    assert plan.name == "Oak School"
    assert [level.elevation_m for level in plan.levels] == [0.0, 3.5]
    assert plan.office is not None
    assert "Front office" in plan.space(plan.office).name
    assert [portal.kind for portal in between(plan, "Front office", "Corridor")] == [PortalKind.DOOR]
    (door,) = between(plan, "Classroom", "Corridor")
    assert door.kind is PortalKind.DOOR
    assert door.width_m == pytest.approx(1.0, abs=0.002)
    assert door.middle == (pytest.approx(108.7, abs=0.002), pytest.approx(203.2, abs=0.101))
    assert plan.space(plan.region(door.between[0]).space).use is Use.CLASSROOM, (
        "the room that the lock protects comes first"
    )
    assert door.lock is LockType.INSIDE_KEY
    (outer,) = plan.exits
    assert (outer.width_m, outer.state) == (pytest.approx(1.8, abs=0.002), PortalState.LOCKED)


def test_a_concave_room_becomes_convex_regions_joined_by_an_opening(tmp_path: Path) -> None:
    plan = imported(tmp_path).plan
    assert floor(plan, "Classroom") == pytest.approx(48.0, abs=0.01)
    regions = plan.regions_of(next(space.id for space in plan.spaces if "Classroom" in space.name))
    assert len(regions) == 2
    assert all(is_convex(region.polygon) for region in regions)
    (inner,) = between(plan, "Classroom", "Classroom")
    assert inner.kind is PortalKind.OPENING
    assert inner.width_m == pytest.approx(4.0)


def test_a_virtual_boundary_is_an_open_passage(tmp_path: Path) -> None:
    (passage,) = between(imported(tmp_path).plan, "Commons", "Corridor")
    assert passage.kind is PortalKind.OPENING
    assert passage.width_m == pytest.approx(6.0)


def test_a_virtual_boundary_that_one_room_alone_names_is_a_passage_too(tmp_path: Path) -> None:
    made = school()
    for relation in made.file.by_type("IfcRelSpaceBoundary"):
        if (
            relation.PhysicalOrVirtualBoundary == "VIRTUAL"
            and relation.RelatingSpace == made.spaces["corridor"]
        ):
            made.file.remove(relation)
    (passage,) = between(read_here(made.write(tmp_path / "school.ifc")).plan, "Commons", "Corridor")
    assert passage.kind is PortalKind.OPENING


def test_stairs_that_turn_back_lead_from_stairwell_to_stairwell(tmp_path: Path) -> None:
    made = school(stairs="turning")
    plan = read_here(made.write(tmp_path / "school.ifc")).plan
    assert [fault.sentence for fault in faults(plan) if not fault.is_remark] == []
    up, on = [region for region in plan.regions if region.upper_level is not None]
    assert (up.level, up.upper_level) == ("ground-floor", on.level)
    assert on.upper_level == "upper-floor"
    assert plan.space(up.space).name == "005 Stairwell"
    # From the landing at the doors (1.8 m: the doors lie along it) to the one at the other end, half a storey
    # higher.
    assert up.slope_length_m == on.slope_length_m == pytest.approx((2.0**2 + 1.75**2) ** 0.5, abs=0.2)
    assert [level.elevation_m for level in plan.levels] == [0.0, 1.75, 3.5]
    assert not [note for note in plan.notes if "left out" in note.lower()]


def test_stairs_are_cut_out_of_the_floor_and_lead_up(tmp_path: Path) -> None:
    plan = imported(tmp_path).plan
    (stairs,) = [region for region in plan.regions if region.upper_level is not None]
    assert (stairs.level, stairs.upper_level) == ("ground-floor", "upper-floor")
    assert stairs.slope_length_m == pytest.approx((6.0**2 + 3.5**2) ** 0.5, abs=0.01)
    assert floor(plan, "Corridor") == pytest.approx(60 - 6 * 1.5 - 6 * 0.5, abs=0.01), (
        "the strip of half a metre beside the steps is no way"
    )
    ends = {portal.level for portal in plan.portals_of(stairs.id)}
    assert ends == {"ground-floor", "upper-floor"}


def test_what_the_caller_knows_is_taken_and_a_wrong_office_is_refused(tmp_path: Path) -> None:
    path = school().write(tmp_path / "school.ifc")
    plan = read_here(path, Wishes(office="commons", lock=LockType.INSIDE_BUTTON, grades="elementary")).plan
    assert "Commons" in plan.space(plan.office or "").name
    assert plan.grades == "elementary"
    assert between(plan, "Classroom", "Corridor")[0].lock is LockType.INSIDE_BUTTON
    from simex.importing import Unimportable

    with pytest.raises(Unimportable, match="no room “bridge” that could be the office"):
        read_here(path, Wishes(office="bridge"))


def test_rooms_that_no_way_leads_to_are_faults_or_left_out_with_a_note(tmp_path: Path) -> None:
    made = school()
    for relation in made.file.by_type("IfcRelSpaceBoundary"):
        if relation.RelatedBuildingElement == made.doors["office"]:
            made.file.remove(relation)
    made.file.remove(made.doors["office"])
    path = made.write(tmp_path / "school.ifc")
    kept = read_here(path).plan
    assert [fault.kind for fault in faults(kept) if not fault.is_remark] == ["no-door"]
    plan = read_here(path, Wishes(office="Corridor", without_unreachable=True)).plan
    assert not [fault for fault in faults(plan) if not fault.is_remark]
    assert any("Left out, no way leads there from outside: 002 Front office" in note for note in plan.notes)


def test_a_plan_in_survey_coordinates_is_moved_to_the_origin(tmp_path: Path) -> None:
    made = school()
    for point in made.file.by_type("IfcCartesianPoint"):
        if tuple(point.Coordinates) == (100.0, 200.0, 0.0):
            point.Coordinates = (441_000.0, 5_120_000.0, 0.0)
    plan = read_here(made.write(tmp_path / "school.ifc")).plan
    assert not [fault for fault in faults(plan) if not fault.is_remark]
    assert max(abs(x) for region in plan.regions for x, _ in region.polygon) < 100
    assert any("to the origin" in note for note in plan.notes)


def test_the_same_file_gives_the_same_plan(tmp_path: Path) -> None:
    path = school().write(tmp_path / "school.ifc")
    assert read_here(path).plan == read_here(path).plan
