"""Whom a duty about a case tells: its lead, then its team, then the district, then the superintendent. It never gives up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_scopes import scopes_disabled

from security_center.foundation.duties.machine import Rung
from security_center.foundation.organizations.models import Organization, Person
from security_center.prevention import ladders
from security_center.prevention.ladders import Ladder

from .models import Case, Member

TEAM = "case_team"


def resolve(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The lead first, then the other members."""
    with scopes_disabled():
        case = Case.objects.filter(number=thing.partition(":")[2]).select_related("lead").first()
        if case is None:
            return []
        members = Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")
        return list({person.pk: person for person in [case.lead, *(member.person for member in members)]}.values())


def ladder(due_at: datetime, *, starts_at: datetime, step: timedelta = timedelta(days=1)) -> Ladder:
    """The holder when it starts, the team when it is late, a step later the district, another step later the superintendent."""
    rungs = [Rung(at=starts_at, audience="holder"), Rung(at=due_at, audience=TEAM)]
    rungs += [Rung(at=due_at + step, audience=ladders.DISTRICT), Rung(at=due_at + 2 * step, audience=ladders.SUPERINTENDENT)]
    return Ladder(rungs, due_at, max(15, int(step.total_seconds() // 60)))


def practice_ladder(due_at: datetime, *, starts_at: datetime, kind: str) -> Ladder:
    """Of a practice case: the team alone, by messages that say that it is practice, once a week. Nobody above it ever hears of it."""
    rungs = [Rung(at=starts_at, audience="holder", kind=kind), Rung(at=due_at, audience=TEAM, kind=kind)]
    return Ladder(rungs, due_at, 7 * 24 * 60)
