"""Who has looked at a case: entries of the ledger, which hold names, times and kinds of look, and nothing of
what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries import case_by_number

SHOWN = 200
LOOKS: dict[str, str | Promise] = {
    "case.read": _("Read it"),
    "case.read_by_glass": _("Read it in an emergency, not on the team"),
    "case.read_from_outside": _("Looked at the judgement, from outside of the team"),
    "case.handoff_read": _("Read what was handed over"),
    "case.file_seen": _("Looked at a file"),
    "case.file_original_taken": _("Took the original of a file"),
    "case.glass_broken": _("Opened it in an emergency"),
    "case.printed": _("Printed the summary"),
    "case.told": _("Told somebody outside"),
    "case.shown": _("Made a copy for a family"),
    "case.instructions_read": _("Read the instructions of one step"),
}


@dataclass(frozen=True)
class Look:
    at: datetime
    who: str
    what: str | Promise


@dataclass(frozen=True)
class Looks:
    rows: list[Look]  # the newest first, SHOWN at most
    count: int
    people: int


class LooksUnknown(Exception):
    """No such case, or none whose looks this person may see."""


def case_with_looks(person: Person, number: str) -> Case:
    found = case_by_number(number)
    if found is None or not case_policies.may_see_looks(person, found):
        raise LooksUnknown(number)
    return found


def looks_at(case: Case) -> Looks:
    entries = entries_about(case.thing).filter(Q(verb__in=LOOKS))
    newest = list(entries.order_by("-sequence")[:SHOWN])
    name = _names({entry.actor for entry in newest})
    actors = set(entries.order_by().values_list("actor", flat=True).distinct())
    return Looks(
        [Look(entry.at, name(entry.actor), LOOKS[entry.verb]) for entry in newest],
        entries.count(),
        len(actors),
    )


def _names(actors: set[str]) -> Callable[[str], str]:
    ids = [int(actor.removeprefix("person:")) for actor in actors if actor.startswith("person:")]
    names = {f"person:{pk}": name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
    return lambda actor: names.get(actor, actor)
