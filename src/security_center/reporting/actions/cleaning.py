"""The worker's side of a clean copy: unseal, decode in a limited process, seal again. Plain bytes never touch the disk."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.vault import files as vault_files

from ..cleaning import Outcome, clean_stream, identify
from ..models import Attachment
from ..sealing import seal_file, unseal, unseal_file
from .desk import unsealed


def make_clean_copy(*, attachment_id: int) -> str:
    """Make the clean copy of an attachment that waits for it. Returns the state it ended in.

    Runs outside of one transaction: cleaning takes long, and a lock held meanwhile would stop the reporters.
    """
    attachment = Attachment.objects.select_related("report__desk", "report__district").filter(pk=attachment_id).first()
    if attachment is None or attachment.state != Attachment.State.CLEANING or attachment.file_id is None:
        return attachment.state if attachment else "gone"
    opened = unsealed(attachment.report)
    key = unseal_file(opened, attachment, "file_seal")
    first = next(vault_files.read(attachment.file_id, key), b"")
    kind = identify(first[:4096], unseal(opened, attachment, "name"), "")
    if kind is None:
        return _finish(attachment_id, Attachment.State.NOT_CLEANABLE, reason="unknown_type")
    cleaning = clean_stream(vault_files.read(attachment.file_id, key), kind)
    file_id, file_key, size = vault_files.write(cleaning)
    result = cleaning.result
    if result.outcome is not Outcome.CLEANED:
        vault_files.delete(file_id)
        return _finish(attachment_id, Attachment.State.NOT_CLEANABLE, reason=result.reason or "", media_type=kind.media_type)
    seal_file(opened, attachment, "cleaned_seal", file_key)
    return _finish(
        attachment_id,
        Attachment.State.CLEANED,
        media_type=kind.media_type,
        cleaned_file_id=file_id,
        cleaned_seal=attachment.cleaned_seal,
        cleaned_size=size,
        cleaned_media_type=result.media_type,
    )


@transaction.atomic
def _finish(attachment_id: int, state: str, **values: Any) -> str:
    """Write the outcome, unless somebody isolated the file meanwhile: then the copy goes at once."""
    take_turn()
    fresh = Attachment.objects.select_for_update(of=("self",), no_key=True).select_related("report").get(pk=attachment_id)
    copy = values.get("cleaned_file_id")
    if fresh.state != Attachment.State.CLEANING:
        if copy is not None:
            transaction.on_commit(lambda: vault_files.delete(copy))
        return fresh.state
    fresh.state = state
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save()
    record(
        actor="worker",
        verb="file.cleaned" if state == Attachment.State.CLEANED else "file.not_cleanable",
        thing=fresh.report.thing,
        organization_id=fresh.report.desk_id,
        detail={"file": fresh.pk, "reason": fresh.reason},
    )
    return fresh.state
