"""The doctrine of the special paths of a case as typed values (see content_assessment)."""

from __future__ import annotations

from functools import cache

from security_center.foundation.content_folder import must_know
from security_center.prevention.content_loader import raising_words
from security_center.prevention.doctrine.assessment import thresholds
from security_center.prevention.doctrine.management import conclusions

from .content_assessment import mandatory_prompts
from .content_files import CONTENT
from .content_kinds_paths import (
    Ground,
    Number,
    OutsideReviewKind,
    Path,
    PlacementQuestionKind,
    RemovalKind,
    Search,
    Trigger,
    YearStart,
)
from .content_management import privacy_rules

# --- what calls the team
# ---------------------------------------------------------------------------------------------


@cache
def triggers() -> dict[str, Trigger]:
    found = CONTENT.keyed(Trigger, "triggers.yaml", "triggers")
    for one in found.values():
        must_know(
            one.prompts,
            mandatory_prompts(),
            f"triggers.yaml: triggers: {one.key}: prompts",
            "the mandatory prompts of themes.yaml",
        )
        met = [one.threshold] if one.threshold else []
        must_know(met, thresholds(), f"triggers.yaml: triggers: {one.key}: threshold", "le_threshold.yaml")
    return found


@cache
def searches() -> dict[str, Search]:
    return CONTENT.keyed(Search, "triggers.yaml", "searches")


# --- self-harm and child protection
# ----------------------------------------------------------------------------------


@cache
def paths() -> dict[str, Path]:
    found = CONTENT.keyed(Path, "paths.yaml", "paths")
    for one in found.values():
        where = f"paths.yaml: paths: {one.key}"
        must_know(
            one.prompts, mandatory_prompts(), f"{where}: prompts", "the mandatory prompts of themes.yaml"
        )
        must_know(one.words, raising_words(), f"{where}: words", "raising_words.yaml")
        must_know(one.conclusions, conclusions(), f"{where}: conclusions", "conclusions.yaml")
        must_know(
            [step.before for step in one.steps.values()],
            ("managing", "closed"),
            f"{where}: steps: before",
            "managing, closed",
        )
    return found


# --- who outside the team looks
# ----------------------------------------------------------------------------------------


@cache
def outside_reviews() -> dict[str, OutsideReviewKind]:
    found = CONTENT.keyed(OutsideReviewKind, "outside_reviews.yaml", "reviews")
    for one in found.values():
        must_know(
            [one.by],
            ("principal", "district"),
            f"outside_reviews.yaml: reviews: {one.key}: by",
            "principal, district",
        )
        must_know(
            [one.after] if one.after else [],
            found,
            f"outside_reviews.yaml: reviews: {one.key}: after",
            "reviews",
        )
    return found


@cache
def words_of_killing() -> tuple[str, ...]:
    """Keys of raising words: whoever says them, a low judgement is looked at from outside."""
    found = tuple(CONTENT.part("outside_reviews.yaml", "words"))
    must_know(found, raising_words(), "outside_reviews.yaml: words", "raising_words.yaml")
    return found


# --- days out of school
# ----------------------------------------------------------------------------------------------


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
    return CONTENT.entry(YearStart, "removals.yaml", "year_starts")


@cache
def removal_warning() -> Number:
    return CONTENT.entry(Number, "removals.yaml", "warn_school_days")


def removal_limit() -> int:
    """So many school days in a row, or in a pattern, may a student with a disability be kept out without a
    review."""
    return privacy_rules()["removals"].numbers["removal_school_days"]


def interim_limit() -> int:
    return privacy_rules()["removals"].numbers["interim_setting_school_days"]
