"""What the team finds out. Nothing that was found is overwritten: a change is a new version, and whoever came
second sees both texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.columns import unseal_all

from .. import content_loader as doctrine
from .. import policies
from ..case_ledger import to_ledger
from ..models import Case, Finding, Interview, InterviewVersion, Source
from ..queries.inquiry import visible_interviews, visible_sources
from ..sealing import seal, unsealed
from .called_meetings import call
from .edit_conflicts import ChangedMeanwhile, Unknown, require_version
from .outside_reviews import note_grave_words
from .protective_paths import start, start_by_words
from .state_transitions import NotATransition, locked_for

TEXTS = ("quotes", "notes")
EXACT_WORDS = "communications.exact_words"
# So long nobody kept anything: what is typed then is a new sitting, and the text of the one before becomes an
# earlier version.
SITTING = timedelta(minutes=30)


def _require_seen(actor: Person, case: Case, source: Source) -> None:
    if not visible_sources(actor, case).filter(pk=source.pk).exists():
        raise Unknown(str(source.pk))


def _require_officer(actor: Person, case: Case) -> None:
    if not policies.is_officer(actor, case):
        raise NotAllowed(f"law enforcement's own at {case.thing}")


@transaction.atomic
def add_source(
    *,
    actor: Person,
    case: Case,
    kind: str,
    name: str = "",
    note: str = "",
    law_enforcement_only: bool = False,
) -> Source:
    """Somebody or something to ask. What is law enforcement's own is entered by its officers alone: nobody
    else hides a text from the team.

    Raises NotAllowed, Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if kind not in doctrine.sources():
        raise Unknown(kind)
    if law_enforcement_only:
        _require_officer(actor, fresh)
    source = Source(
        case=fresh, kind=kind, added_at=now(), added_by=actor, law_enforcement_only=law_enforcement_only
    )
    seal(unsealed(fresh), source, name=name, note=note)
    source.save(force_insert=True)
    to_ledger(fresh, actor, "case.source_added", kind=kind)
    return source


@transaction.atomic
def settle_source(*, actor: Person, case: Case, source: Source, state: str, note: str = "") -> Source:
    """It answered, refused, or cannot be had. A refusal is followed up by whoever leads. Raises NotAllowed,
    Unknown (also one that this person does not see)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    _require_seen(actor, fresh, source)
    row = Source.objects.select_for_update(no_key=True).get(pk=source.pk, case=fresh)
    if state not in Source.State.values:
        raise Unknown(state)
    row.state, row.settled_at = state, None if state == Source.State.WANTED else now()
    if note.strip():
        seal(unsealed(fresh), row, note=note)
    row.save()
    to_ledger(fresh, actor, "case.source_settled", kind=row.kind, state=state)
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
    """Somebody speaks with a source. A note for a criminal purpose is an officer's. Raises NotAllowed,
    Unknown (a source that this person does not see)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    _require_seen(actor, fresh, source)
    if law_enforcement_purpose:
        _require_officer(actor, fresh)
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
    to_ledger(fresh, actor, "case.interview_begun", kind=source.kind, interview=row.pk)
    return row


@transaction.atomic
def save_interview(
    *,
    actor: Person,
    case: Case,
    interview: Interview,
    version: int,
    quotes: str,
    notes: str,
    ended: bool = False,
    by_itself: bool = False,
) -> Interview:
    """Save what was typed. `version` is the one that the page showed; what stood there before is kept as an
    earlier version.

    `by_itself`: kept while somebody types. That writes over the same person's running text, and over nobody
    else's. Raises NotAllowed, Unknown (one that this person does not see), ChangedMeanwhile, NotATransition
    (it has ended)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not visible_interviews(actor, fresh).filter(pk=interview.pk).exists():
        raise Unknown(str(interview.pk))
    row = Interview.objects.select_for_update(no_key=True).get(pk=interview.pk, case=fresh)
    if row.ended_at is not None:
        raise NotATransition(fresh, "interview")
    require_version(row, version)
    at = now()
    _write(fresh, row, {"quotes": quotes, "notes": notes}, actor, by_itself)
    note_grave_words(case=fresh, texts=[quotes])
    row.version += 1
    if ended:
        row.ended_at = at
        Source.objects.filter(pk=row.source_id).update(state=Source.State.ANSWERED, settled_at=at)
    row.save()
    if ended:
        to_ledger(fresh, actor, "case.interview_ended", interview=row.pk, version=row.version)
    return row


def _write(case: Case, row: Interview, texts: dict[str, str], actor: Person, by_itself: bool) -> None:
    """What stood there becomes an earlier version, unless it is this person's own running text."""
    opened, at = unsealed(case), now()
    stood = unseal_all(opened, row, TEXTS)
    own = row.running and row.saved_by_id == actor.pk
    if texts == stood:
        row.running = row.running and (by_itself or not own)
        return
    if any(stood.values()) and not (own and at - row.saved_at < SITTING):
        earlier = InterviewVersion(interview=row, number=row.version, by=row.saved_by, saved_at=row.saved_at)
        seal(opened, earlier, **stood)
        earlier.save(force_insert=True)
    seal(opened, row, **texts)
    row.saved_at, row.saved_by, row.running = at, actor, by_itself


@transaction.atomic
def find(
    *,
    actor: Person,
    case: Case,
    prompt: str,
    answer: str,
    note: str,
    version: int,
    sources: Sequence[Source] = (),
    observed_on: date | None = None,
) -> Finding:
    """Record an answer to a prompt. `version`: of the finding that the page showed (0: none). Raises
    NotAllowed (an officer, where the answer is in the school's records), ChangedMeanwhile, Unknown."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if (
        prompt not in doctrine.prompts()
        or answer not in Finding.Answer.values
        or any(source.case_id != fresh.pk for source in sources)
    ):
        raise Unknown(prompt)
    if prompt in doctrine.prompts_of_records():
        policies.require_keeper(actor, fresh)
    before = (
        Finding.objects.select_for_update(no_key=True).filter(case=fresh, prompt=prompt, current=True).first()
    )
    if (before.version if before is not None else 0) != version:
        assert before is not None  # noqa: S101 - there is one, since its version is not the page's
        raise ChangedMeanwhile(before)
    if before is not None:
        Finding.objects.filter(pk=before.pk).update(current=False)
    row = Finding(
        case=fresh,
        prompt=prompt,
        answer=answer,
        observed_on=observed_on,
        recorded_at=now(),
        recorded_by=actor,
        version=version + 1,
    )
    seal(unsealed(fresh), row, note=note)
    row.save(force_insert=True)
    row.sources.set(sources)
    to_ledger(fresh, actor, "case.finding", prompt=prompt, answer=answer, version=row.version)
    if prompt == EXACT_WORDS:
        note_grave_words(case=fresh, texts=[note])
        start_by_words(case=fresh, texts=[note], actor=actor)
    if answer == Finding.Answer.YES and (before is None or before.answer != answer):
        call(
            case=fresh,
            triggers=[key for key, one in doctrine.triggers().items() if prompt in one.prompts],
            actor=actor,
        )
        start(
            case=fresh,
            paths=[key for key, one in doctrine.paths().items() if prompt in one.prompts],
            actor=actor,
        )
    return row
