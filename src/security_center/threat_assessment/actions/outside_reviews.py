"""Somebody outside the team looks at a judgement: the district after a low one of a threat to kill, and the
tiers that a state asks for (threat-assessment.md F4)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.school_time import add_school_days
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention.queries import calendar_of
from security_center.prevention.raising import urgency_from_words

from .. import content_loader as doctrine
from .. import gate_checks, policies
from ..case_ledger import to_ledger
from ..models import Case, Judgement, OutsideReview
from ..sealing import seal, unsealed
from . import case_duties
from .state_transitions import NotATransition, ReasonWanted, locked_for

ROLES = {"principal": [Role.PRINCIPAL], "district": [Role.DISTRICT_SAFETY_LEAD]}


def note_grave_words(*, case: Case, texts: Iterable[str] = (), weapon: bool = False) -> None:
    """Called inside a transaction with the row locked: words of killing or a weapon are remembered of the
    case. Nothing ever takes it back."""
    if case.grave_words:
        return
    _urgency, hits = urgency_from_words(texts)
    if weapon or any(hit.key in doctrine.words_of_killing() for hit in hits):
        case.grave_words = True
        if case.pk:
            case.save(update_fields=["grave_words"])


def ask_after(*, case: Case, judgement: Judgement | None, actor: Person | None) -> list[OutsideReview]:
    """Ask whoever has to look next: of several tiers the first that has not agreed. Called inside a
    transaction, with the row locked."""
    _drop_stale(case, actor)
    lacking = gate_checks.looked_at(case)
    kinds, asked = doctrine.outside_reviews(), []
    for key in lacking:
        if (
            kinds[key].after in lacking
            or OutsideReview.objects.filter(case=case, kind=key, outcome="").exists()
        ):
            continue
        due = add_school_days(calendar_of(case.school), now(), kinds[key].school_days)
        row = OutsideReview(
            case=case, judgement=judgement, kind=key, asked_at=now(), asked_by=actor, due_at=due
        )
        row.save(force_insert=True)
        to_ledger(case, actor, "case.outside_review_asked", kind=key)
        case_duties.raise_case_duty(
            case=case,
            kind=case_duties.OUTSIDE,
            due_at=due,
            actor=actor,
            holder=_who(case, key),
            part=part_of(row),
        )
        asked.append(row)
    return asked


def _who(case: Case, key: str) -> Person | None:
    """The first who may; without one the duty is the lead's, and climbs to the district."""
    kind = doctrine.outside_reviews()[key]
    place = case.school if kind.by == "principal" else case.district
    found = people_with_any_role(place, ROLES[kind.by], include_above=False)
    return next((person for person in found if policies.may_review(person, case, key)), None)


def part_of(review: OutsideReview) -> str:
    return f"outside/{review.uuid}/"


@transaction.atomic
def ask_outside(*, actor: Person, case: Case) -> list[OutsideReview]:
    """A member asks for what stands before closing or the plan. Raises NotATransition when nobody has to be
    asked."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not fresh.open:
        raise NotATransition(fresh, "outside")
    asked = ask_after(case=fresh, judgement=gate_checks.last_judgement(fresh), actor=actor)
    if not asked and not OutsideReview.objects.filter(case=fresh, outcome="").exists():
        raise NotATransition(fresh, "outside")
    return asked


def _drop_stale(case: Case, actor: Person | None) -> None:
    """One that was asked about an earlier judgement looks at nothing any more."""
    last = gate_checks.last_judgement(case)
    waiting = OutsideReview.objects.filter(case=case, outcome="")
    for row in [row for row in waiting if row.judgement_id != (last.pk if last is not None else None)]:
        row.outcome, row.answered_at = OutsideReview.Outcome.MOOT, now()
        row.save()
        case_duties.settle(
            case=case, kind=case_duties.OUTSIDE, actor=actor, outcome="judged_anew", part=part_of(row)
        )


@transaction.atomic
def look_from_outside(*, actor: Person, case: Case, review: OutsideReview) -> OpenRecord:
    """The one who has to look reads the case for it. Recorded as every look is. Raises NotAllowed,
    VaultLocked."""
    if not policies.may_review(actor, case, review.kind) or review.outcome:
        raise NotAllowed(f"outside review of {case.thing}")
    opened = unsealed(case)
    to_ledger(case, actor, "case.read_from_outside", kind=review.kind)
    return opened


@transaction.atomic
def answer_outside(
    *, actor: Person, case: Case, review: OutsideReview, agrees: bool, note: str
) -> OutsideReview:
    """Agree, or send it back to the team, in words. Raises NotAllowed (on the team, or another role),
    NotATransition, ReasonWanted."""
    take_turn()
    fresh = (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school__parent__parent", "district", "lead")
        .get(pk=case.pk)
    )
    row = OutsideReview.objects.select_for_update(no_key=True).get(pk=review.pk, case=fresh)
    if not policies.may_review(actor, fresh, row.kind):
        raise NotAllowed(f"outside review of {fresh.thing}")
    if row.outcome or not fresh.open:
        raise NotATransition(fresh, "outside")
    if not note.strip():
        raise ReasonWanted
    row.outcome = OutsideReview.Outcome.AGREES if agrees else OutsideReview.Outcome.SENT_BACK
    row.answered_at, row.answered_by = now(), actor
    seal(unsealed(fresh), row, note=note)
    row.save()
    to_ledger(fresh, actor, "case.outside_review_answered", kind=row.kind, outcome=row.outcome)
    case_duties.settle(
        case=fresh, kind=case_duties.OUTSIDE, actor=actor, outcome=row.outcome, part=part_of(row)
    )
    if agrees:
        ask_after(case=fresh, judgement=row.judgement, actor=actor)  # the next tier
    return row
