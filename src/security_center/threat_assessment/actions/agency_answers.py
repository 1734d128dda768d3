"""A parent is suspected: nobody tells the parents before the agency has answered. One member writes down what
it said, and one of another discipline agrees: nobody lifts that shield alone (threat-assessment.md 10.16)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal

from .. import gate_checks, policies
from ..case_ledger import to_ledger
from ..models import AgencyAnswer, Case, Member
from ..sealing import seal, unsealed
from . import case_duties
from .state_transitions import NotATransition, ReasonWanted, locked_for

PART = "paths/agency/"


class NobodyHasAsked(Refusal):
    """No report to the agency is written down yet: it cannot have answered."""

    sentence = _lazy("First somebody writes down that they called the agency. Then it can have answered.")


class AnotherDiscipline(Refusal):
    """Whoever wrote it down, or somebody of the same discipline, cannot agree to it."""

    sentence = _lazy("Whoever wrote it down cannot agree to it. A member of another discipline does.")


@transaction.atomic
def note_agency_answer(*, actor: Person, case: Case, who: str, text: str) -> AgencyAnswer:
    """The agency says that the parents may be told. Raises NotAllowed, NotATransition (nobody suspected, one
    waits), NobodyHasAsked, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    member = policies.member_of(actor, fresh)
    if (
        member is None
        or not fresh.open
        or not gate_checks.parent_suspected(fresh)
        or waiting_for(fresh) is not None
    ):
        raise NotATransition(fresh, fresh.state)
    if not gate_checks.reported_parent(fresh):
        raise NobodyHasAsked
    if not who.strip() or not text.strip():
        raise ReasonWanted
    row = AgencyAnswer(case=fresh, noted_by=actor, noted_as=member.disciplines, noted_at=now())
    seal(unsealed(fresh), row, who=who, text=text)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.agency_answered")
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.PATH,
        due_at=now() + timedelta(days=1),
        actor=actor,
        holder=_second(fresh, row),
        part=PART,
    )
    return row


@transaction.atomic
def answer_agency_answer(*, actor: Person, case: Case, agree: bool) -> AgencyAnswer:
    """The second member's answer; on agreement the parents may be told. Raises NotAllowed, NotATransition
    (none waits), AnotherDiscipline."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row, member = waiting_for(fresh), policies.member_of(actor, fresh)
    if row is None or member is None or not fresh.open:
        raise NotATransition(fresh, fresh.state)
    if not may_agree(member, row):
        raise AnotherDiscipline
    row.agreed, row.answered_by, row.answered_at = agree, actor, now()
    row.save()
    to_ledger(fresh, actor, "case.agency_agreed" if agree else "case.agency_refused")
    case_duties.settle(
        case=fresh, kind=case_duties.PATH, actor=actor, outcome="agreed" if agree else "refused", part=PART
    )
    return row


def waiting_for(case: Case) -> AgencyAnswer | None:
    return AgencyAnswer.objects.filter(case=case, agreed__isnull=True).first()


def may_agree(member: Member, row: AgencyAnswer) -> bool:
    return member.person_id != row.noted_by_id and bool(set(member.disciplines) - set(row.noted_as))


def _second(case: Case, row: AgencyAnswer) -> Person:
    """Who is asked first: the lead, or where the lead cannot agree, the first member who can."""
    members = (
        Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")
    )
    able = [member.person for member in members if may_agree(member, row)]
    return case.lead if case.lead in able or not able else able[0]
