"""Fixtures that several kinds of attack share."""

from tests.attacks.wrong_clock import machine
from tests.duties.conftest import house
from tests.reporting.acts import valley

__all__ = ["house", "machine", "valley"]
