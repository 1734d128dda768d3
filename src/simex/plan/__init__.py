"""The floor plan: levels, convex walkable regions and the portals between them; its file, its checks, where
it comes from and how it is drawn."""

from .faults import Fault, FaultKind, FaultyPlan, faults
from .file import UnreadablePlan, digest, read_plan, write_plan
from .generator import KINDS, benchmark, generate
from .model import (
    OUTSIDE,
    WALL,
    AssemblyPoint,
    Level,
    LockType,
    Plan,
    Point,
    Portal,
    PortalKind,
    PortalState,
    Region,
    Space,
    TimedState,
    Use,
)

__all__ = [
    "KINDS",
    "OUTSIDE",
    "WALL",
    "AssemblyPoint",
    "Fault",
    "FaultKind",
    "FaultyPlan",
    "Level",
    "LockType",
    "Plan",
    "Point",
    "Portal",
    "PortalKind",
    "PortalState",
    "Region",
    "Space",
    "TimedState",
    "UnreadablePlan",
    "Use",
    "benchmark",
    "digest",
    "faults",
    "generate",
    "read_plan",
    "write_plan",
]
