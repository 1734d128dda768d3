"""What the team finds out. Nothing that was found is overwritten: a change is a new version, and whoever came second sees both texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.identity import actor_string
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission

from .. import content_loader as doctrine
from ..models import Case, Finding, Interview, Source
from ..sealing import seal, unsealed
from .moving import NotATransition, locked_for


class ChangedMeanwhile(Exception):
    """Somebody else saved in between. `theirs` is what lies there now; what was typed is still on the page."""

    def __init__(self, theirs: Finding | Interview) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


class Unknown(Exception):
    """No such prompt, kind of source or answer."""


def _note(case: Case, actor: Person, verb: str, **detail: int | str | bool | None) -> None:
    record(actor=actor_string(actor), verb=verb, thing=case.thing, organization_id=case.school_id, detail=detail)


@transaction.atomic
def add_source(*, actor: Person, case: Case, kind: str, name: str = "", note: str = "", law_enforcement_only: bool = False) -> Source:
    """Somebody or something to ask. Raises NotAllowed, Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if kind not in doctrine.sources():
        raise Unknown(kind)
    source = Source(case=fresh, kind=kind, added_at=now(), added_by=actor, law_enforcement_only=law_enforcement_only)
    seal(unsealed(fresh), source, name=name, note=note)
    source.save(force_insert=True)
    _note(fresh, actor, "case.source_added", kind=kind)
    return source


@transaction.atomic
def settle_source(*, actor: Person, case: Case, source: Source, state: str, note: str = "") -> Source:
    """It answered, refused, or cannot be had. A refusal is followed up by whoever leads. Raises Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Source.objects.select_for_update(no_key=True).get(pk=source.pk, case=fresh)
    if state not in Source.State.values:
        raise Unknown(state)
    row.state, row.settled_at = state, None if state == Source.State.WANTED else now()
    if note.strip():
        seal(unsealed(fresh), row, note=note)
    row.save()
    _note(fresh, actor, "case.source_settled", kind=row.kind, state=state)
    return row


@transaction.atomic
def begin_interview(
    *,
    actor: Person,
    case: Case,
    source: Source,
    place: str = "",
    interpreter: bool = False,
    parent_present: bool = False,
    rights_notice: bool = False,
    law_enforcement_purpose: bool = False,
) -> Interview:
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if source.case_id != fresh.pk:
        raise Unknown(str(source.pk))
    at = now()
    row = Interview(
        case=fresh,
        source=source,
        interviewer=actor,
        started_at=at,
        saved_at=at,
        interpreter=interpreter,
        parent_present=parent_present,
        rights_notice=rights_notice,
        law_enforcement_purpose=law_enforcement_purpose,
    )
    seal(unsealed(fresh), row, place=place)
    row.save(force_insert=True)
    _note(fresh, actor, "case.interview_begun", kind=source.kind, interview=row.pk)
    return row


@transaction.atomic
def save_interview(*, actor: Person, case: Case, interview: Interview, version: int, quotes: str, notes: str, ended: bool = False) -> Interview:
    """Keep what was typed so far. `version` is the one that the page showed. Raises ChangedMeanwhile, NotATransition (it has ended)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk, case=fresh)
    if row.ended_at is not None:
        raise NotATransition(fresh, "interview")
    if row.version != version:
        raise ChangedMeanwhile(row)
    seal(unsealed(fresh), row, quotes=quotes, notes=notes)
    row.version, row.saved_at = version + 1, now()
    if ended:
        row.ended_at = row.saved_at
        Source.objects.filter(pk=row.source_id).update(state=Source.State.ANSWERED, settled_at=row.saved_at)
    row.save()
    if ended:
        _note(fresh, actor, "case.interview_ended", interview=row.pk, version=row.version)
    return row


@transaction.atomic
def find(
    *, actor: Person, case: Case, prompt: str, answer: str, note: str, version: int, sources: Sequence[Source] = (), observed_on: date | None = None
) -> Finding:
    """Record an answer to a prompt. `version`: of the finding that the page showed (0: none). Raises ChangedMeanwhile, Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if prompt not in doctrine.prompts() or answer not in Finding.Answer.values or any(source.case_id != fresh.pk for source in sources):
        raise Unknown(prompt)
    before = Finding.objects.select_for_update(no_key=True).filter(case=fresh, prompt=prompt, current=True).first()
    if (before.version if before is not None else 0) != version:
        assert before is not None  # noqa: S101 - there is one, since its version is not the page's
        raise ChangedMeanwhile(before)
    if before is not None:
        Finding.objects.filter(pk=before.pk).update(current=False)
    row = Finding(case=fresh, prompt=prompt, answer=answer, observed_on=observed_on, recorded_at=now(), recorded_by=actor, version=version + 1)
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    row.sources.set(sources)
    _note(fresh, actor, "case.finding", prompt=prompt, answer=answer, version=row.version)
    return row
