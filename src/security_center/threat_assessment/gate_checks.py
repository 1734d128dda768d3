"""The tests of the gates of the special paths (see gates): days out of school, the called team, the way back to class."""

from __future__ import annotations

from . import content_loader as doctrine
from .gate_rules import OFFICER
from .models import Case, ClassReturn, Convening, Member, PlacementQuestion, Removal, Review

OFFICERS = frozenset({"law_enforcement", OFFICER})
ADMINISTRATION = "administration"


def unless(true: bool, *missing: str) -> list[str]:
    return [] if true else list(missing or ("missing",))


def on_team(case: Case) -> list[list[str]]:
    return list(Member.objects.filter(case=case, removed_at__isnull=True).values_list("disciplines", flat=True))


# --- days out of school ----------------------------------------------------------------------------------------------


def special_education(case: Case) -> list[str]:
    return unless(not case.special_education or any("special_education" in disciplines for disciplines in on_team(case)), "special_education")


def placement(case: Case) -> list[str]:
    return list(PlacementQuestion.objects.filter(case=case, answer="").values_list("kind", flat=True))


def looked_again(case: Case) -> list[str]:
    """Sending a student away ends no concern: after it the team has judged or reviewed anew (section 1, P6)."""
    judged = case.judgements.order_by("-number").values_list("made_at", flat=True).first()
    if judged is None:
        return []
    looks = [judged, *Review.objects.filter(case=case).order_by("-at").values_list("at", flat=True)[:1]]
    kinds = [key for key, kind in doctrine.removal_kinds().items() if kind.look_again]
    return list(Removal.objects.filter(case=case, kind__in=kinds, added_at__gt=max(looks)).values_list("kind", flat=True).distinct())


# --- F1: the called team, and the way back to class ------------------------------------------------------------------


def convened(case: Case) -> list[str]:
    return list(Convening.objects.filter(case=case, held_at__isnull=True).values_list("trigger", flat=True))


def class_decided(case: Case) -> list[str]:
    return list(ClassReturn.objects.filter(case=case, outcome="").values_list("trigger", flat=True))


def open_return(case: Case) -> ClassReturn | None:
    return ClassReturn.objects.filter(case=case, outcome="").first()


def searched(case: Case) -> list[str]:
    row = open_return(case)
    found = doctrine.searches().get(row.search) if row is not None else None
    return unless(found is not None and found.clear, row.search if row is not None and row.search else "search")


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
