"""A person leaves or loses a role: their cases get another lead at once, and their duties go along. No case is led by nobody."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django_scopes import scopes_disabled

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import hand_over
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import people_with_any_role

from ..models import Case, LeadOffer, Member
from . import leading
from .opening import MEMBER, team_of
from .paths import pass_on

# Who leads when the team has nobody left who may: the school's own first, then the district.
NEXT_TO_LEAD = [Role.TEAM_LEAD, Role.PRINCIPAL, Role.DISTRICT_SAFETY_LEAD]


@transaction.atomic
def release(*, person: Person, actor: Person | None) -> int:
    """Give away the lead of every open case that the person can no longer work on, and their place on the teams. Returns how many."""
    released = 0
    take_turn()
    with scopes_disabled():  # of whatever district: each case stays in its own
        places = Member.objects.filter(person=person, removed_at__isnull=True).select_related("case__school__parent__parent", "case__district")
        for member in places:
            case = member.case
            if person.is_active and has(person, Permission.CASE_JOIN, case.school):
                continue
            Member.objects.filter(pk=member.pk).update(removed_at=now())
            case.__dict__.pop("_memberships", None)
            record(
                actor=actor_string(actor), verb="case.member_removed", thing=case.thing, organization_id=case.school_id, detail={"person": person.pk}
            )
            asked = LeadOffer.objects.filter(case=case, ended_at__isnull=True).select_related("to").first()
            if asked is not None and (asked.to_id == person.pk or case.lead_id == person.pk):
                leading.withdraw(case=case, actor=actor, outcome="left")
            if case.open and case.lead_id == person.pk:
                _lead_on(case, person, actor, asked.to if asked is not None else None)
                released += 1
            elif case.open:
                _hand_duties(case, person, case.lead, actor)
    return released


def _lead_on(case: Case, left: Person, actor: Person | None, asked: Person | None) -> None:
    """Whoever was asked to lead already comes first."""
    able = [member.person for member in team_of(case)]
    by_role = people_with_any_role(case.school, NEXT_TO_LEAD, include_above=True)
    following = next(
        (one for one in [*([asked] if asked is not None else []), *able, *by_role] if one.pk != left.pk and one.is_active and _may_join(one, case)),
        None,
    )
    if following is None:
        return  # the duties of the case climb their ladder to the superintendent, who can name somebody
    Case.objects.filter(pk=case.pk).update(lead=following)
    case.lead = following
    if not Member.objects.filter(case=case, person=following, removed_at__isnull=True).exists():
        Member(case=case, person=following, disciplines=["administration"], added_at=now(), added_by=actor).save(force_insert=True)
    record(actor=actor_string(actor), verb="case.lead_changed", thing=case.thing, organization_id=case.school_id, detail={"lead": following.pk})
    _hand_duties(case, left, following, actor)
    notify(person=following, kind=MEMBER, organization=case.school, path=case.path, extra={"number": case.number})


def _hand_duties(case: Case, left: Person, to: Person, actor: Person | None) -> None:
    pass_on(case=case, left=left, to=to)
    # Whoever leaves the organization has given their duties back to the ladders before this room hears of it.
    for duty in open_about(case.thing).filter(Q(holder=left) | Q(holder__isnull=True)):
        hand_over(duty=duty, to=to, actor=actor_string(actor), tell=False)


def _may_join(person: Person, case: Case) -> bool:
    return has(person, Permission.CASE_JOIN, case.school)
