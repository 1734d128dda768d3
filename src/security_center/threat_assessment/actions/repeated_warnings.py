"""A second and a third warning about one student on one day go past whoever has the first
(threat-assessment.md F8: three in a day stopped at one desk)."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge, raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has, roles_at
from security_center.prevention import ladders

from ..models import Case, Incoming
from . import case_duties
from .state_transitions import locked_for


class Thing(Protocol):
    """What a warning is about: a case, something incoming, a student who comes from another school. `thing`
    is its address in ledger and duties."""

    @property
    def thing(self) -> str: ...


def warn_again(
    *, thing: Thing, organization: Organization, district: bool, actor: Person | None, path: str
) -> None:
    """Ring the principal, then the district and the superintendent; with `district` they are told at once.
    Once while it is open: what is open already is raised anew for the district."""
    at, hour = now(), timedelta(hours=1)
    first = [
        Rung(at=at, audience=f"role:{Role.PRINCIPAL}"),
        Rung(at=at if district else at + hour, audience=ladders.DISTRICT),
    ]
    _ring(
        [*first, Rung(at=at + hour if district else at + 2 * hour, audience=ladders.SUPERINTENDENT)],
        thing,
        organization,
        actor,
        path,
        district,
    )


def warn_district(*, thing: Thing, district: Organization, actor: Person | None, path: str) -> None:
    """What another school of the district has may be about the same student. Only who oversees both hears it:
    a school learns of no case of another by a name that sounds alike (threat-assessment.md 10)."""
    at = now()
    rungs = [
        Rung(at=at, audience=ladders.DISTRICT),
        Rung(at=at + timedelta(hours=1), audience=ladders.SUPERINTENDENT),
    ]
    _ring(rungs, thing, district, actor, path, True)


def hear(*, thing: Incoming, actor: Person) -> None:
    """What this person may hear of is heard: a school's own warnings by whoever sees to its teams, the
    district's by whoever sees to its own."""
    for owed in warnings_for(actor, thing.thing):
        discharge(duty=owed, actor=actor, outcome="heard")


def warnings_for(person: Person, thing: str) -> list[Duty]:
    """Open warnings that this person may know of."""
    return [
        owed
        for owed in open_about(thing, case_duties.WARNED_AGAIN).select_related("organization__parent__parent")
        if _may_hear(person, owed)
    ]


def _may_hear(person: Person, owed: Duty) -> bool:
    return has(person, Permission.CASE_TEAM, owed.organization)


def _ring(
    rungs: list[Rung],
    thing: Thing,
    organization: Organization,
    actor: Person | None,
    path: str,
    district: bool,
) -> None:
    at = now()
    for owed in open_about(thing.thing, case_duties.WARNED_AGAIN).filter(organization=organization):
        discharge(duty=owed, actor=actor, outcome="warned_again")
    raise_duty(
        kind=case_duties.WARNED_AGAIN,
        thing=thing.thing,
        organization=organization,
        ladder=rungs,
        actor=actor,
        path=path,
        due_at=at + timedelta(hours=1),
        repeat_minutes=120,
    )
    record(
        actor=actor,
        verb="case.warned_again",
        about=thing,
        organization_id=organization.pk,
        detail={"district": district},
    )


def warned_today(*, case: Case, actor: Person | None) -> None:
    """A second thing that came in about the case's student on one day goes past the lead. Called inside a
    transaction, when one was added."""
    if case.practice:
        return  # nobody above its team ever hears of it
    midnight = now().astimezone(case.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    came = (
        case.reports.filter(added_at__gte=midnight).count()
        + Incoming.objects.filter(case=case, entered_at__gte=midnight).count()
    )
    if came >= 2:
        principal_leads = Role.PRINCIPAL in roles_at(case.lead, case.school)
        warn_again(
            thing=case,
            organization=case.school,
            district=came > 2 or principal_leads,
            actor=actor,
            path=f"{case.path}warned/",
        )


@transaction.atomic
def has_heard_case_warned(*, actor: Person, case: Case) -> None:
    """Somebody who sees to cases here, and does not lead this one, has spoken with its team. Raises
    NotAllowed."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_TEAM, case=case)
    if fresh.lead_id == actor.pk:
        raise NotAllowed(f"hear the warning of {case.thing}")
    case_duties.settle(case=fresh, kind=case_duties.WARNED_AGAIN, actor=actor, outcome="heard")
