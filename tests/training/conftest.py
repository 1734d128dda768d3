"""Fixtures of this room's tests."""

from tests.reporting.acts import valley

__all__ = ["valley"]
