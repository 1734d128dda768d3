"""The tests of the gates of the special paths (see gates): days out of school, the called team, the way back
to class."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from . import content_loader as doctrine
from .decision_tree import assessed_since, way_of
from .models import (
    AgencyAnswer,
    Case,
    ClassReturn,
    Convening,
    Evaluation,
    Judgement,
    Member,
    OutsideReview,
    PathStep,
    PlacementQuestion,
    Removal,
    Review,
    State,
)

ADMINISTRATION = "administration"


def unless(true: bool, *missing: str) -> list[str]:
    return [] if true else list(missing or ("missing",))


def on_team(case: Case, since: datetime | None = None) -> list[list[str]]:
    """The disciplines of each member; with `since`, also of those who were let go after it."""
    gone_later = Q(removed_at__gte=since) if since is not None else Q()
    return list(
        Member.objects.filter(Q(removed_at__isnull=True) | gone_later, case=case).values_list(
            "disciplines", flat=True
        )
    )


# --- days out of school
# ----------------------------------------------------------------------------------------------


def special_education(case: Case) -> list[str]:
    return unless(
        not case.special_education
        or any("special_education" in disciplines for disciplines in on_team(case)),
        "special_education",
    )


def placement(case: Case) -> list[str]:
    return list(PlacementQuestion.objects.filter(case=case, answer="").values_list("kind", flat=True))


def looked_again(case: Case) -> list[str]:
    """Sending a student away ends no concern: after it the team has judged or reviewed anew
    (threat-assessment.md 1, P6)."""
    judged = case.judgements.order_by("-number").values_list("made_at", flat=True).first()
    if judged is None:
        return []
    looks = [judged, *Review.objects.filter(case=case).order_by("-at").values_list("at", flat=True)[:1]]
    kinds = [key for key, kind in doctrine.removal_kinds().items() if kind.look_again]
    return list(
        Removal.objects.filter(case=case, kind__in=kinds, added_at__gt=max(looks))
        .values_list("kind", flat=True)
        .distinct()
    )


# --- threat-assessment.md F1: the called team, and the way back to class
# ---------------------------------------------


def convened(case: Case) -> list[str]:
    return list(Convening.objects.filter(case=case, held_at__isnull=True).values_list("trigger", flat=True))


def class_decided(case: Case) -> list[str]:
    return list(ClassReturn.objects.filter(case=case, outcome="").values_list("trigger", flat=True))


def open_return(case: Case) -> ClassReturn | None:
    return ClassReturn.objects.filter(case=case, outcome="").first()


def searched(case: Case) -> list[str]:
    row = open_return(case)
    found = doctrine.searches().get(row.search) if row is not None else None
    return unless(
        found is not None and found.clear, row.search if row is not None and row.search else "search"
    )


def weapon_answered(case: Case) -> list[str]:
    row = open_return(case)
    return unless(row is not None and row.weapon_known in {"yes", "no"}, "weapon")


def administrator_agrees(case: Case) -> list[str]:
    row = open_return(case)
    return unless(row is not None and row.administrator_id is not None, ADMINISTRATION)


def officer_agrees(case: Case) -> list[str]:
    """The officer; where there is none, whoever stands for law enforcement on the team."""
    row = open_return(case)
    return unless(row is not None and row.officer_id is not None, "law_enforcement")


# --- the steps of a scheme, evaluations, and who looks from outside
# ----------------------------------------------------


def steps_taken(case: Case) -> list[str]:
    """Where the scheme's levels are reached by steps: those that lead to a level."""
    if not doctrine.schemes()[case.scheme].steps:
        return []
    way = way_of(case)
    return [] if way.level else [way.waiting]


def evaluated(case: Case) -> list[str]:
    last = last_judgement(case)
    level = doctrine.schemes()[case.scheme].levels.get(last.level) if last is not None else None
    if level is None or not level.evaluations:
        return []
    held = set(
        Evaluation.objects.filter(case=case, at__gte=assessed_since(case)).values_list("kind", flat=True)
    )
    return [f"evaluation.{kind}" for kind in level.evaluations if kind not in held]


def last_judgement(case: Case) -> Judgement | None:
    """Of this round: one from before the case was opened again says nothing of today."""
    return (
        None if case.state in {State.INTAKE, State.SCREENING} else case.judgements.order_by("-number").first()
    )


def is_low(case: Case, judgement: Judgement | None) -> bool:
    """Judged low by people, or not judged at all: then closing is what would make it low."""
    if judgement is None:
        return True
    level = doctrine.schemes()[case.scheme].levels.get(judgement.level)
    return level.low if level is not None else doctrine.conclusions()[judgement.conclusion].may_close


def reviews_wanted(case: Case, judgement: Judgement | None) -> list[str]:
    """Which reviews from outside this judgement needs, in order."""
    tiers = doctrine.team_rule_sets()[case.rule_set].review_tiers if judgement is not None else ()
    kinds = doctrine.outside_reviews()
    wanted = [key for tier in tiers for key, one in kinds.items() if one.tier == tier]
    return [*wanted, *(["low_after_threat"] if case.grave_words and is_low(case, judgement) else [])]


def looked_at(case: Case) -> list[str]:
    judgement = last_judgement(case)
    agreed = OutsideReview.objects.filter(
        case=case, judgement=judgement, outcome=OutsideReview.Outcome.AGREES, asked_at__gte=round_began(case)
    )
    kinds = set(agreed.values_list("kind", flat=True))
    return [key for key in reviews_wanted(case, judgement) if key not in kinds]


def round_began(case: Case) -> datetime:
    began = case.moves.filter(from_state=State.CLOSED).order_by("-at", "-pk").first()
    return began.at if began is not None else case.opened_at


# --- self-harm and child protection
# ----------------------------------------------------------------------------------


def _open_steps(case: Case, before: str) -> list[str]:
    rows = PathStep.objects.filter(case=case, answer="").values_list("path", "step")
    kinds = doctrine.paths()
    return list(
        dict.fromkeys(
            f"path.{path}.{step}" for path, step in rows if kinds[path].steps[step].before == before
        )
    )


def path_steps(case: Case) -> list[str]:
    return _open_steps(case, "managing")


def path_ended(case: Case) -> list[str]:
    return _open_steps(case, "closed")


def parent_suspected(case: Case) -> bool:
    """Then no notice goes to the parents before the agency has said so, and two members have written that
    down. A later suspicion holds anew."""
    last = _suspicions(case).exclude(answer="no_suspicion").order_by("-raised_at").first()
    return (
        last is not None
        and not AgencyAnswer.objects.filter(case=case, agreed=True, noted_at__gte=last.raised_at).exists()
    )


def reported_parent(case: Case) -> bool:
    """Whether somebody has written down that they called the agency about a parent."""
    return _suspicions(case).filter(answer__in=("reported", "together")).exists()


def _suspicions(case: Case) -> QuerySet[PathStep]:
    return PathStep.objects.filter(
        case=case, suspected=PathStep.Suspected.PARENT, raised_at__gte=round_began(case)
    )
