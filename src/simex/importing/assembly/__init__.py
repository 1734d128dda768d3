"""From rooms, doors and stairs as a file draws them to a plan."""

from .build import Wishes, assemble

__all__ = ["Wishes", "assemble"]
