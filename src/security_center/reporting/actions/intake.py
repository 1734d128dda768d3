"""A report comes in. One transaction makes it durable; only then does the reporter see the receipt as
accepted."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django_scopes import scope, scopes_disabled

from security_center.foundation.actors import ledger_name
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import raise_duty
from security_center.foundation.inserts import insert
from security_center.foundation.organizations.identity import desk_recipient, desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.school_time import SchoolCalendar
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.actions import PreparedRecord, prepare_record, save_record
from security_center.foundation.vault.columns import seal, seal_file
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention import ladders
from security_center.prevention.content_loader import categories
from security_center.prevention.queries import published_form

from .. import policies
from ..content_of_report import ReportContent, classify
from ..kept_out import RESERVED
from ..models import Attachment, Report, ReporterIdentity, ThreadMessage
from ..report_ledger import to_ledger
from .follow_up import ACKNOWLEDGE

if TYPE_CHECKING:
    from security_center.foundation.vault.records import OpenRecord
    from security_center.foundation.vault.uploads import SealedUpload


class FormClosed(Exception):
    """The school's plan names no reader who would get this report; taking it in would leave it unread. What
    staff were told is taken all the same: it must not stay with one adult, and it rings at the district,
    since nobody is there to be told before."""


class NothingWritten(Exception):
    """The one required field is empty."""


@dataclass(frozen=True)
class Received:
    """What happened to a report that was sent. `repeated`: the same form had come before; it is stored
    once."""

    report: Report
    receipt: Receipt
    repeated: bool


def receive_report(
    *,
    actor: Person | None,
    organization: Organization,
    content: ReportContent,
    receipt: Receipt | None = None,
    files: Sequence[SealedUpload] = (),
    channel: str = Report.Channel.WEB,
    mode: str = Report.Mode.ANONYMOUS,
    reporter_name: str = "",
    reporter_contact: str = "",
) -> Received:
    """Take in a report for `organization`.

    Args:
        actor: the signed-in person of a staff, phone or in-person intake; None for anybody. receipt: what the
        form showed before sending. The same receipt with the same content is a repeat and stored once; with
        other content it
            becomes a new report under a new receipt and never opens the first thread (two pupils at one
            shared computer).
        files: sealed uploads; a fault of one is recorded and never refuses the text.

    Raises `NothingWritten`, `FormClosed`, `NotAllowed`.
    """
    if not content.what_happened.strip():
        raise NothingWritten
    policies.require_intake(actor, organization, channel)
    receipt = receipt or Receipt.new()
    digest_of_content = (
        content.canonical(upload.plain_digest for upload in files if not upload.fault) + mode.encode()
    )
    with scope(district=[organization.district.pk]):
        for candidate in (receipt, _other_receipt(receipt, digest_of_content)):
            # Sealing takes most of the time of a submission: done before the transaction, no other writer
            # waits for it.
            try:
                sealed = _seal(
                    organization, content, candidate, digest_of_content, channel, mode, told=actor is not None
                )
            except FormClosed:
                # A form that closed meanwhile must not tell a pupil who presses the button again that nothing
                # arrived.
                repeated = _repeat_of(candidate, digest_of_content)
                if repeated is None:
                    raise
                _discard(files)
                return Received(repeated, candidate, repeated=True)
            identity = _seal_identity(sealed, mode, reporter_name, reporter_contact)
            # A confidential report names its writer nowhere but in the sealed identity: not in the ledger
            # either, which the desk reads as history.
            who = "reporter" if actor is None or mode == Report.Mode.CONFIDENTIAL else ledger_name(actor)
            try:
                with transaction.atomic():
                    report = _store(sealed, identity, files, who)
            except IntegrityError:
                # The receipt is used: the same form came before (perhaps this very moment), or other content
                # did. Asked only now, since a receipt is nearly always fresh.
                repeated = _repeat_of(candidate, digest_of_content)
                if repeated is not None:
                    _discard(files)
                    return Received(repeated, candidate, repeated=True)
                if not _is_used(candidate):
                    raise
                continue
            return Received(report, candidate, repeated=False)
    raise RuntimeError("Two receipts of one form were both used for other content.")


def _other_receipt(receipt: Receipt, content: bytes) -> Receipt:
    """The receipt for other content under a used one. Derived, so that this content sent again finds itself;
    under the server's secret, so that whoever holds the first receipt cannot work out the second."""
    secret = hmac.digest(
        settings.SECRET_KEY.encode(),
        b"other content under a used receipt" + receipt.secret + hashlib.sha256(content).digest(),
        "sha256",
    )
    return Receipt(secret[: len(receipt.secret)])


def _is_used(receipt: Receipt) -> bool:
    with scopes_disabled():
        return Report.objects.filter(locator_digest=receipt.locator_digest()).exists()


def _repeat_of(receipt: Receipt, content: bytes) -> Report | None:
    # A receipt may have been used at another district's form: the look-up by its digest knows no district,
    # and reveals nothing without the receipt.
    with scopes_disabled():
        report = Report.objects.filter(locator_digest=receipt.locator_digest()).first()
    if report is None or report.content_digest is None:
        return None
    return (
        report if hmac.compare_digest(bytes(report.content_digest), receipt.content_digest(content)) else None
    )


def _discard(files: Sequence[SealedUpload]) -> None:
    for upload in files:
        if not upload.fault:
            vault_files.delete(upload.file_id)


def desk_for(organization: Organization, content: ReportContent) -> Organization:
    """Whose desk takes it: a report about staff, or "not to this school", is sealed to the district's desk
    only, since a sealed report cannot be kept from a reader it was sealed to (reporting.md 7)."""
    return organization.district if content.about_staff or content.not_this_school else organization


