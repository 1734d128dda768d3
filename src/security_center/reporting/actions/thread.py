"""The thread: the desk and the reporter write to each other. Nothing of it leaves the report."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import SchoolCalendar
from security_center.foundation.vault.columns import seal
from security_center.foundation.vault.queries import open_with_receipt
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention import ladders
from security_center.prevention.queries import published_form
from security_center.prevention.raising import urgency_from_words

from .. import policies
from ..models import Report, ThreadMessage
from ..report_ledger import to_ledger
from .desk import has_read_new_facts, locked, locked_for, move, unsealed
from .follow_up import NEW_FACTS, REOPENED, REPLY, discharge_all, raise_on, unread_since
from .intake import raise_acknowledge, store_files

if TYPE_CHECKING:
    from security_center.foundation.vault.records import OpenRecord
    from security_center.foundation.vault.uploads import SealedUpload

# What a reporter's new words may change of a report. The database role of the public program may change these
# columns and no others.
REPORTERS_COLUMNS = (
    *("new_facts_at", "about_me", "crisis_lock", "helped"),
    *(
        "urgency",
        "urgency_because",
        "needs_second_reader",
        "state",
        "decided_at",
        "decide_by",
        "closed_at",
        "closed_by",
    ),
    *("acknowledged_at", "acknowledged_by", "acknowledge_by"),
)


class NothingToSend(Refusal):
    """Neither words nor a file."""

    fields = ("body",)
    sentence = _lazy("Write something first.")


class ReporterWantsNoMessages(Refusal):
    """The reporter said no to messages; the desk may not write."""

    fields = ("body",)
    sentence = _lazy("The reporter asked not to be written to.")


def _number_of(
    opened: OpenRecord, form: uuid.UUID | None, body: str, files: Sequence[SealedUpload] = ()
) -> uuid.UUID:
    """The message's own number. The same form with the same content gives the same one, so that sent twice it
    is stored once. Other words under the same form (the back button, and something added) are another
    message: they must not be taken for the first one and lost.

    Under the record's key, since the number stands in the clear and must not tell what was written.
    """
    if form is None:
        return uuid.uuid4()
    digests = b"".join(upload.plain_digest for upload in files if not upload.fault)
    content = form.bytes + len(digests).to_bytes(4, "big") + digests + body.encode("utf-8", "surrogatepass")
    return uuid.UUID(bytes=hmac.digest(opened.data_key, b"number of a message" + content, "sha256")[:16])


@transaction.atomic
def desk_writes(
    *, actor: Person, report: Report, body: str, message_id: uuid.UUID | None = None
) -> ThreadMessage:
    """Write to the reporter. The first time, this discharges *a person answers the reporter*."""
    policies.require(actor, Permission.REPORT_WRITE, report)
    if not body.strip():
        raise NothingToSend
    if not report.may_we_message:
        raise ReporterWantsNoMessages
    # First: of two equal messages that arrive at once, the second waits here and then finds the first.
    fresh = locked_for(actor=actor, permission=Permission.REPORT_WRITE, report=report)
    opened = unsealed(fresh)
    number = _number_of(opened, message_id, body)
    earlier = ThreadMessage.objects.filter(uuid=number, report=report).first()
    if earlier is not None:
        return earlier
    at = now()
    message = ThreadMessage(
        uuid=number,
        report=fresh,
        author=ThreadMessage.Author.DESK,
        person=actor,
        sent_at=at,
        seen_by_desk_at=at,
    )
    seal(opened, message, body=body)
    message.save(force_insert=True)
    # One line to a whole group answers everybody, and does not mean that anybody has read what is new here
    if has_read_new_facts(actor=actor, report=fresh):
        ThreadMessage.objects.filter(
            report=fresh, author=ThreadMessage.Author.REPORTER, seen_by_desk_at__isnull=True
        ).update(seen_by_desk_at=at)
        fresh.new_facts_at = None
    discharge_all(report=fresh, kind=REPLY, actor=actor, outcome="answered")
    fresh.reporter_replied_at = fresh.reporter_replied_at or at
    fresh.save(update_fields=["reporter_replied_at", "new_facts_at"])
    to_ledger(fresh, actor, "thread.desk_wrote", message=message.pk)
    return message


def reporter_writes(
    *,
    receipt: Receipt,
    report: Report,
    body: str,
    files: Sequence[SealedUpload] = (),
    message_id: uuid.UUID | None = None,
    about_me: bool = False,
) -> ThreadMessage:
    """The reporter adds something. New words may raise the urgency; on a finished report they open it again,
    and somebody must acknowledge anew.

    The caller has found `report` by `receipt`; a receipt of another report opens nothing here
    (`NoSealedKey`)."""
    opened = open_with_receipt(report.record, receipt)
    if not body.strip() and not files:
        raise NothingToSend
    # Looked for before the transaction: a very long text must not keep every other reporter waiting for it.
    raised, _hits = urgency_from_words([body])
    return _write_of_reporter(
        opened, report, body, files, _number_of(opened, message_id, body, files), about_me, raised
    )


@transaction.atomic
def _write_of_reporter(
    opened: OpenRecord,
    report: Report,
    body: str,
    files: Sequence[SealedUpload],
    number: uuid.UUID,
    about_me: bool,
    raised: str | None,
) -> ThreadMessage:
    # First: of two equal messages that arrive at once, the second waits here and then finds the first
    fresh = locked(report)
    earlier = ThreadMessage.objects.filter(uuid=number, report=report).first()
    if earlier is not None:
        return earlier
    at, unread = now(), unread_since(fresh)
    message = ThreadMessage(
        uuid=number, report=fresh, author=ThreadMessage.Author.REPORTER, sent_at=at, seen_by_reporter_at=at
    )
    seal(opened, message, body=body or " ")
    message.save(force_insert=True)
    store_files(opened=opened, report=fresh, files=files, at=at, message=message)
    fresh.new_facts_at = at
    fresh.about_me = fresh.about_me or about_me
    fresh.crisis_lock = fresh.crisis_lock or about_me
    wanted = min(
        [
            fresh.urgency,
            *([str(raised)] if raised else []),
            *(["U1"] if about_me and fresh.urgency > "U2" else []),
        ]
    )
    to_ledger(fresh, "reporter", "thread.reporter_wrote", files=len(files))
    _ring_again(fresh, wanted)
    if fresh.acknowledged_at is not None and unread is None:
        # Whoever holds it may be away, and a decided report rings for nothing else. While it waits to be
        # acknowledged, or earlier words wait to be read, it rings already.
        ladder = ladders.reply(fresh.urgency, at, _published_calendar(fresh))
        raise_on(report=fresh, kind=NEW_FACTS, ladder=ladder, actor="reporter", holder=None)
    fresh.save(update_fields=REPORTERS_COLUMNS)
    if fresh.holder_id is not None:
        from ..tasks import tell_holder_of_new_facts

        tell_holder_of_new_facts.enqueue(fresh.district_id, fresh.pk)  # this program may know no person
    return message


def tell_holder(*, report: Report) -> None:
    """Tell whoever holds the report that its reporter wrote something new."""
    if report.holder is not None and report.new_facts_at is not None:
        notify(
            person=report.holder,
            kind=NEW_FACTS,
            urgency=report.urgency,
            organization=report.desk,
            path=report.path,
            extra={"number": report.number},
        )


def _ring_again(report: Report, urgency: str) -> None:
    """After new words from the reporter: raise the urgency they call for, reopen a finished report, and have
    somebody acknowledge again.

    Runs in the public program too, so it uses only what that program may know: the published row, no people.
    """
    reopened = report.closed_at is not None
    raised = urgency < report.urgency
    if not reopened and not raised:
        return
    calendar, at = _published_calendar(report), now()
    if raised:
        to_ledger(
            report,
            "reporter",
            "report.urgency_changed",
            **{"from": report.urgency},
            to=urgency,
            because="words",
        )
        report.urgency, report.urgency_because = urgency, "words"
        report.needs_second_reader = report.needs_second_reader or urgency == "U1"
        report.decide_by = min(report.decide_by, ladders.disposition_due(urgency, at, calendar))
    if reopened:
        # What was decided, was decided without these words: a person has to decide again before it can be
        # closed again.
        report.closed_at = report.closed_by = report.decided_at = None
        report.decide_by = ladders.disposition_due(report.urgency, at, calendar)
        move(report, Report.State.READING)
        to_ledger(report, "reporter", REOPENED)
    ladder = ladders.acknowledgement(report.urgency, at, calendar)
    report.acknowledged_at = report.acknowledged_by = None
    report.acknowledge_by = ladder.due_at
    raise_acknowledge(report=report, ladder=ladder, actor="reporter")


def _published_calendar(report: Report) -> SchoolCalendar:
    form = published_form(report.desk)
    return SchoolCalendar.from_facts(form.ladder_facts if form else {})


@transaction.atomic
def reporter_has_seen(*, report: Report) -> None:
    """The reporter has the desk's messages before them."""
    unseen = ThreadMessage.objects.filter(
        report=report, author=ThreadMessage.Author.DESK, seen_by_reporter_at__isnull=True
    )
    if unseen.exists():
        unseen.update(seen_by_reporter_at=now())


@transaction.atomic
def reporter_answers_helped(*, receipt: Receipt, report: Report, answer: str) -> None:
    """*Did this help?* One answer, which may be changed."""
    open_with_receipt(report.record, receipt)
    if answer not in {"yes", "no", "unsure"}:
        raise NothingToSend
    fresh = locked(report)
    fresh.helped = answer
    fresh.save(update_fields=["helped"])
    to_ledger(fresh, "reporter", "report.helped", answer=answer)
