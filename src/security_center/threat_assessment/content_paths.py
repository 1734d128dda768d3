"""The doctrine of the special paths of a case as typed values (see content_assessment)."""

from __future__ import annotations

from functools import cache

from security_center.prevention.content_reader import build

from .content_files import CONTENT
from .content_kinds_paths import Ground, Number, PlacementQuestionKind, RemovalKind, YearStart
from .content_management import privacy_rules

# --- days out of school ----------------------------------------------------------------------------------------------


@cache
def removal_kinds() -> dict[str, RemovalKind]:
    return CONTENT.keyed(RemovalKind, "removals.yaml", "kinds")


@cache
def removal_grounds() -> dict[str, Ground]:
    return CONTENT.keyed(Ground, "removals.yaml", "grounds")


@cache
def placement_questions() -> dict[str, PlacementQuestionKind]:
    """warning, manifestation."""
    return CONTENT.keyed(PlacementQuestionKind, "removals.yaml", "questions")


@cache
def school_year_start() -> YearStart:
    return build(YearStart, CONTENT.part("removals.yaml", "year_starts"), "removals.yaml: year_starts")


@cache
def removal_warning() -> Number:
    return build(Number, CONTENT.part("removals.yaml", "warn_school_days"), "removals.yaml: warn_school_days")


def removal_limit() -> int:
    """So many school days in a row, or in a pattern, may a student with a disability be kept out without a review."""
    return privacy_rules()["removals"].numbers["removal_school_days"]


def interim_limit() -> int:
    return privacy_rules()["removals"].numbers["interim_setting_school_days"]
