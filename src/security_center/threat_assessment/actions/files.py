"""Files of a source: a photo of a drawing, a screenshot, a paper. Cleaned and sealed as the files of a report
are; each look is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.attached import clean_copy, finish
from security_center.foundation.vault.columns import seal_file
from security_center.foundation.vault.uploads import MOST_FILES, SealedUpload

from .. import policies
from ..case_ledger import to_ledger
from ..models import Case, Source, SourceFile
from ..queries.inquiry import visible_files, visible_sources
from ..sealing import seal, unsealed
from .edit_conflicts import Unknown
from .state_transitions import ReasonWanted, locked_for


class NoFile(Refusal):
    """No file arrived whole."""

    fields = ("files",)
    sentence = _lazy("Choose a file first.")


class NothingIsolated(Refusal):
    """No file of this case is kept for law enforcement."""

    sentence = _lazy("No file of this case is kept for law enforcement.")


class SamePerson(Refusal):
    """Whoever isolated a file does not say alone that it may go."""

    sentence = _lazy(
        "You isolated a file yourself. Another member of the team says that law enforcement needs it no more."
    )


class TooManyFiles(Refusal):
    """A source holds MOST_FILES files at most."""

    fields = ("files",)
    sentence = _lazy("One source holds 10 files. Add another source for more.")


@transaction.atomic
def add_files(
    *, actor: Person, case: Case, source: Source, uploads: Sequence[SealedUpload], shows: str = ""
) -> list[SourceFile]:
    """Keep the files that arrived whole; one with a fault is left out and refuses none of the others. Raises
    NotAllowed, NoFile, TooManyFiles, Unknown (a source that this person does not see)."""
    from ..tasks import clean_file

    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    whole = [upload for upload in uploads if not upload.fault]
    if not visible_sources(actor, fresh).filter(pk=source.pk).exists():
        raise Unknown(str(source.pk))
    if not whole:
        raise NoFile
    if SourceFile.objects.filter(source=source).count() + len(whole) > MOST_FILES:
        raise TooManyFiles
    opened, at = unsealed(fresh), now()
    added = []
    for upload in whole:
        row = SourceFile(
            source=source,
            state=SourceFile.State.CLEANING,
            added_at=at,
            added_by=actor,
            size=upload.size or 0,
            file_id=upload.file_id,
        )
        seal(opened, row, name=(upload.name or "")[:200], shows=shows)
        seal_file(opened, row, "file_seal", upload.file_key)
        row.save(force_insert=True)
        clean_file.enqueue(fresh.district_id, row.pk)
        added.append(row)
    to_ledger(fresh, ledger_name(actor), "case.files_added", source=source.pk, files=len(added))
    return added


def make_clean_copy(*, file_id: int) -> str:
    """The worker's part. Returns the state it ended in. Not in one transaction: cleaning takes long, and a
    lock would stop everybody else."""
    row = (
        SourceFile.objects.select_related("source__case__school__parent", "source__case__district")
        .filter(pk=file_id)
        .first()
    )
    if row is None or row.state != SourceFile.State.CLEANING:
        return row.state if row is not None else "gone"
    return _finish(file_id, clean_copy(row, unsealed(row.source.case)))


@transaction.atomic
def _finish(file_id: int, values: dict[str, Any]) -> str:
    take_turn()
    fresh = (
        SourceFile.objects.select_for_update(of=("self",), no_key=True)
        .select_related("source__case")
        .filter(pk=file_id)
        .first()
    )
    if fresh is None:  # the case was destroyed meanwhile; the copy is an orphan, which the sweep removes
        return "gone"
    if finish(fresh, values):
        to_ledger(fresh.source.case, "worker", f"case.file_{fresh.state}", file=fresh.pk, reason=fresh.reason)
    return fresh.state


@transaction.atomic
def hand_out(*, actor: Person, case: Case, file: SourceFile, original: bool) -> Iterator[bytes]:
    """The plain bytes of the clean copy, or of the original after its warning. Each is recorded. Raises
    NotAllowed, FileIsolated, FileNotThere."""
    policies.require(actor, Permission.CASE_READ, case)
    fresh = _visible(actor, case, file)
    file_id, key = fresh.key_of(unsealed(case), original=original)
    to_ledger(
        case, ledger_name(actor), "case.file_original_taken" if original else "case.file_seen", file=fresh.pk
    )
    return vault_files.read(file_id, key)


@transaction.atomic
def isolate(*, actor: Person, case: Case, file: SourceFile) -> SourceFile:
    """A sexual image of a minor, or what may be one: no preview, no copy, kept for law enforcement. The
    case's record is held with it."""
    locked = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    _visible(actor, locked, file)
    fresh = SourceFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)
    fresh.isolate(actor)
    fresh.save()
    vault.hold_record(record=locked.record, actor=ledger_name(actor))
    to_ledger(locked, ledger_name(actor), "case.file_isolated", file=fresh.pk)
    return fresh


@transaction.atomic
def release_isolated(*, actor: Person, case: Case, said_by: str) -> None:
    """Law enforcement needs the isolated files no more (`said_by`: who there said so, and when): they stay
    shut, and go with the case on its day. By another member than who isolated them. Raises NotAllowed,
    NothingIsolated, SamePerson, ReasonWanted."""
    locked = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    policies.require_keeper(actor, locked)
    isolated = SourceFile.objects.filter(source__case=locked, state=SourceFile.State.ISOLATED)
    if not isolated.exists():
        raise NothingIsolated
    if isolated.filter(isolated_by=actor).exists():
        raise SamePerson
    if not said_by.strip():
        raise ReasonWanted
    opened = unsealed(locked)
    for file in isolated.select_for_update(of=("self",), no_key=True):
        seal(opened, file, released_by=said_by)
        file.save(update_fields=["released_by"])
    if vault.release_record(record=locked.record, actor=ledger_name(actor)):
        to_ledger(locked, ledger_name(actor), "case.isolated_released", files=isolated.count())


def _visible(actor: Person, case: Case, file: SourceFile) -> SourceFile:
    found = visible_files(actor, case).filter(pk=file.pk).first()
    if found is None:
        raise NotAllowed(f"file {file.pk} of {case.thing}")
    return found
