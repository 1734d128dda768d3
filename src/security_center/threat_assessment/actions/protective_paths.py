"""Self-harm, and the duty to report abuse or neglect: what is due is raised by itself, and done by whoever it
falls to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import add_school_days, end_of_school_day
from security_center.prevention.queries import calendar_of
from security_center.prevention.raising import urgency_from_words

from .. import content_loader as doctrine
from .. import gate_checks, policies
from ..case_ledger import to_ledger
from ..content_kinds_paths import PathStepKind
from ..models import Case, PathStep
from ..sealing import seal, unsealed
from . import case_duties
from .edit_conflicts import Unknown
from .state_transitions import NotATransition, ReasonWanted, locked_for

PROTECTION = "protection"
LEFT = "left"  # the person has left the team, and another there has the same duty


class NotYours(Refusal):
    """The duty to report is personal: whoever knows reports themselves, and nobody writes it down for
    them."""

    sentence = _lazy(
        "The duty to report is personal: only the person who knows can write it down here. Others "
        "press that they know too."
    )


class RecordWanted(Refusal):
    """Which agency, and when: an entry without them has told nobody. `fields` names the empty fields."""

    each_field = True
    sentence = _lazy("Write which agency you told, and when. Without that nobody was told.")

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.fields = tuple(missing)


def start(
    *, case: Case, paths: Iterable[str], actor: Person | None, pressed: bool = False, suspected: str = ""
) -> None:
    """Called inside a transaction with the row locked: raise each step of the path that is not there yet. A
    personal one is the actor's own."""
    for key in paths:
        path = doctrine.paths()[key]
        for name, step in path.steps.items():
            person = _knows(case, actor) if path.personal else None
            there = PathStep.objects.filter(
                case=case, path=key, step=name, person=person, raised_at__gte=gate_checks.round_began(case)
            )
            if (there.filter(answer="") if pressed else there).exists():
                continue
            at = now()
            row = PathStep(
                case=case,
                path=key,
                step=name,
                person=person,
                pressed=pressed,
                suspected=suspected,
                raised_at=at,
                raised_by=actor,
            )
            row.due_at = _due(case, step, at)
            row.save(force_insert=True)
            to_ledger(case, actor, "case.path_step", path=key, step=name, due=row.due_at.isoformat())
            pace = (
                timedelta(minutes=30)
                if path.personal
                else timedelta(hours=2)
                if step.same_school_day
                else timedelta(days=1)
            )
            urgency = "" if step.school_days else "U1"
            case_duties.raise_case_duty(
                case=case,
                kind=case_duties.PATH,
                due_at=row.due_at,
                actor=actor,
                holder=person,
                step=pace,
                urgency=urgency,
                part=part_of(row),
            )


def _knows(case: Case, actor: Person | None) -> Person:
    """Whoever wrote it down; where they are not on the team, its lead, who reads it now."""
    return actor if actor is not None and policies.member_of(actor, case) is not None else case.lead


def pass_on(*, case: Case, left: Person, to: Person) -> None:
    """Whoever knows is no longer on the team: the duty is the lead's from now on, who reads the case. Called
    inside a transaction."""
    for row in PathStep.objects.filter(case=case, person=left, answer=""):
        if PathStep.objects.filter(case=case, path=row.path, step=row.step, person=to, answer="").exists():
            row.answer, row.answered_at = LEFT, now()
            case_duties.settle(case=case, kind=case_duties.PATH, actor=None, outcome=LEFT, part=part_of(row))
        row.person = row.person if row.answer else to
        row.save()
        to_ledger(case, None, "case.path_passed_on", path=row.path, step=row.step, to=to.pk)


def _due(case: Case, step: PathStepKind, at: datetime) -> datetime:
    if step.minutes is not None:
        return at + timedelta(minutes=step.minutes)
    calendar = calendar_of(case.school)
    return (
        add_school_days(calendar, at, step.school_days)
        if step.school_days
        else end_of_school_day(calendar, at)
    )


def start_by_words(*, case: Case, texts: Iterable[str], actor: Person | None) -> None:
    """Words that speak of abuse or neglect: whoever wrote them down knows of it now."""
    _urgency, hits = urgency_from_words(texts)
    said = {hit.key for hit in hits}
    start(
        case=case, paths=[key for key, one in doctrine.paths().items() if said & set(one.words)], actor=actor
    )


def part_of(step: PathStep) -> str:
    return f"paths/{step.uuid}/"


@transaction.atomic
def suspect_abuse(*, actor: Person, case: Case, suspected: str) -> Case:
    """A member suspects abuse or neglect, or knows of it too: the duty is theirs from now on. Raises
    NotATransition (closed), Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not fresh.open:
        raise NotATransition(fresh, PROTECTION)
    if suspected not in PathStep.Suspected.values:
        raise Unknown(suspected)
    start(case=fresh, paths=[PROTECTION], actor=actor, pressed=True, suspected=suspected)
    return fresh


@transaction.atomic
def answer_path(
    *,
    actor: Person,
    case: Case,
    step: PathStep,
    answer: str,
    note: str,
    agency: str = "",
    called_when: str = "",
    reference: str = "",
) -> PathStep:
    """What came of a step. Raises NotYours, NotATransition (answered), Unknown, ReasonWanted,
    RecordWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = PathStep.objects.select_for_update(no_key=True, of=("self",)).get(pk=step.pk, case=fresh)
    found = doctrine.paths()[row.path].steps[row.step].answers.get(answer)
    if row.person_id is not None and row.person_id != actor.pk:
        raise NotYours
    if row.answer:
        raise NotATransition(fresh, row.step)
    if found is None or answer not in answers_for(fresh, row):
        raise Unknown(answer)
    if found.record:
        missing = [
            name for name, text in (("agency", agency), ("called_when", called_when)) if not text.strip()
        ]
        if missing:
            raise RecordWanted(missing)
    elif not note.strip():
        raise ReasonWanted
    row.answer, row.answered_at, row.answered_by = answer, now(), actor
    seal(unsealed(fresh), row, note=note, agency=agency, called_when=called_when, reference=reference)
    row.save()
    to_ledger(
        fresh,
        actor,
        "case.path_answered",
        path=row.path,
        step=row.step,
        answer=answer,
        late=row.due_at < row.answered_at,
    )
    case_duties.settle(case=fresh, kind=case_duties.PATH, actor=actor, outcome=answer, part=part_of(row))
    return row


def answers_for(case: Case, row: PathStep) -> list[str]:
    """The answers that this step takes now."""
    answers = doctrine.paths()[row.path].steps[row.step].answers
    held = gate_checks.parent_suspected(case)
    return [
        key
        for key, one in answers.items()
        if (not one.held or held) and (not one.unless_pressed or not row.pressed)
    ]
