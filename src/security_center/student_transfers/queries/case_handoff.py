"""Cases that go from school to school: what waits at a school, and who may see what of a handover from either
end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q
from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has, organizations_with
from security_center.foundation.organizations.queries import is_id, sought
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.team import was_on_team

from .. import policies
from ..models import Handoff

MOST_NEAR, MOST_FAR = 200, 50
_WITH = (
    "case__school",
    "case__district",
    "successor",
    "from_school__parent__parent",
    "to_school__parent__parent",
    "asked_by",
    "sent_by",
    "ended_by",
)


class HandoffUnknown(Exception):
    """No such handover, or none that this person may know of."""


def handed_to(person: Person) -> list[Handoff]:
    """What waits to be taken on at schools where the person sees to the teams of cases. It names no
    student."""
    schools = organizations_with(person, Permission.CASE_TEAM).values("pk")
    # The cases lie in the givers' districts; that they are handed to these schools is what lets them through
    with scopes_disabled():
        rows = Handoff.objects.filter(to_school__in=schools, sent_at__isnull=False, ended_at__isnull=True)
        return list(rows.select_related("case", "from_school", "to_school").order_by("sent_at", "pk")[:50])


def handoff_for(person: Person, pk: uuid.UUID) -> tuple[Handoff, bool]:
    """The handover and whether the person stands at its receiving end. At the giving end: who was on the
    case's team, and who sees to teams there. Raises HandoffUnknown."""
    with scopes_disabled():  # see handed_to
        row = Handoff.objects.select_related(*_WITH).filter(uuid=pk).first()
        if row is None:
            raise HandoffUnknown
        if policies.receives(person, row):
            return row, True
        worked_on_it = was_on_team(person, row.case_id, row.sent_at or row.asked_at)
        if has(person, Permission.CASE_TEAM, row.from_school) or (
            worked_on_it and has(person, Permission.CASE_JOIN, row.from_school)
        ):
            return row, False
    raise HandoffUnknown


def handoff_of(case: Case) -> Handoff | None:
    """The latest one, whatever came of it."""
    return Handoff.objects.filter(case=case).select_related(*_WITH).order_by("-pk").first()


def where_it_came_from(case: Case) -> list[Handoff]:
    """The handovers through which this school got the case."""
    with scopes_disabled():  # the giver's district may be another
        taken = Q(successor=case) | Q(case=case, successor__isnull=True, to_school=case.school_id)
        return list(
            Handoff.objects.filter(taken, outcome=Handoff.Outcome.ACKNOWLEDGED)
            .select_related("from_school", "case")
            .order_by("pk")
        )


@dataclass(frozen=True)
class SchoolsToHandTo:
    near: list[Organization]  # of the same district
    far: list[Organization]
    searched: bool  # those of other districts are too many to list: they are found by name


def schools_to_hand_to(case: Case, words: str = "", chosen: str = "") -> SchoolsToHandTo:
    """Schools by name, found by `words` where they are many. `chosen`: the id that was sent; it may be any
    school's, listed here or not."""
    schools = (
        Organization.objects.filter(kind=Organization.Kind.SCHOOL, active=True)
        .exclude(pk=case.school_id)
        .select_related("parent")
    )
    found = schools
    for word in map(sought, words.split()[:6]):
        found = found.filter(
            Q(name__icontains=word) | Q(city__icontains=word) | Q(parent__name__icontains=word)
        )
    near = list(found.filter(parent=case.district_id).order_by("name")[:MOST_NEAR])
    far = list(found.exclude(parent=case.district_id).order_by("parent__name", "name")[: MOST_FAR + 1])
    many = len(far) > MOST_FAR
    far = [] if many and not words.strip() else far[:MOST_FAR]
    if is_id(chosen) and int(chosen) not in {one.pk for one in (*near, *far)}:
        for one in schools.filter(pk=chosen):
            (near if one.parent_id == case.district_id else far).append(one)
    return SchoolsToHandTo(near, far, many or bool(words.strip()) or len(near) == MOST_NEAR)
