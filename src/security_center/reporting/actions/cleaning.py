"""The worker's side of a clean copy of a report's file."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.vault.attached import clean_copy, finish

from ..models import Attachment
from ..report_ledger import to_ledger
from .desk import unsealed


def make_clean_copy(*, attachment_id: int) -> str:
    """Make the clean copy of an attachment that waits for it. Returns the state it ended in.

    Runs outside of one transaction: cleaning takes long, and a lock held meanwhile would stop the reporters.
    """
    attachment = (
        Attachment.objects.select_related("report__desk", "report__district").filter(pk=attachment_id).first()
    )
    if attachment is None or attachment.state != Attachment.State.CLEANING or attachment.file_id is None:
        return attachment.state if attachment else "gone"
    return _finish(attachment_id, clean_copy(attachment, unsealed(attachment.report)))


@transaction.atomic
def _finish(attachment_id: int, values: dict[str, Any]) -> str:
    take_turn()
    fresh = (
        Attachment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("report")
        .get(pk=attachment_id)
    )
    if finish(fresh, values):
        to_ledger(
            fresh.report,
            "worker",
            "file.cleaned" if fresh.state == Attachment.State.CLEANED else "file.not_cleanable",
            file=fresh.pk,
            reason=fresh.reason,
        )
    return fresh.state
