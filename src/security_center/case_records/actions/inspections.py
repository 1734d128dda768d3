"""A parent, or the student at 18, asks to see the record: who they are, what a court says, what they are
shown (34 CFR 99.10, 99.12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.columns import unseal
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.state_transitions import (
    NotATransition,
    ReasonWanted,
    locked_for,
)
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.gate_checks import parent_suspected
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import seal, unsealed

from .. import content_loader as content
from ..models import Disclosure, Inspection, Release
from ..queries.requests import copy_of
from ..queries.texts import Part, parts_of
from .disclosures import PARENT, NobodyNamed, NotTheirs, ParentSuspected, ReadAnew, log, require_as_read
from .record_holds import hold, release_if_free

CLOSE_OF_DAY = time(16, 0)  # local
LONGEST_AGO = timedelta(days=365)
ADULT_STUDENT = "adult_student"  # key of content/privacy_acts.yaml: relations


class NotThatDay(Refusal):
    """A request came in today or before, and not longer than a year ago."""

    fields = ("received_on",)
    sentence = _lazy("Choose today or a day before, not longer than a year ago.")


class NotChecked(Refusal):
    """Who asks and what the custody order says have to be written down before anything is shown."""

    fields = ("identity",)
    sentence = _lazy("First write down how we know who they are, and what the custody order says.")


class CourtForbids(Refusal):
    """A court order keeps the record from this person."""

    fields = ("custody",)
    sentence = _lazy(
        "A court order keeps the record from this person. Nothing is shown; refuse the request in words."
    )


def due_of(case: Case, received_on: date, limit: str) -> datetime:
    """The last moment to answer: so many days after the request came in, at the close of that day at the
    school."""
    return datetime.combine(
        received_on + timedelta(days=content.privacy_clocks()[limit].days), CLOSE_OF_DAY, case.zone
    )


def require_day(case: Case, received_on: date) -> None:
    """Raises NotThatDay."""
    if not case.today() - LONGEST_AGO <= received_on <= case.today():
        raise NotThatDay


@transaction.atomic
def ask_to_see(*, actor: Person, case: Case, name: str, relation: str, received_on: date) -> Inspection:
    """Somebody asks. From now on nothing is destroyed, and the answer is due in 45 days. Raises NotAllowed,
    NobodyNamed, NotThatDay, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    if not name.strip():
        raise NobodyNamed
    if relation not in content.relations():
        raise ReasonWanted
    require_day(fresh, received_on)
    row = Inspection(case=fresh, relation=relation, received_on=received_on, asked_at=now(), asked_by=actor)
    row.due_at = due_of(fresh, received_on, "inspection")
    seal(unsealed(fresh), row, name=name)
    row.save(force_insert=True)
    hold(case=fresh, actor=actor)
    _note(fresh, actor, "case.inspection_asked", row, due=row.due_at.isoformat())
    case_duties.raise_case_duty(
        case=fresh, kind=case_duties.INSPECTION, due_at=row.due_at, actor=actor, part=_part(row)
    )
    return row


@transaction.atomic
def check_asker(
    *, actor: Person, case: Case, inspection: Inspection, identity: str, custody: str, note: str = ""
) -> Inspection:
    """How the person was identified and what the custody order says. Raises NotATransition, ReasonWanted (an
    unknown answer)."""
    fresh, row = _open(actor, case, inspection)
    if identity not in content.identity_checks() or custody not in content.custody_answers():
        raise ReasonWanted
    row.identity, row.custody, row.checked_at, row.checked_by = identity, custody, now(), actor
    seal(unsealed(fresh), row, checked_note=note)
    row.save()
    _note(fresh, actor, "case.inspection_checked", row, identity=identity, custody=custody)
    return row


@transaction.atomic
def show(
    *, actor: Person, case: Case, inspection: Inspection, parts: Sequence[Part], withheld: Mapping[str, int]
) -> Release:
    """A copy is made of what is about this student: all of it, as it lies now, so that what was shown is what
    the log says.

    Raises NotChecked, CourtForbids, ParentSuspected, ReadAnew (a text or a tag was changed since it was
    read), NotTheirs, NotATransition."""
    fresh, row = _open(actor, case, inspection)
    require_may_see(fresh, row)
    opened = unsealed(fresh)
    there = parts_of(actor, fresh, opened)
    require_as_read(parts, there)
    others = [part for part in parts if not part.shared]
    if others:
        raise NotTheirs(others)
    names, copy = [part.name for part in parts], copy_of(there)
    if {part.name for part in copy.shown} != set(names) or copy.counts != dict(withheld):
        raise ReadAnew
    release = Release(case=fresh, inspection=row, parts=names, withheld=dict(withheld), at=now(), by=actor)
    release.save(force_insert=True)
    groups = list(dict.fromkeys(part.group for part in parts if part.group))
    line = Disclosure(
        case=fresh,
        receiver=PARENT,
        ground=PARENT,
        way=Disclosure.Way.INSPECTION,
        parts=names,
        groups=groups,
        by=actor,
    )
    log(line, opened, name=unseal(opened, row, "name"))
    _note(fresh, actor, "case.shown", row, texts=len(names), withheld=sum(withheld.values()))
    return release


def is_kept_from(case: Case, inspection: Inspection) -> bool:
    """A parent is suspected of abuse, and a parent asks: the child protection agency decides what they may
    see. (An adult student asks for themselves.)"""
    return inspection.relation != ADULT_STUDENT and parent_suspected(case)


def require_may_see(case: Case, inspection: Inspection) -> None:
    """Raises NotChecked, CourtForbids, ParentSuspected."""
    if not inspection.identity or not inspection.custody:
        raise NotChecked
    if not content.custody_answers()[inspection.custody].may:
        raise CourtForbids
    if is_kept_from(case, inspection):
        raise ParentSuspected


@transaction.atomic
def answer_asker(*, actor: Person, case: Case, inspection: Inspection, state: str, text: str) -> Inspection:
    """Shown, refused or withdrawn, in words. Raises NotATransition (nothing was shown yet, or it has ended),
    ReasonWanted."""
    fresh, row = _open(actor, case, inspection)
    if state not in {Inspection.State.SHOWN, Inspection.State.REFUSED, Inspection.State.WITHDRAWN}:
        raise NotATransition(fresh, state)
    if state == Inspection.State.SHOWN and not Release.objects.filter(inspection=row).exists():
        raise NotATransition(fresh, state)
    if not text.strip():
        raise ReasonWanted
    row.state, row.ended_at, row.ended_by = state, now(), actor
    seal(unsealed(fresh), row, answer=text)
    row.save()
    _note(fresh, actor, "case.inspection_answered", row, state=state, late=row.due_at < row.ended_at)
    case_duties.settle(case=fresh, kind=case_duties.INSPECTION, actor=actor, outcome=state, part=_part(row))
    release_if_free(case=fresh, actor=actor)
    return row


def _open(actor: Person, case: Case, inspection: Inspection) -> tuple[Case, Inspection]:
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    case_policies.require_keeper(actor, fresh)
    row = Inspection.objects.select_for_update(no_key=True).get(pk=inspection.pk, case=fresh)
    if row.state != Inspection.State.OPEN:
        raise NotATransition(fresh, "inspection")
    return fresh, row


def _part(inspection: Inspection) -> str:
    return f"privacy/inspections/{inspection.uuid}/"


def _note(case: Case, actor: Person, verb: str, row: Inspection, **detail: int | str | bool) -> None:
    to_ledger(case, actor, verb, inspection=row.pk, **detail)
