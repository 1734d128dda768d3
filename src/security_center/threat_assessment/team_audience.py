"""Whom a duty about a case tells: its lead, then its team, then the district, then the superintendent. It never gives up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_scopes import scopes_disabled

from security_center.foundation.duties.machine import Rung
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.prevention import ladders
from security_center.prevention.ladders import Ladder

from .models import Case, Member
from .policies import is_officer

TEAM = "case_team"
SCHOOL_TEAM = "case_school_team"  # without its officers: what is asked is in the school's records
# Kinds of duty (actions.duty) whose very title tells of the school's records: days out of school, a student sent away, a family's request.
OF_THE_SCHOOL = frozenset({"case.placement", "case.look_again", "case.inspection", "case.amendment"})
RECEIVERS = "case_receivers"  # of a case that another school hands over


def resolve(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The lead first, then the other members."""
    with scopes_disabled():
        case = Case.objects.filter(number=thing.partition(":")[2]).select_related("lead").first()
        if case is None:
            return []
        members = Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")
        return list({person.pk: person for person in [case.lead, *(member.person for member in members)]}.values())


def resolve_school(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The same without officers, who do not learn of discipline and disability."""
    with scopes_disabled():
        case = Case.objects.filter(number=thing.partition(":")[2]).select_related("school__parent__parent").first()
        return [] if case is None else [person for person in resolve(organization, thing, at) if not is_officer(person, case)]


def offered(case: Case) -> str:
    """How the duty of a receiving school names the case: apart from what its giver owes, which goes on."""
    return f"case_offer:{case.number}"


def resolve_receivers(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """Whoever sees to the teams of cases at the school itself; where there is nobody, at its district."""
    roles = [role for role, held in ROLE_PERMISSIONS.items() if Permission.CASE_TEAM in held]
    return people_with_any_role(organization, roles) or people_with_any_role(organization, roles, include_above=True)


def receivers_ladder(due_at: datetime, *, starts_at: datetime, step: timedelta = timedelta(days=1)) -> Ladder:
    """Those who see to cases at the school, at once and when it is late; a step later its district, another step later its superintendent."""
    rungs = [Rung(at=starts_at, audience=RECEIVERS), Rung(at=due_at, audience=RECEIVERS)]
    rungs += [Rung(at=due_at + step, audience=ladders.DISTRICT), Rung(at=due_at + 2 * step, audience=ladders.SUPERINTENDENT)]
    return Ladder(rungs, due_at, max(15, int(step.total_seconds() // 60)))


def ladder(due_at: datetime, *, starts_at: datetime, step: timedelta = timedelta(days=1), team: str = TEAM) -> Ladder:
    """The holder when it starts, the team when it is late, a step later the district, another step later the superintendent."""
    rungs = [Rung(at=starts_at, audience="holder"), Rung(at=due_at, audience=team)]
    rungs += [Rung(at=due_at + step, audience=ladders.DISTRICT), Rung(at=due_at + 2 * step, audience=ladders.SUPERINTENDENT)]
    return Ladder(rungs, due_at, max(15, int(step.total_seconds() // 60)))


def practice_ladder(due_at: datetime, *, starts_at: datetime, kind: str) -> Ladder:
    """Of a practice case: the team alone, by messages that say that it is practice, once a week. Nobody above it ever hears of it."""
    rungs = [Rung(at=starts_at, audience="holder", kind=kind), Rung(at=due_at, audience=TEAM, kind=kind)]
    return Ladder(rungs, due_at, 7 * 24 * 60)
