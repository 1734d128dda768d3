"""Whom a duty about a case tells: its lead, then its team, then the district, then the superintendent. It
never gives up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties import left
from security_center.foundation.duties.machine import Rung
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.policies import has, remember
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.prevention import ladders
from security_center.prevention.ladders import Ladder
from security_center.reporting import kept_out

from .models import Case, CaseReport, LawEnforcementDecision, Member
from .policies import is_officer

TEAM = "case_team"
SCHOOL_TEAM = "case_school_team"  # without its officers: what is asked is in the school's records
# Kinds of duty (actions.case_duties) whose very title tells of the school's records: days out of school, a
# student sent away, a family's request.
OF_THE_SCHOOL = frozenset({"case.placement", "case.look_again", "case.inspection", "case.amendment"})
OFFERED = "case_offer"
RECEIVERS = "case_receivers"  # of a case that another school hands over


def resolve(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The lead first, then the other members: those of them who may still work on cases there."""
    with scopes_disabled():
        case = _case(thing)
        return [] if case is None else _team(case)


def _case(thing: str) -> Case | None:
    return (
        Case.objects.filter(number=thing.partition(":")[2])
        .select_related("lead", "school__parent__parent")
        .first()
    )


def _team(case: Case) -> list[Person]:
    members = (
        Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")
    )
    people = {person.pk: person for person in [case.lead, *(member.person for member in members)]}
    remember(people.values())
    return [person for person in people.values() if has(person, Permission.CASE_JOIN, case.school)]


def resolve_school(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """The same without officers, who do not learn of discipline and disability."""
    with scopes_disabled():
        case = _case(thing)
        return [] if case is None else [person for person in _team(case) if not is_officer(person, case)]


def around(kind: str, thing: str, organization: Organization) -> left.Circle:
    """Who stands around a case: its team, then who answers for its school. Its officers are told where the
    plan's rule has them told: those of the team of what is no record of the school, those of the school once
    the team has decided so. Of a practice case nobody but its team ever hears."""
    with scopes_disabled():
        case = _case(thing)
        if case is None:
            return left.Circle()
        close = resolve_school(organization, thing, now()) if kind in OF_THE_SCHOOL else _team(case)
        if case.practice:
            return left.Circle(close, frozenset(), administrators=False)
        told = (
            kind not in OF_THE_SCHOOL
            and LawEnforcementDecision.objects.filter(case=case, outcome="notified").exists()
        )
        return left.Circle(close, left.LEADERS | {Role.SRO} if told else left.LEADERS)


def people_kept_from(things: Collection[str]) -> dict[str, set[int]]:
    """Whom a conflict with a report of the case keeps from it, and whom a reservation of one does: the team
    knows of it, or it would not be one."""
    cases = {
        thing: thing.partition(":")[2] for thing in things if thing.partition(":")[0] in {"case", OFFERED}
    }
    if not cases:
        return {}
    with scopes_disabled():
        cited = list(
            CaseReport.objects.filter(case__number__in=cases.values()).values_list(
                "case__number", "report_number"
            )
        )
        members = Member.objects.filter(
            case__number__in=[case for case, _report in cited], removed_at__isnull=True
        )
        teams = set(members.values_list("case__number", "person_id"))
    reports = {report for _case, report in cited}
    conflicts, reservations = (
        (kept_out.conflicted(reports), kept_out.shut_out(reports)) if reports else ({}, {})
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    for case, report in cited:
        found[case] |= conflicts[report] | {
            person for person in reservations[report] if (case, person) not in teams
        }
    return {thing: found[case] for thing, case in cases.items()}


def offered(case: Case) -> str:
    """How the duty of a receiving school names the case: apart from what its giver owes, which goes on."""
    return f"{OFFERED}:{case.number}"


def resolve_receivers(organization: Organization, thing: str, at: datetime) -> list[Person]:
    """Whoever sees to the teams of cases at the school itself; where there is nobody, at its district."""
    roles = roles_with(Permission.CASE_TEAM)
    return people_with_any_role(organization, roles) or people_with_any_role(
        organization, roles, include_above=True
    )


def receivers_ladder(due_at: datetime, *, starts_at: datetime, step: timedelta = timedelta(days=1)) -> Ladder:
    """Those who see to cases at the school, at once and when it is late; a step later its district, another
    step later its superintendent."""
    rungs = [Rung(at=starts_at, audience=RECEIVERS), Rung(at=due_at, audience=RECEIVERS)]
    rungs += [
        Rung(at=due_at + step, audience=ladders.DISTRICT),
        Rung(at=due_at + 2 * step, audience=ladders.SUPERINTENDENT),
    ]
    return Ladder(rungs, due_at, max(15, int(step.total_seconds() // 60)))


def ladder(
    due_at: datetime, *, starts_at: datetime, step: timedelta = timedelta(days=1), team: str = TEAM
) -> Ladder:
    """The holder when it starts, the team when it is late, a step later the district, another step later the
    superintendent."""
    rungs = [Rung(at=starts_at, audience="holder"), Rung(at=due_at, audience=team)]
    rungs += [
        Rung(at=due_at + step, audience=ladders.DISTRICT),
        Rung(at=due_at + 2 * step, audience=ladders.SUPERINTENDENT),
    ]
    return Ladder(rungs, due_at, max(15, int(step.total_seconds() // 60)))


def practice_ladder(due_at: datetime, *, starts_at: datetime, kind: str) -> Ladder:
    """Of a practice case: the team alone, by messages that say that it is practice, once a week. Nobody above
    it ever hears of it."""
    rungs = [Rung(at=starts_at, audience="holder", kind=kind), Rung(at=due_at, audience=TEAM, kind=kind)]
    return Ladder(rungs, due_at, 7 * 24 * 60)
