"""Fixtures that the journeys share with the rooms' tests."""

from tests.reporting.public_side import opened_school
from tests.reporting.real_public import real_public

__all__ = ["opened_school", "real_public"]
