"""Fixtures of this room's tests."""

from tests.reporting.acts import valley
from tests.reporting.public_side import opened_school, reports
from tests.reporting.real_public import real_public

__all__ = ["opened_school", "real_public", "reports", "valley"]
