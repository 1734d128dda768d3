"""A person leaves or loses a role: their cases get another lead at once, and their duties go along. No case
is led by nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import hand_over
from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about, open_for
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import people_with_any_role

from .. import policies, signals
from ..case_ledger import to_ledger
from ..models import Action, Case, LeadOffer, Member
from . import case_duties, case_lead
from .case_opening import MEMBER, team_of
from .succession import NEXT_IN_LINE, pass_all_on, pass_steps_on


@dataclass(frozen=True)
class DutyOfPlace:
    """A duty that belongs to a place and to no case. `needs`: what its holder has to be allowed to do there.
    `then`: what else changes hands with it, told (duty, from, to)."""

    needs: Permission
    then: Callable[[Duty, Person, Person], None] | None = None


# By kind. A room above adds its own.
OF_A_PLACE = {case_duties.INCOMING_OPEN: DutyOfPlace(Permission.CASE_TEAM)}


@transaction.atomic
def release(*, person: Person, actor: Person | None) -> int:
    """Give away the lead of every open case that the person can no longer work on, and their place on the
    teams. Returns how many."""
    released = 0
    take_turn()
    with scopes_disabled():  # of whatever district: each case stays in its own
        places = Member.objects.filter(person=person, removed_at__isnull=True).select_related(
            "case__school__parent__parent", "case__district"
        )
        for member in places:
            case = member.case
            if policies.may_do_steps(person, case):
                continue
            Member.objects.filter(pk=member.pk).update(removed_at=now())
            to_ledger(case, actor, "case.member_removed", person=person.pk)
            asked = LeadOffer.objects.filter(case=case, ended_at__isnull=True).select_related("to").first()
            if asked is not None and (asked.to_id == person.pk or case.lead_id == person.pk):
                case_lead.withdraw(case=case, actor=actor, outcome="left")
            if case.lead_id == person.pk and _is_owed(case):
                _lead_on(case, person, actor, asked.to if asked is not None else None)
                released += 1
            elif case.lead_id != person.pk:
                # Closed too: a family's request, or what a meeting decided, is owed on
                pass_all_on(case=case, left=person, actor=actor)
        _steps_from_outside(person, actor)
        _hand_on_of_places(person, actor)
    return released


def _is_owed(case: Case) -> bool:
    """Whether somebody has to lead it: it is open, or closed with something owed on."""
    return (
        case.open
        or open_about(case.thing).exists()
        or any(owed for _room, owed in signals.still_owed.send(Case, case=case))
    )


def _steps_from_outside(person: Person, actor: Person | None) -> None:
    """Steps that they were given in cases without a place on the team."""
    theirs = Q(owner=person) | Q(backup=person) | Q(second_backup=person)
    steps = Action.objects.filter(theirs, state=Action.State.OPEN).values("plan__case")
    named = Q(pk__in=steps)
    for _room, cases_there in signals.given_outside.send(Case, person=person):
        named |= Q(pk__in=cases_there)
    cases = Case.objects.filter(named, closed_at__isnull=True).exclude(lead=person)
    for case in cases.select_related("school__parent__parent", "district", "lead").order_by("pk"):
        if not policies.may_do_steps(person, case):
            pass_all_on(case=case, left=person, actor=actor)


def _hand_on_of_places(person: Person, actor: Person | None) -> None:
    """Something told that waits for a case, a record asked of a prior school, what a meeting decided. Whoever
    leaves the organization has given it back to its ladder already; whoever loses a role has not."""
    for kind, one in OF_A_PLACE.items():
        for owed in (
            open_for(person).filter(holder=person, kind=kind).select_related("organization__parent__parent")
        ):
            if has(person, one.needs, owed.organization):
                continue
            roles = [
                role
                for role, held in ROLE_PERMISSIONS.items()
                if one.needs in held and role not in NEXT_IN_LINE
            ]
            others = people_with_any_role(owed.organization, [*NEXT_IN_LINE, *roles], include_above=True)
            to = next(
                (who for who in others if who.pk != person.pk and has(who, one.needs, owed.organization)),
                None,
            )
            if to is not None:
                if one.then is not None:
                    one.then(owed, person, to)
                hand_over(duty=owed, to=to, actor=actor)


def _lead_on(case: Case, left: Person, actor: Person | None, asked: Person | None) -> None:
    """Whoever was asked to lead already comes first."""
    able = [member.person for member in team_of(case)]
    by_role = people_with_any_role(case.school, NEXT_IN_LINE, include_above=True)
    following = next(
        (
            one
            for one in [*([asked] if asked is not None else []), *able, *by_role]
            if one.pk != left.pk and policies.may_do_steps(one, case)
        ),
        None,
    )
    if following is None:
        # The duties of the case climb their ladder to the superintendent, who can name somebody.
        pass_steps_on(case=case, left=left, actor=actor)
        return
    Case.objects.filter(pk=case.pk).update(lead=following)
    case.lead = following
    if not Member.objects.filter(case=case, person=following, removed_at__isnull=True).exists():
        Member(
            case=case, person=following, disciplines=["administration"], added_at=now(), added_by=actor
        ).save(force_insert=True)
    to_ledger(case, actor, "case.lead_changed", lead=following.pk)
    pass_all_on(case=case, left=left, actor=actor)
    notify(
        person=following, kind=MEMBER, organization=case.school, path=case.path, extra={"number": case.number}
    )
