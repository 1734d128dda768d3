"""Which inputs drive a result, and whether the order of the options holds when they change (simex.md 7.3)."""

from .whole import sensitivity

__all__ = ["sensitivity"]
