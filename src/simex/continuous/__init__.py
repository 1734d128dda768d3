"""Lockdowns and evacuations in which everybody walks as a body: the decisions of the event engine, the movement of the continuous one."""

from .engine import ContinuousEngine, NotWalked, not_walked

__all__ = ["ContinuousEngine", "NotWalked", "not_walked"]
