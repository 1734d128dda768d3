"""Retention: what was written is destroyed when its time is over, a hold stops it, and the count of it
stays."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.reporting.acts import Valley, fresh
from tests.reporting.test_intake import upload

from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import verify
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.models import SealedKey
from security_center.foundation.vault.queries import (
    NoSealedKey,
    holds_on,
    open_record,
    open_with_receipt,
    recipients_of,
)
from security_center.prevention import actions as plan_actions
from security_center.reporting import tasks
from security_center.reporting.actions import (
    decisions,
    desk,
    files,
    groups,
    handoffs,
    intake,
    retention,
    subjects,
    thread,
)
from security_center.reporting.actions.intake import Received
from security_center.reporting.models import (
    Attachment,
    Disposition,
    Handoff,
    Note,
    Report,
    ReporterIdentity,
    Subject,
    ThreadMessage,
)
from security_center.reporting.queries.thread_page import ReceiptExpired, report_of


def finished(valley: Valley, *, validity: str = "plausible", **fields: Any) -> Received:
    received, rosa = valley.receive(**fields), valley.cast.rosa
    desk.look(actor=rosa, report=received.report)
    desk.write_note(actor=rosa, report=received.report, body="A note.")
    thread.desk_writes(actor=rosa, report=received.report, body="Thank you.")
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="It was at the gym.")
    desk.look(actor=rosa, report=fresh(received.report))
    decisions.decide(
        actor=rosa,
        report=fresh(received.report),
        actions=["counseling"],
        validity=validity,
        considered="We talked.",
    )
    decisions.close(actor=rosa, report=fresh(received.report))
    return received


def test_an_open_report_is_never_destroyed_however_old(valley: Valley) -> None:
    report = valley.taken()
    valley.pass_time(days=4000)
    assert tasks.shred_due() == 0
    assert not retention.shred(report=report)
    assert fresh(report).shredded_at is None


def test_a_closed_report_is_destroyed_on_its_day_and_an_unfounded_one_earlier(valley: Valley) -> None:
    plan_actions.adopt_plan(
        actor=None, organization=valley.cast.district, retention_days=200, retention_days_unfounded=40
    )
    kept, unfounded = finished(valley), finished(valley, validity="mistaken")
    valley.pass_time(days=33)
    assert tasks.shred_due() == 0
    valley.pass_time(days=6)
    assert tasks.shred_due() == 0
    valley.pass_time(days=1)
    assert tasks.shred_due() == 1
    assert fresh(unfounded.report).shredded_at == valley.at
    valley.pass_time(days=153)
    assert tasks.shred_due() == 0
    valley.pass_time(days=7)
    assert tasks.shred_due() == 1
    assert fresh(kept.report).shredded_at == valley.at


def test_nothing_that_anybody_typed_can_be_opened_afterwards(valley: Valley) -> None:
    file = upload(b"what the picture shows")
    received = finished(valley, who="Sam", files=[file])
    record = received.report.record
    assert retention.shred(report=received.report)
    gone = fresh(received.report)
    assert recipients_of(record) == []
    for recipient in (f"desk:{valley.school.pk}", f"desk:{valley.cast.district.pk}"):
        with pytest.raises(NoSealedKey):
            open_record(record, recipient)
    with pytest.raises(NoSealedKey):
        open_with_receipt(record, received.receipt)
    assert (bytes(gone.what_happened), gone.who, gone.content_digest) == (b"", None, None)
    assert not ThreadMessage.objects.filter(report=gone).exists()
    assert not Note.objects.filter(report=gone).exists()
    assert bytes(Disposition.objects.get(report=gone).considered) == b""
    row = Attachment.objects.get(report=gone)
    assert (row.state, row.file_id, row.file_seal, row.name) == (Attachment.State.SHREDDED, None, None, None)


def test_its_sealed_files_go_with_it(valley: Valley, django_capture_on_commit_callbacks: Any) -> None:
    file = upload(b"what the picture shows")
    received = finished(valley, files=[file])
    with django_capture_on_commit_callbacks(execute=True):
        retention.shred(report=received.report)
    with pytest.raises(vault_files.FileGone):
        vault_files.read(file.file_id, file.file_key)


def test_the_count_stays(valley: Valley) -> None:
    received = finished(valley, category="bullying")
    before = fresh(received.report)
    retention.shred(report=received.report)
    after = fresh(received.report)
    for name in (
        "number",
        "organization_id",
        "category",
        "urgency",
        "received_at",
        "decided_at",
        "closed_at",
        "state",
        "channel",
    ):
        assert getattr(after, name) == getattr(before, name)
    assert Disposition.objects.get(report=after).validity == "plausible"
    assert verify().ok
    assert Entry.objects.filter(thing=after.thing, verb="report.shredded").count() == 1


def test_the_receipt_says_that_the_time_is_over_and_not_that_the_words_are_wrong(valley: Valley) -> None:
    received = finished(valley)
    retention.shred(report=received.report)
    with pytest.raises(ReceiptExpired):
        report_of(received.receipt)


def test_a_hold_stops_it_and_its_release_lets_it_go_on(valley: Valley) -> None:
    received = finished(valley)
    desk.set_hold(actor=valley.cast.ivy, report=received.report, on=True)
    valley.pass_time(days=400)
    assert tasks.shred_due() == 0
    assert not retention.shred(report=received.report)
    desk.set_hold(actor=valley.cast.ivy, report=received.report, on=False)
    assert tasks.shred_due() == 0
    valley.pass_time(days=7)
    assert tasks.shred_due() == 1


def test_an_isolated_file_holds_its_report(valley: Valley) -> None:
    received = finished(valley, files=[upload()])
    files.isolate(actor=valley.cast.rosa, attachment=received.report.attachments.get())
    valley.pass_time(days=400)
    assert tasks.shred_due() == 0


@pytest.mark.parametrize("isolates", [True, False])
def test_a_category_that_isolates_files_holds_them_for_the_police(
    valley: Valley, monkeypatch: pytest.MonkeyPatch, isolates: bool
) -> None:
    changed = {key: replace(one, isolate_files=isolates) for key, one in intake.categories().items()}
    monkeypatch.setattr(intake, "categories", lambda: changed)
    received = finished(valley, files=[upload()], category="bullying")
    assert bool(holds_on(received.report.record)) is isolates
    assert retention.shred(report=received.report) is not isolates


def test_a_subject_goes_with_the_last_report_that_names_it(valley: Valley) -> None:
    one, two = valley.taken(), valley.taken()
    subject = subjects.name_subject(actor=valley.cast.rosa, report=one, name="Sam Doe").subject
    subjects.match_subject(
        actor=valley.cast.rosa, report=two, subject=subject, same=True, compared=["name", "grade"]
    )
    for report in (one, two):
        decisions.decide(
            actor=valley.cast.rosa,
            report=fresh(report),
            actions=["counseling"],
            validity="plausible",
            considered="Talked.",
        )
        decisions.close(actor=valley.cast.rosa, report=fresh(report))
    retention.shred(report=one)
    assert Subject.objects.filter(pk=subject.pk).exists()
    retention.shred(report=two)
    assert not Subject.objects.filter(pk=subject.pk).exists()
    assert not SealedKey.objects.filter(record=subject.record).exists()


def test_a_groups_title_goes_with_the_last_of_its_reports(valley: Valley) -> None:
    one, two = valley.report(), valley.report()
    group = groups.open_group(
        actor=valley.cast.rosa,
        desk=valley.school,
        title="Picture about Friday",
        reports=[fresh(one), fresh(two)],
    )
    groups.close_group(
        actor=valley.cast.rosa,
        group=group,
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    retention.shred(report=one)
    group.refresh_from_db()
    assert bytes(group.title)
    retention.shred(report=two)
    group.refresh_from_db()
    assert not bytes(group.title)
    assert not SealedKey.objects.filter(record=group.record).exists()


def test_a_confidential_name_and_a_reason_of_a_hand_over_go_too(valley: Valley) -> None:
    report = valley.report(
        actor=valley.cast.dana, channel="staff", mode="confidential", reporter_name="Dana Price"
    )
    identity = ReporterIdentity.objects.get()
    handoff = handoffs.hand_to_desk(
        actor=valley.cast.rosa, report=report, to_desk=valley.cast.school_b, reason="She teaches there."
    )
    handoffs.take_over(actor=valley.cast.lena, handoff=handoff)
    decisions.decide(
        actor=valley.cast.lena,
        report=fresh(report),
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    decisions.close(actor=valley.cast.lena, report=fresh(report))
    retention.shred(report=report)
    assert not ReporterIdentity.objects.exists()
    assert not SealedKey.objects.filter(record=identity.record).exists()
    assert bytes(Handoff.objects.get().reason) == b""


def test_to_destroy_twice_is_to_destroy_once(valley: Valley) -> None:
    received = finished(valley)
    assert retention.shred(report=received.report)
    assert not retention.shred(report=received.report)
    assert Report.objects.count() == 1
