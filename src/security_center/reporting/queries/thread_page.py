"""What a reporter sees who came back with the receipt: their own words, the plain status, the messages.
Nothing of the desk's inside."""

from __future__ import annotations

from dataclasses import dataclass, field

from django_scopes import scopes_disabled

from security_center.foundation.vault.columns import shown, shown_all
from security_center.foundation.vault.queries import open_with_receipt
from security_center.foundation.vault.receipts import Receipt

from ..models import Attachment, Report, ThreadMessage
from .report_page import FIELDS


class ReceiptUnknown(Exception):
    """No report has this receipt."""


class ReceiptExpired(Exception):
    """The report's time is over and its words are destroyed."""


@dataclass(frozen=True)
class Line:
    message: ThreadMessage
    text: str
    files: list[tuple[Attachment, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ThreadPage:
    report: Report
    words: dict[str, str]
    files: list[tuple[Attachment, str]]
    lines: list[Line]


def report_of(receipt: Receipt) -> Report:
    """The report that `receipt` opens. Raises `ReceiptUnknown`, `ReceiptExpired` (which only the holder of
    the right words ever learns)."""
    # A receipt names no district: the digest of its 80 random bits is looked up among all.
    with scopes_disabled():
        report = (
            Report.objects.filter(locator_digest=receipt.locator_digest())
            .select_related("organization__parent", "desk__parent", "district")
            .first()
        )
    if report is None:
        raise ReceiptUnknown
    if report.shredded_at is not None:
        raise ReceiptExpired
    return report


def thread_page(receipt: Receipt, report: Report) -> ThreadPage:
    """Open the reporter's own words and the thread with the receipt's key. Raises `NoSealedKey` for another
    report's receipt."""
    opened = open_with_receipt(report.record, receipt)
    files = [(a, shown(opened, a, "name")) for a in report.attachments.order_by("pk")]
    lines = [
        Line(
            message,
            shown(opened, message, "body"),
            [pair for pair in files if pair[0].message_id == message.pk],
        )
        for message in report.messages.order_by("sent_at", "pk")
    ]
    return ThreadPage(
        report,
        shown_all(opened, report, FIELDS),
        [pair for pair in files if pair[0].message_id is None],
        lines,
    )
