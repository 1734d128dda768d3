"""The doctrine of the special paths of a case as typed values (see content_assessment)."""

from __future__ import annotations

from functools import cache

from security_center.prevention.content_reader import build
from security_center.prevention.doctrine.shelf import must_know

from .content_assessment import mandatory_prompts
from .content_files import CONTENT
from .content_kinds_paths import Ground, Number, PlacementQuestionKind, RemovalKind, Search, Trigger, YearStart
from .content_management import privacy_rules

# --- what calls the team ---------------------------------------------------------------------------------------------


@cache
def triggers() -> dict[str, Trigger]:
    found = CONTENT.keyed(Trigger, "triggers.yaml", "triggers")
    for one in found.values():
        must_know(one.prompts, mandatory_prompts(), f"triggers.yaml: triggers: {one.key}: prompts", "the mandatory prompts of themes.yaml")
    return found


@cache
def searches() -> dict[str, Search]:
    return CONTENT.keyed(Search, "triggers.yaml", "searches")


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
