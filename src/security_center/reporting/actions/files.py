"""Attachments: a clean copy on request, the original after a warning, isolation of what nobody may copy."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.actors import ledger_name
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.attached import FileIsolated

from .. import policies
from ..models import Attachment
from ..report_ledger import to_ledger
from .desk import locked_for, unsealed


class TextNotRead(Refusal):
    """A file is looked at only by somebody who has read the report's text: they know then what it may
    show."""

    sentence = _lazy("Read the report first, then look at its files.")


def _checked(actor: Person, attachment: Attachment) -> None:
    policies.require(actor, Permission.REPORT_READ, attachment.report)
    if attachment.state == Attachment.State.ISOLATED:
        raise FileIsolated
    if (
        not entries_about(attachment.report.thing)
        .filter(actor=ledger_name(actor), verb__startswith="report.read")
        .exists()
    ):
        raise TextNotRead


@transaction.atomic
def ask_for_clean_copy(*, actor: Person, attachment: Attachment) -> Attachment:
    """Have the worker decode and clean the file in a limited process. Nobody's file is ever opened
    unasked."""
    from ..tasks import clean_attachment

    take_turn()
    fresh = (
        Attachment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("report__desk", "report__district")
        .get(pk=attachment.pk)
    )
    _checked(actor, fresh)
    fresh.move(Attachment.State.CLEANING)
    fresh.asked_by = actor
    fresh.save(update_fields=["state", "asked_by"])
    clean_attachment.enqueue(fresh.report.district_id, fresh.pk)
    to_ledger(fresh.report, actor, "file.clean_copy_asked", file=fresh.pk)
    return fresh


@transaction.atomic
def hand_out(*, actor: Person, attachment: Attachment, original: bool) -> Iterator[bytes]:
    """The plain bytes of the clean copy, or of the original after its warning. Every hand-out is recorded."""
    fresh = Attachment.objects.select_related("report__desk", "report__district").get(pk=attachment.pk)
    _checked(actor, fresh)
    file_id, key = fresh.key_of(unsealed(fresh.report), original=original)
    to_ledger(
        fresh.report,
        actor,
        "file.original_handed_out" if original else "file.clean_copy_handed_out",
        file=fresh.pk,
    )
    return vault_files.read(file_id, key)


@transaction.atomic
def isolate(*, actor: Person, attachment: Attachment) -> Attachment:
    """A sexual image of a minor, or what may be one: no preview, no copy, held for law enforcement
    (reporting.md 10). The clean copy is destroyed, the
    sealed original stays under a legal hold."""
    report = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=attachment.report)
    fresh = Attachment.objects.select_for_update(no_key=True).get(pk=attachment.pk)
    fresh.isolate(actor)
    fresh.save()
    vault.hold_record(record=report.record, actor=ledger_name(actor))
    to_ledger(report, actor, "file.isolated", file=fresh.pk)
    return fresh
