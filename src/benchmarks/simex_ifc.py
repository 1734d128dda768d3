"""Writes a building as an IFC file of a given size, the way drawing programs do: rooms and doors, and the
shapes of walls, which weigh most."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

ROOMS = 60
WIDTH, DEPTH, HALL, WALL = 8.0, 9.0, 3.0, 0.2


class _Building:
    def __init__(self) -> None:
        import ifcopenshell
        import ifcopenshell.guid

        self.guid = ifcopenshell.guid.new
        self.file = ifcopenshell.file(schema="IFC4")
        make = self.make = self.file.create_entity
        self.up = make("IfcDirection", (0.0, 0.0, 1.0))
        context = self.context = make(
            "IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self.axes(0, 0, 0)
        )
        units = make("IfcUnitAssignment", [make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")])
        project = make(
            "IfcProject", self.guid(), None, "Bench", RepresentationContexts=[context], UnitsInContext=units
        )
        building = self.product("IfcBuilding", "School", self.place(None, 0, 0, 0))
        self.storey = self.product(
            "IfcBuildingStorey", "Ground floor", self.place(building.ObjectPlacement, 0, 0, 0), Elevation=0.0
        )
        for whole, part in ((project, building), (building, self.storey)):
            self.relate("IfcRelAggregates", RelatingObject=whole, RelatedObjects=[part])

    def product(self, kind: str, name: str, placement: Any, **more: Any) -> Any:
        return self.make(kind, GlobalId=self.guid(), Name=name, ObjectPlacement=placement, **more)

    def relate(self, kind: str, **fields: Any) -> None:
        self.make(kind, GlobalId=self.guid(), **fields)

    def axes(self, x: float, y: float, z: float) -> Any:
        point = self.make("IfcCartesianPoint", (float(x), float(y), float(z)))
        return self.make("IfcAxis2Placement3D", point, self.up, self.make("IfcDirection", (1.0, 0.0, 0.0)))

    def place(self, parent: Any, x: float, y: float, z: float) -> Any:
        return self.make("IfcLocalPlacement", parent, self.axes(x, y, z))

    def shape(self, kind: str, item: Any) -> Any:
        return self.make(
            "IfcProductDefinitionShape",
            None,
            None,
            [self.make("IfcShapeRepresentation", self.context, "Body", kind, [item])],
        )

    def room(self, name: str, x: float, y: float, width: float, depth: float) -> Any:
        corners = [
            self.make("IfcCartesianPoint", corner)
            for corner in ((0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth))
        ]
        profile = self.make(
            "IfcArbitraryClosedProfileDef", "AREA", None, self.make("IfcPolyline", [*corners, corners[0]])
        )
        solid = self.make("IfcExtrudedAreaSolid", profile, self.axes(0, 0, 0), self.up, 3.0)
        placement = self.place(self.storey.ObjectPlacement, x, y, 0)
        space = self.product(
            "IfcSpace", name, placement, Representation=self.shape("SweptSolid", solid), LongName=name
        )
        self.relate("IfcRelAggregates", RelatingObject=self.storey, RelatedObjects=[space])
        return space

    def door(self, x: float, y: float, width: float, spaces: list[Any]) -> None:
        door = self.product(
            "IfcDoor",
            "Door",
            self.place(self.storey.ObjectPlacement, x, y, 0),
            OverallHeight=2.1,
            OverallWidth=width,
        )
        self.relate(
            "IfcRelContainedInSpatialStructure", RelatedElements=[door], RelatingStructure=self.storey
        )
        for space in spaces:
            self.relate(
                "IfcRelSpaceBoundary", RelatingSpace=space, RelatedBuildingElement=door,
                PhysicalOrVirtualBoundary="PHYSICAL",
                InternalOrExternalBoundary="INTERNAL",
            )  # fmt: skip

    def wall(self, x: float, y: float, facets: int) -> None:
        """A wall with a rounded end, as a solid of flat faces."""
        rings = []
        for z in (0.0, 3.0):
            turns = [2 * math.pi * turn / facets for turn in range(facets)]
            rings.append(
                [
                    self.make("IfcCartesianPoint", (WALL * math.cos(turn), 1 + math.sin(turn), z))
                    for turn in turns
                ]
            )
        low, high = rings
        loops = [low[::-1], high, *([low[n - 1], low[n], high[n], high[n - 1]] for n in range(facets))]
        faces = [
            self.make("IfcFace", [self.make("IfcFaceOuterBound", self.make("IfcPolyLoop", loop), True)])
            for loop in loops
        ]
        solid = self.make("IfcFacetedBrep", self.make("IfcClosedShell", faces))
        wall = self.product(
            "IfcWall",
            "Wall",
            self.place(self.storey.ObjectPlacement, x, y, 0),
            Representation=self.shape("Brep", solid),
        )
        self.relate(
            "IfcRelContainedInSpatialStructure", RelatedElements=[wall], RelatingStructure=self.storey
        )


def write_building(place: Path, megabytes: float) -> int:
    """Writes it and gives its number of rooms, the hall included."""
    building = _Building()
    length = ROOMS / 2 * (WIDTH + WALL)
    hall = building.room("Hall", 0, 0, length, HALL)
    building.door(0.0, HALL / 2, 1.8, [hall])
    for number in range(ROOMS):
        x, above = (number // 2) * (WIDTH + WALL), number % 2 == 0
        room = building.room(f"Room {number + 1}", x, HALL + WALL if above else -WALL - DEPTH, WIDTH, DEPTH)
        building.door(x + WIDTH / 2, HALL if above else -WALL, 0.95, [room, hall])
    walls = 0
    while True:
        for _turn in range(40):
            building.wall(walls * 0.5, -20.0, 24)
            walls += 1
        building.file.write(str(place))
        if place.stat().st_size >= megabytes * 1e6:
            return ROOMS + 1
