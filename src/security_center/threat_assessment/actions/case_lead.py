"""The lead changes hands: asked of another member, taken on with one press. Until then whoever leads stays
responsible."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import hand_over
from security_center.foundation.duties.queries import open_about
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.refusals import Refusal

from .. import policies
from ..case_ledger import to_ledger
from ..models import Case, LeadOffer
from ..queries.team import usual_disciplines
from ..sealing import seal, unsealed
from . import case_duties
from .case_opening import add_member
from .state_transitions import NotATransition, ReasonWanted, locked_for

LEAD_CHANGED = "case.lead_changed"
# What stays with the person whom it asks, whoever leads: their view, their step of the plan.
PERSONAL = case_duties.OF_EACH_MEMBER | case_duties.OF_A_STEP | {case_duties.LEAD}


class CannotLead(Refusal):
    """Not on the team, not active, without a role that works on cases here, or leading already."""

    fields = ("to",)
    sentence = _lazy(
        "This person cannot lead it: they lead it already, are not on its team, or their role has "
        "no place on one. Choose another."
    )


@transaction.atomic
def offer_lead(*, actor: Person, case: Case, to: Person, reason: str = "") -> LeadOffer:
    """Ask a member to lead. The lead does; in an emergency, with a reason, whoever may see to the team of
    cases here: they may name somebody who is not on the team yet, but not themselves. Raises NotAllowed,
    CannotLead, ReasonWanted, NotATransition (closed)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_LIST, case=case)
    emergency = fresh.lead_id != actor.pk
    if emergency:
        policies.require(actor, Permission.CASE_TEAM, fresh)
    if not fresh.open:
        raise NotATransition(fresh, "lead")
    member = policies.member_of(to, fresh)
    if to.pk == fresh.lead_id or not to.is_active or not has(to, Permission.CASE_JOIN, fresh.school):
        raise CannotLead
    if member is None and (not emergency or to.pk == actor.pk):
        raise CannotLead  # nobody opens a case to themselves by this way
    if emergency and not reason.strip():
        raise ReasonWanted
    if member is None:
        brings = usual_disciplines(to, fresh.school) or ["administration"]
        add_member(case=fresh, person=to, disciplines=brings, actor=actor, opens=True)
    withdraw(case=fresh, actor=actor, outcome="asked_anew")
    row = LeadOffer(case=fresh, before=fresh.lead, to=to, asked_by=actor, asked_at=now(), emergency=emergency)
    if reason.strip():
        seal(unsealed(fresh), row, reason=reason)
    row.save(force_insert=True)
    detail = {"to": to.pk, "before": fresh.lead_id, "emergency": emergency}
    to_ledger(fresh, actor, "case.lead_offered", **detail)
    span = timedelta(hours=1 if emergency else 4)
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.LEAD,
        due_at=now() + span,
        actor=actor,
        holder=to,
        step=span,
        part="lead/",
    )
    if emergency:
        notify(
            person=fresh.lead,
            kind=case_duties.LEAD,
            organization=fresh.school,
            path=f"{fresh.path}lead/",
            extra={"number": fresh.number},
        )
    return row


@transaction.atomic
def take_lead(*, actor: Person, case: Case) -> Case:
    """The one who was asked takes it on. What the case owes goes along. Raises NotAllowed, CannotLead (not
    asked, or not able any more)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = LeadOffer.objects.select_for_update(no_key=True).filter(case=fresh, ended_at__isnull=True).first()
    if row is None or row.to_id != actor.pk or not has(actor, Permission.CASE_JOIN, fresh.school):
        raise CannotLead
    before = fresh.lead
    fresh.lead = actor
    fresh.save(update_fields=["lead"])
    row.taken_at = row.ended_at = now()
    row.save(update_fields=["taken_at", "ended_at"])
    to_ledger(fresh, actor, "case.lead_changed", lead=actor.pk, before=before.pk, emergency=row.emergency)
    case_duties.settle(case=fresh, kind=case_duties.LEAD, actor=actor, outcome="taken")
    for owed in open_about(fresh.thing).filter(holder=before).exclude(kind__in=PERSONAL):
        hand_over(duty=owed, to=actor, actor=actor, tell=False)
    notify(
        person=before,
        kind=LEAD_CHANGED,
        organization=fresh.school,
        path=fresh.path,
        extra={"number": fresh.number},
    )
    return fresh


@transaction.atomic
def decline_lead(*, actor: Person, case: Case, reason: str) -> LeadOffer:
    """The one who was asked cannot: the lead stays where it is, and hears it. Raises NotAllowed, CannotLead
    (not asked), ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = (
        LeadOffer.objects.select_for_update(no_key=True)
        .filter(case=fresh, ended_at__isnull=True, to=actor)
        .first()
    )
    if row is None:
        raise CannotLead
    if not reason.strip():
        raise ReasonWanted
    seal(unsealed(fresh), row, answer=reason)
    row.ended_at = now()
    row.save(update_fields=["ended_at", "answer"])
    to_ledger(fresh, actor, "case.lead_declined")
    case_duties.settle(case=fresh, kind=case_duties.LEAD, actor=actor, outcome="declined")
    for person in {one.pk: one for one in (fresh.lead, row.asked_by)}.values():
        notify(
            person=person,
            kind=LEAD_CHANGED,
            organization=fresh.school,
            path=f"{fresh.path}lead/",
            extra={"number": fresh.number},
        )
    return row


def withdraw(*, case: Case, actor: Person | None, outcome: str) -> None:
    """Whoever was asked is asked no more. Called inside a transaction."""
    if LeadOffer.objects.filter(case=case, ended_at__isnull=True).update(ended_at=now()):
        case_duties.drop(case=case, actor=actor, outcome=outcome, kind=case_duties.LEAD)
