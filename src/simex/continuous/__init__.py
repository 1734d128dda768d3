"""Lockdowns and evacuations in which everybody walks as a body: the decisions that the event engine takes
too, and movement in continuous space."""

from .engine import ContinuousEngine, NotWalked, not_walked

__all__ = ["ContinuousEngine", "NotWalked", "not_walked"]
