"""The team's judgement: facts for and against, what is not known, each discipline's own view, and who has to
be told."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal

from .. import content_loader as doctrine
from .. import gates, policies
from ..case_ledger import to_ledger
from ..decision_tree import way_of
from ..gate_checks import parent_suspected
from ..models import Case, Judgement, Notice, Signature, State
from ..sealing import seal, unsealed
from . import case_duties
from .case_opening import team_of
from .outside_reviews import ask_after
from .protective_paths import start
from .state_transitions import NotATransition, ReasonWanted, locked_for
from .thresholds import raise_threshold


class TextsWanted(Refusal):
    """A judgement holds facts for, facts against, what is unknown, and what would change it: each in words.
    `fields` names the empty ones."""

    each_field = True
    sentence = _lazy("Write something under each heading. “Nothing found” is an answer too.")

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.fields = tuple(missing)


class NoticeHeld(Refusal):
    """A parent is suspected of abuse: the agency says when the parents are told."""

    fields = ("state",)
    sentence = _lazy(
        "A parent is suspected of abuse: ask the agency first, and write “Not needed” with that reason."
    )


class BelowTheSteps(Refusal):
    """The steps of the decision came to a graver level. A team may judge higher than they say, never lower:
    in doubt it is substantive."""

    fields = ("level",)
    sentence = _lazy(
        "The steps came to a graver level. Judge at least as high, or answer the steps anew. In "
        "doubt it is substantive."
    )


class UnknownLevel(Refusal):
    """The case's scheme has no such level, or the doctrine no such conclusion."""

    fields = ("level", "conclusion")
    sentence = _lazy("Choose one of the conclusions and levels shown.")


PARENTS = "parents"
SUPERVISING_STAFF = "supervising_staff"  # told at once of a notice of law enforcement
JUDGED_IN = frozenset({State.ASSESSING, State.MONITORING})


@transaction.atomic
def judge(
    *,
    actor: Person,
    case: Case,
    conclusion: str,
    level: str,
    facts_for: str,
    facts_against: str,
    unknowns: str,
    would_change: str,
) -> Judgement:
    """Write the judgement that the members then sign. It starts empty each time: nothing of an earlier one is
    carried over (threat-assessment.md F3).

    Raises NotAllowed, NotATransition, GatesUnmet (the questions that must be asked come first), TextsWanted,
    UnknownLevel, BelowTheSteps."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state not in JUDGED_IN or fresh.judgements.filter(complete_at__isnull=True).exists():
        raise NotATransition(fresh, State.CLASSIFIED)
    missing = gates.unmet_before_judging(fresh)
    if missing:
        raise gates.GatesUnmet(fresh, State.CLASSIFIED, missing)
    texts = {
        "facts_for": facts_for,
        "facts_against": facts_against,
        "unknowns": unknowns,
        "would_change": would_change,
    }
    empty = [name for name, text in texts.items() if not text.strip()]
    if empty:
        raise TextsWanted(empty)
    levels = doctrine.schemes()[fresh.scheme].levels
    if conclusion not in doctrine.conclusions() or (level not in levels if levels else bool(level)):
        raise UnknownLevel
    if doctrine.schemes()[fresh.scheme].steps:
        order = list(levels)
        if order.index(level) < order.index(way_of(fresh).level or level):
            raise BelowTheSteps
    row = Judgement(
        case=fresh,
        number=fresh.judgements.count() + 1,
        conclusion=conclusion,
        level=level,
        made_at=now(),
        made_by=actor,
    )
    seal(unsealed(fresh), row, **texts)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.judged", judgement=row.number, conclusion=conclusion, level=level)
    due = now() + timedelta(days=1)
    for member in team_of(fresh):
        if member.person_id != actor.pk:
            case_duties.raise_case_duty(
                case=fresh,
                kind=case_duties.SIGN,
                due_at=due,
                actor=actor,
                holder=member.person,
                part="judgement/",
            )
    case_duties.settle(case=fresh, kind=case_duties.LOOK_AGAIN, actor=actor, outcome="judged")
    start(
        case=fresh,
        paths=[key for key, one in doctrine.paths().items() if conclusion in one.conclusions],
        actor=actor,
    )
    if doctrine.conclusions()[conclusion].law_enforcement:
        raise_threshold(case=fresh, threshold="le_attack_thinking", actor=actor)
    return row


@transaction.atomic
def sign(*, actor: Person, case: Case, judgement: Judgement, view: str, text: str = "") -> Signature:
    """A member's own view, for their discipline. Dissent says in words what it sees. Raises NotATransition,
    ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    member = policies.member_of(actor, fresh)
    row = Judgement.objects.select_for_update(no_key=True).get(pk=judgement.pk, case=fresh)
    if member is None or view not in Signature.View.values or row.signatures.filter(person=actor).exists():
        raise NotATransition(fresh, "signature")
    if view == Signature.View.DISSENTS and not text.strip():
        raise ReasonWanted
    signature = Signature(judgement=row, person=actor, disciplines=member.disciplines, view=view, at=now())
    if text.strip():
        seal(unsealed(fresh), signature, text=text)
    signature.save(force_insert=True)
    to_ledger(
        fresh, actor, "case.signed", judgement=row.number, disciplines=",".join(member.disciplines), view=view
    )
    case_duties.settle(case=fresh, kind=case_duties.SIGN, actor=actor, outcome=view, holder=actor)
    if row.complete_at is None and not gates.GATES["signed"].missing(fresh):
        row.complete_at = now()
        row.save(update_fields=["complete_at"])
        _raise_notices(fresh, row, actor)
        ask_after(case=fresh, judgement=row, actor=actor)
    return signature


def _raise_notices(case: Case, judgement: Judgement, actor: Person) -> None:
    """Who has to be told after this conclusion (prevention/doctrine/content/conclusions.yaml)."""
    for party in doctrine.conclusions()[judgement.conclusion].notices:
        Notice.objects.get_or_create(case=case, party=party, settled_at=None, defaults={"raised_at": now()})


@transaction.atomic
def settle_notice(*, actor: Person, case: Case, notice: Notice, state: str, note: str = "") -> Notice:
    """Told; tried and not reached (stays open); or not needed, with a reason. Raises ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk, case=fresh)
    if row.settled_at is not None or state not in {
        Notice.State.TOLD,
        Notice.State.NOT_REACHED,
        Notice.State.NOT_NEEDED,
    }:
        raise NotATransition(fresh, state)
    if state != Notice.State.TOLD and not note.strip():
        raise ReasonWanted
    if state == Notice.State.TOLD and row.party == PARENTS and parent_suspected(fresh):
        raise NoticeHeld
    row.state, row.attempts = state, row.attempts + (state != Notice.State.NOT_NEEDED)
    if note.strip():
        seal(unsealed(fresh), row, note=note)
    if state != Notice.State.NOT_REACHED:
        row.settled_at, row.settled_by = now(), actor
        if row.party == SUPERVISING_STAFF:
            case_duties.settle(case=fresh, kind=case_duties.TELL_STAFF, actor=actor, outcome=state)
    row.save()
    to_ledger(fresh, actor, "case.notice", party=row.party, state=state, attempts=row.attempts)
    return row