@dataclass(frozen=True)
class _Sealed:
    """A report ready to be stored: its row, its record's sealed keys, and the ladder of its first duty."""

    report: Report
    prepared: PreparedRecord
    ladder: ladders.Ladder


def _seal(
    organization: Organization,
    content: ReportContent,
    receipt: Receipt,
    canonical: bytes,
    channel: str,
    mode: str,
    *,
    told: bool,
) -> _Sealed:
    """`told`: somebody of the staff writes down what they were told."""
    form = published_form(organization)
    at = now()
    if form is None or not (form.is_open_at(at) or (told and organization.active)):
        raise FormClosed
    desk = desk_for(organization, content)
    classified = classify(content, form.urgencies)
    calendar = SchoolCalendar.from_facts(form.ladder_facts)
    # Both desks up the line can open it, so that an escalation reaches somebody who can read; a report kept
    # from the school is sealed past it.
    recipients = (
        [desk_recipient(desk)]
        if desk.pk == organization.district.pk
        else desk_recipients(desk, organization.district)
    )
    prepared = prepare_record(recipients=recipients, receipt=receipt)
    ladder = ladders.acknowledgement(classified.urgency, at, calendar)
    report = Report(
        record=prepared.opened.record,
        district=organization.district,
        organization=organization,
        desk=desk,
        channel=channel,
        mode=mode,
        # These columns are clear: only codes that we know may stand there, whatever a form was made to send.
        language=content.language
        if content.language in dict(settings.LANGUAGES)
        else settings.LANGUAGE_CODE[:2],
        category=content.category if content.category in categories() else "",
        urgency=classified.urgency,
        first_urgency=classified.urgency,
        urgency_because=classified.because,
        danger_now=content.danger_now if content.danger_now in Report.Answer.values else "",
        about_staff=content.about_staff,
        not_this_school=content.not_this_school,
        may_we_message=content.may_we_message,
        needs_second_reader=classified.needs_second_reader,
        crisis_lock=classified.crisis_lock,
        received_at=at,
        acknowledge_by=ladder.due_at,
        decide_by=ladders.disposition_due(classified.urgency, at, calendar),
        locator_digest=receipt.locator_digest(),
        content_digest=receipt.content_digest(canonical),
    )
    if content.about_staff and organization.kind == Organization.Kind.DISTRICT:
        report.reserved_for_id = form.ladder_facts.get("alternate")
    seal(
        prepared.opened,
        report,
        what_happened=content.what_happened,
        who=content.who,
        when_where=content.when_where,
        weapon=content.weapon,
        how_do_you_know=content.how_do_you_know,
    )
    return _Sealed(report, prepared, ladder)


def _seal_identity(
    sealed: _Sealed, mode: str, name: str, contact: str
) -> tuple[ReporterIdentity, PreparedRecord | None] | None:
    """An identified reporter's name lies in the report's own record; a confidential one's in a record sealed
    to the district alone."""
    if not name or mode == Report.Mode.ANONYMOUS:
        return None
    own = (
        None
        if mode == Report.Mode.IDENTIFIED
        else prepare_record(recipients=[desk_recipient(sealed.report.district)])
    )
    opened = (own or sealed.prepared).opened
    identity = ReporterIdentity(report=sealed.report, record=opened.record)
    seal(opened, identity, name=name, contact=contact)
    return identity, own


def _store(
    sealed: _Sealed,
    identity: tuple[ReporterIdentity, PreparedRecord | None] | None,
    files: Sequence[SealedUpload],
    who: str,
) -> Report:
    report = sealed.report
    opened = save_record(sealed.prepared)
    insert(report)
    store_files(opened=opened, report=report, files=files, at=report.received_at)
    if identity is not None:
        row, own = identity
        if own is not None:
            save_record(own)
        row.report = report
        row.save(force_insert=True)
    to_ledger(
        report,
        who,
        "report.received",
        channel=report.channel,
        urgency=report.urgency,
        because=report.urgency_because,
        files=len(files),
    )
    raise_acknowledge(report=report, ladder=sealed.ladder, actor=who)
    return report


def raise_acknowledge(*, report: Report, ladder: ladders.Ladder, actor: str) -> None:
    """Raise *acknowledge this report* on the report's desk; for a reserved report it rings for its one person
    only."""
    if report.reserved_for_id is not None:
        ladder = ladders.only_for(RESERVED, ladder)
    raise_duty(
        kind=ACKNOWLEDGE,
        thing=report.thing,
        organization=report.desk,
        ladder=ladder.rungs,
        actor=actor,
        urgency=report.urgency,
        path=report.path,
        due_at=ladder.due_at,
        repeat_minutes=ladder.repeat_minutes,
    )


def store_files(
    *,
    opened: OpenRecord,
    report: Report,
    files: Sequence[SealedUpload],
    at: datetime,
    message: ThreadMessage | None = None,
) -> None:
    """Rows for sealed uploads. One that did not arrive gets a row that says so: its reporter and the desk
    both see it. Where the category says so, nobody ever opens one: it is isolated as it comes, and held
    when the report is closed."""
    category = categories().get(report.category)
    isolated = category is not None and category.isolate_files
    for upload in files:
        attachment = Attachment(report=report, message=message, received_at=at, size=upload.size or 0)
        seal(opened, attachment, name=(upload.name or "")[:200])
        if upload.fault:
            attachment.state, attachment.fault = Attachment.State.FAULT, upload.fault
        else:
            attachment.file_id = upload.file_id
            seal_file(opened, attachment, "file_seal", upload.file_key)
            attachment.state = Attachment.State.ISOLATED if isolated else Attachment.State.SEALED
        attachment.save(force_insert=True)
