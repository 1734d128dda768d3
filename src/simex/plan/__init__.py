"""The floor plan: levels, convex walkable regions and the portals between them; its file, its checks, where it comes from and how it is drawn."""

from .model import OUTSIDE, AssemblyPoint, Level, LockType, Plan, Portal, PortalKind, PortalState, Region, Space, TimedState, Use

__all__ = ["OUTSIDE", "AssemblyPoint", "Level", "LockType", "Plan", "Portal", "PortalKind", "PortalState", "Region", "Space", "TimedState", "Use"]
