"""A small school written with ifcopenshell: corridor, office, a concave room, a hall without a wall to the
corridor, an upper room and stairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid

Corners = list[tuple[float, float]]


@dataclass
class School:
    """The file and what is in it. unit: metres in its unit of length."""

    file: Any
    unit: float
    spaces: dict[str, Any]
    doors: dict[str, Any]
    storeys: list[Any]

    def write(self, path: Path) -> Path:
        self.file.write(str(path))
        return path


class _Builder:
    def __init__(self, schema: str, unit: str) -> None:
        self.file = ifcopenshell.file(schema=schema)
        self.unit = {"metre": 1.0, "millimetre": 0.001, "foot": 0.3048}[unit]
        make = self.file.create_entity
        metre = make(
            "IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE", Prefix="MILLI" if unit == "millimetre" else None
        )
        if unit == "foot":
            factor = make("IfcMeasureWithUnit", make("IfcRatioMeasure", 0.3048), metre)
            metre = make(
                "IfcConversionBasedUnit",
                make("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0),
                "LENGTHUNIT",
                "FOOT",
                factor,
            )
        self.history = None
        if schema == "IFC2X3":  # an owner history is required there
            person = make("IfcPersonAndOrganization", make("IfcPerson"), make("IfcOrganization", Name="Test"))
            application = make("IfcApplication", person[1], "1", "Test", "test")
            self.history = make("IfcOwnerHistory", person, application, None, "ADDED", None, None, None, 0)
        self.context = make("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self.axes())
        self.project = make(
            "IfcProject",
            self.guid(),
            self.history,
            "Project",
            RepresentationContexts=[self.context],
            UnitsInContext=make("IfcUnitAssignment", [metre]),
        )
        self.building = self.product("IfcBuilding", "Oak School", self.place(None, 100, 200))
        self.relate("IfcRelAggregates", RelatingObject=self.project, RelatedObjects=[self.building])

    def guid(self) -> str:
        return str(ifcopenshell.guid.new())

    def product(self, kind: str, name: str, placement: Any, **fields: Any) -> Any:
        return self.file.create_entity(
            kind,
            GlobalId=self.guid(),
            OwnerHistory=self.history,
            Name=name,
            ObjectPlacement=placement,
            **fields,
        )

    def relate(self, kind: str, **fields: Any) -> Any:
        return self.file.create_entity(kind, GlobalId=self.guid(), OwnerHistory=self.history, **fields)

    def point(self, *numbers: float) -> Any:
        return self.file.create_entity("IfcCartesianPoint", [number / self.unit for number in numbers])

    def axes(self, x: float = 0, y: float = 0, z: float = 0, along: tuple[float, float] = (1.0, 0.0)) -> Any:
        up = self.file.create_entity("IfcDirection", (0.0, 0.0, 1.0))
        return self.file.create_entity(
            "IfcAxis2Placement3D",
            self.point(x, y, z),
            up,
            self.file.create_entity("IfcDirection", (*along, 0.0)),
        )

    def place(
        self, parent: Any, x: float = 0, y: float = 0, z: float = 0, along: tuple[float, float] = (1.0, 0.0)
    ) -> Any:
        return self.file.create_entity("IfcLocalPlacement", parent, self.axes(x, y, z, along))

    def polyline(self, corners: Corners) -> Any:
        return self.file.create_entity(
            "IfcPolyline", [self.point(*corner) for corner in [*corners, corners[0]]]
        )

    def solid(self, corners: Corners, height: float = 3.0) -> Any:
        make = self.file.create_entity
        profile = make("IfcArbitraryClosedProfileDef", "AREA", None, self.polyline(corners))
        return make(
            "IfcExtrudedAreaSolid",
            profile,
            self.axes(),
            make("IfcDirection", (0.0, 0.0, 1.0)),
            height / self.unit,
        )

    def brep(self, corners: Corners, height: float = 3.0) -> Any:
        make = self.file.create_entity
        low, high = (
            [self.point(x, y, 0.0) for x, y in corners],
            [self.point(x, y, height) for x, y in corners],
        )
        rings = [low[::-1], high] + [[low[n - 1], low[n], high[n], high[n - 1]] for n in range(len(corners))]
        faces = [
            make("IfcFace", [make("IfcFaceOuterBound", make("IfcPolyLoop", ring), True)]) for ring in rings
        ]
        return make("IfcFacetedBrep", make("IfcClosedShell", faces))

    def shape(self, kind: str, name: str, *items: Any) -> Any:
        representation = self.file.create_entity(
            "IfcShapeRepresentation", self.context, name, kind, list(items)
        )
        return self.file.create_entity("IfcProductDefinitionShape", None, None, [representation])

    def storey(self, name: str, height: float) -> Any:
        storey = self.product(
            "IfcBuildingStorey",
            name,
            self.place(self.building.ObjectPlacement, z=height),
            CompositionType="ELEMENT",
            Elevation=height / self.unit,
        )
        self.relate("IfcRelAggregates", RelatingObject=self.building, RelatedObjects=[storey])
        return storey

    def space(self, name: str, long_name: str, storey: Any, shape: Any, x: float = 0, y: float = 0) -> Any:
        space = self.product(
            "IfcSpace",
            name,
            self.place(storey.ObjectPlacement, x, y),
            Representation=shape,
            LongName=long_name,
            CompositionType="ELEMENT",
        )
        self.relate("IfcRelAggregates", RelatingObject=storey, RelatedObjects=[space])
        return space

    def door(
        self,
        name: str,
        storey: Any,
        x: float,
        y: float,
        width: float,
        spaces: list[Any],
        along: tuple[float, float] = (1.0, 0.0),
        outer: bool = False,
    ) -> Any:
        sizes = {"OverallHeight": 2.1 / self.unit, "OverallWidth": width / self.unit}
        door = self.product("IfcDoor", name, self.place(storey.ObjectPlacement, x, y, 0, along), **sizes)
        self.relate("IfcRelContainedInSpatialStructure", RelatedElements=[door], RelatingStructure=storey)
        for space in spaces:
            self.boundary(space, door, "PHYSICAL", "EXTERNAL" if outer else "INTERNAL")
        return door

    def boundary(
        self, space: Any, element: Any, kind: str, side: str = "INTERNAL", geometry: Any = None
    ) -> None:
        if element is None and self.file.schema != "IFC2X3":
            element = self.product("IfcVirtualElement", "Virtual", None)
        self.relate(
            "IfcRelSpaceBoundary",
            RelatingSpace=space,
            RelatedBuildingElement=element,
            ConnectionGeometry=geometry,
            PhysicalOrVirtualBoundary=kind,
            InternalOrExternalBoundary=side,
        )


def rectangle(left: float, bottom: float, right: float, top: float) -> Corners:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def school(
    schema: str = "IFC4", unit: str = "metre", *, boundaries: bool = True, stairs: str = "straight"
) -> School:
    """boundaries: whether doors name the rooms that they join; without, only their places tell. stairs:
    "straight" or "turning" (in a stairwell)."""
    b = _Builder(schema, unit)
    ground, upper = b.storey("Ground floor", 0.0), b.storey("Upper floor", 3.5)

    def swept(corners: Corners) -> Any:
        return b.shape("SweptSolid", "Body", b.solid(corners))

    spaces = {
        "corridor": b.space("001", "Corridor", ground, swept(rectangle(0, 0, 20, 3))),
        "office": b.space("002", "Front office", ground, swept(rectangle(0, 0, 5, 4)), 0, 3.2),
        # An L: concave, as a solid of faces.
        "classroom": b.space(
            "003",
            "Classroom",
            ground,
            b.shape("Brep", "Body", b.brep([(0, 0), (8, 0), (8, 8), (4, 8), (4, 4), (0, 4)])),
            5.2,
            3.2,
        ),
        "commons": b.space("004", "Commons", ground, swept(rectangle(0, 0, 6, 5)), 0, -5),
        "upstairs": b.space("101", "Upper hallway", upper, swept(rectangle(0, 0, 8, 3)), 20, 0),
    }
    ends: dict[str, list[str]] = {
        "office": ["office", "corridor"],
        "classroom": ["classroom", "corridor"],
        "exit": ["corridor"],
    }
    joined = {name: [spaces[key] for key in keys] if boundaries else [] for name, keys in ends.items()}
    doors = {
        "office": b.door("Door 1", ground, 2, 3.0, 0.9, joined["office"]),
        "classroom": b.door("Door 2", ground, 9.2, 3.2, 1.0, joined["classroom"], along=(-1.0, 0.0)),
        "exit": b.door("Door 3", ground, -0.1, 2.4, 1.8, joined["exit"], along=(0.0, -1.0), outer=True),
    }
    line = b.file.create_entity("IfcPolyline", [b.point(0.0, 0.0), b.point(6.0, 0.0)])
    make = b.file.create_entity
    for name, y in (("corridor", 0.0), ("commons", 5.0)):
        profile = make("IfcArbitraryOpenProfileDef", "CURVE", None, line)
        surface = make(
            "IfcSurfaceOfLinearExtrusion",
            profile,
            b.axes(0, y),
            make("IfcDirection", (0.0, 0.0, 1.0)),
            3.0 / b.unit,
        )
        b.boundary(spaces[name], None, "VIRTUAL", geometry=make("IfcConnectionSurfaceGeometry", surface))
    stair = b.product(
        "IfcStair",
        "Stair 1:Concrete",
        b.place(ground.ObjectPlacement),
        **({"ShapeType": "STRAIGHT_RUN_STAIR"} if schema == "IFC2X3" else {}),
    )
    flights = [
        [b.solid(rectangle(14 + 0.3 * n, 0.5, 14.3 + 0.3 * n, 2.0), 0.175 * (n + 1)) for n in range(20)]
    ]
    if stairs == "turning":
        for name, long_name, storey in (("005", "Stairwell", ground), ("105", "Stairwell above", upper)):
            spaces[name] = b.space(name, long_name, storey, swept(rectangle(0, 0, 5, 3)), 20.2, -3.2)
            doors[name] = b.door(name, storey, 21.0, -0.1, 1.0, [])
        # Ten steps there and, beside them, ten steps back.
        flights = [
            [
                b.solid(rectangle(21 + 0.3 * n, -3.2, 21.3 + 0.3 * n, -1.8), 0.175 * (n + 1))
                for n in range(10)
            ],
            [
                b.solid(rectangle(23.7 - 0.3 * n, -1.7, 24.0 - 0.3 * n, -0.3), 1.75 + 0.175 * (n + 1))
                for n in range(10)
            ],
        ]
        spaces["hall"] = b.space(
            "006", "Hallway to the stairs", ground, swept(rectangle(0, 0, 8, 3)), 20.2, 0
        )
        doors["hall"] = b.door("Door 6", ground, 20.1, 1.0, 1.0, [], along=(0.0, 1.0))
    for steps in flights:
        flight = b.product(
            "IfcStairFlight",
            "Flight",
            b.place(ground.ObjectPlacement),
            Representation=b.shape("SweptSolid", "Body", *steps),
        )
        b.relate("IfcRelAggregates", RelatingObject=stair, RelatedObjects=[flight])
    b.relate("IfcRelContainedInSpatialStructure", RelatedElements=[stair], RelatingStructure=ground)
    return School(b.file, b.unit, spaces, doors, [ground, upper])
