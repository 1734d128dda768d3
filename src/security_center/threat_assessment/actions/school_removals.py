"""Days out of school: each is recorded beside the case, counted by the school's calendar, and the limits ring
before they are passed (threat-assessment.md F10).

Discipline is nobody's duty here and ends no case. Sending a student away makes the team look again
(threat-assessment.md 1, P6, P7)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import add_school_days, end_of_school_day, school_days_between
from security_center.foundation.students.queries import file_of
from security_center.prevention.queries import calendar_of

from .. import content_loader as doctrine
from .. import policies
from ..case_ledger import to_ledger
from ..models import Case, PlacementQuestion, Removal, State
from ..queries.removals import days_of, school_year
from ..sealing import seal, unsealed
from . import case_duties
from .called_meetings import hold_who_is_due_back
from .edit_conflicts import Unknown
from .state_transitions import NotATransition, ReasonWanted, locked_for

WARNING, MANIFESTATION = "warning", "manifestation"
# Where the case was judged already, so that being sent away is something new to look at.
JUDGED = frozenset({State.CLASSIFIED, State.MANAGING, State.MONITORING})


class DaysUnclear(Refusal):
    """The last day lies before the first."""

    fields = ("last_day",)
    sentence = _lazy("The last day lies before the first. Look at both again.")


class RegisterSaysSo(Refusal):
    """The school's own register says that the student has an IEP or a 504 plan: no press here takes it away
    (threat-assessment.md F10)."""

    sentence = _lazy(
        "The register says that the student has an IEP or a 504 plan. If that is wrong, have the "
        "register corrected first."
    )


class InterimNotAllowed(Refusal):
    """An interim setting needs one of its three grounds and a last day within its school days."""

    fields = ("ground", "last_day")
    sentence = _lazy(
        "An interim setting needs a weapon, drugs or a serious injury as its ground, and a last day "
        "within 45 school days."
    )


@transaction.atomic
def add_removal(
    *,
    actor: Person,
    case: Case,
    kind: str,
    first_day: date,
    last_day: date | None,
    ground: str = "",
    reason: str = "",
) -> Removal:
    """The student is kept out of class or school. Raises NotAllowed, NotATransition (closed), Unknown,
    DaysUnclear, InterimNotAllowed."""
    fresh = _locked(actor, case)
    if not fresh.open:
        raise NotATransition(fresh, "removal")
    if kind not in doctrine.removal_kinds():
        raise Unknown(kind)
    if last_day is not None and last_day < first_day:
        raise DaysUnclear
    _check_interim(fresh, kind, ground, first_day, last_day)
    row = Removal(
        case=fresh,
        kind=kind,
        ground=ground,
        first_day=first_day,
        last_day=last_day,
        added_at=now(),
        added_by=actor,
    )
    seal(unsealed(fresh), row, reason=reason)
    row.save(force_insert=True)
    to_ledger(fresh, actor, "case.removal_added", removal=row.pk, kind=kind)
    if (
        doctrine.removal_kinds()[kind].look_again
        and fresh.state in JUDGED
        and not case_duties.is_owed(case=fresh, kind=case_duties.LOOK_AGAIN, part="reviews/")
    ):
        case_duties.raise_case_duty(
            case=fresh,
            kind=case_duties.LOOK_AGAIN,
            due_at=end_of_school_day(calendar_of(fresh.school), now()),
            actor=actor,
            part="reviews/",
        )
    _watch(fresh, actor)
    return row


@transaction.atomic
def end_removal(*, actor: Person, case: Case, removal: Removal, last_day: date) -> Removal:
    """The last day is known now, or another one than was thought. Raises DaysUnclear, InterimNotAllowed."""
    fresh = _locked(actor, case)
    row = Removal.objects.select_for_update(no_key=True).get(pk=removal.pk, case=fresh)
    if last_day < row.first_day:
        raise DaysUnclear
    _check_interim(fresh, row.kind, row.ground, row.first_day, last_day)
    row.last_day = last_day
    row.save(update_fields=["last_day"])
    to_ledger(fresh, actor, "case.removal_ends", removal=row.pk, last_day=last_day.isoformat())
    _watch(fresh, actor)
    return row


def _check_interim(case: Case, kind: str, ground: str, first_day: date, last_day: date | None) -> None:
    if kind != "interim":
        if ground:
            raise Unknown(ground)
        return
    if ground not in doctrine.removal_grounds() or last_day is None:
        raise InterimNotAllowed
    if len(school_days_between(calendar_of(case.school), first_day, last_day)) > doctrine.interim_limit():
        raise InterimNotAllowed


@transaction.atomic
def watch_days(*, case: Case) -> int:
    """Called by the worker: a removal without an end grows by itself, and one that is over brings the student
    back. Returns how many questions it raised."""
    fresh = locked_for(actor=None, permission=Permission.CASE_WRITE, case=case)
    return _watch(fresh, None) + hold_who_is_due_back(case=fresh)


def _watch(case: Case, actor: Person | None) -> int:
    """Raise what the days ask for now: the alarm once a year, the review for each removal that passes the
    limit."""
    days, raised = days_of(case), 0
    if max(days.so_far, days.planned) >= doctrine.removal_warning().number:
        raised += _ask(case, WARNING, days.planned, actor, again=False)
    by_themselves = [key for key, kind in doctrine.removal_kinds().items() if kind.placement]
    this_year = Removal.objects.filter(case=case, kind__in=by_themselves).exclude(
        last_day__lt=school_year(case)
    )
    if days.planned > doctrine.removal_limit() or this_year.exists():
        raised += _ask(case, MANIFESTATION, days.planned, actor, again=True)
    return raised


def _ask(case: Case, kind: str, days: int, actor: Person | None, *, again: bool) -> int:
    year, at = school_year(case).year, now()
    asked = PlacementQuestion.objects.filter(case=case, kind=kind, school_year=year)
    if again:
        # A review counts for what was recorded before it was asked for, or while it was open.
        last = Removal.objects.filter(case=case).order_by("-added_at").first()
        asked = (
            asked.filter(answer="") | asked.filter(answered_at__gte=last.added_at)
            if last is not None
            else asked
        )
    if asked.exists():
        return 0
    due = add_school_days(calendar_of(case.school), at, doctrine.placement_questions()[kind].school_days)
    row = PlacementQuestion(case=case, kind=kind, school_year=year, days=days, raised_at=at, due_at=due)
    row.save(force_insert=True)
    to_ledger(case, actor, "case.placement_asked", question=kind, days=days, due=due.isoformat())
    case_duties.raise_case_duty(
        case=case, kind=case_duties.PLACEMENT, due_at=due, actor=actor, part=part_of(row)
    )
    return 1


def part_of(question: PlacementQuestion) -> str:
    """Where the duty about this question leads."""
    return f"removals/{question.uuid}/"


@transaction.atomic
def answer_placement(
    *, actor: Person, case: Case, question: PlacementQuestion, answer: str, note: str
) -> PlacementQuestion:
    """What was decided, in words too. Raises NotATransition (answered already), Unknown, ReasonWanted."""
    fresh = _locked(actor, case)
    row = PlacementQuestion.objects.select_for_update(no_key=True).get(pk=question.pk, case=fresh)
    answers = doctrine.placement_questions()[row.kind].answers
    if row.answer:
        raise NotATransition(fresh, row.answer)
    if answer not in answers or (answers[answer].unprotected_only and fresh.special_education):
        raise Unknown(answer)
    if not note.strip():
        raise ReasonWanted
    row.answer, row.answered_at, row.answered_by = answer, now(), actor
    seal(unsealed(fresh), row, note=note)
    row.save()
    to_ledger(
        fresh,
        actor,
        "case.placement_answered",
        question=row.kind,
        answer=answer,
        late=row.due_at < row.answered_at,
    )
    case_duties.settle(case=fresh, kind=case_duties.PLACEMENT, actor=actor, outcome=answer, part=part_of(row))
    return row


@transaction.atomic
def set_special_education(*, actor: Person, case: Case, has_plan: bool) -> Case:
    """Whether the student has an IEP or a 504 plan. With one, the team has somebody of special education
    before it judges. Raises RegisterSaysSo."""
    fresh = _locked(actor, case)
    found = file_of(fresh.student) if fresh.student is not None and not has_plan else None
    if found is not None and found.supports.any:
        raise RegisterSaysSo
    if fresh.special_education != has_plan:
        fresh.special_education = has_plan
        fresh.save(update_fields=["special_education"])
        to_ledger(fresh, actor, "case.special_education", has_plan=has_plan)
    return fresh


def _locked(actor: Person, case: Case) -> Case:
    """Discipline and disability are of the school's records: no officer writes them. Raises NotAllowed."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    policies.require_keeper(actor, fresh)
    return fresh
