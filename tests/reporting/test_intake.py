"""A report comes in: once, sealed to the right desks, at the right urgency, and never refused for what a file
or an answer is like."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django_scopes import scopes_disabled
from tests.reporting.acts import Valley, fresh

from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault import files as vault_files
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.models import SealedKey
from security_center.foundation.vault.queries import recipients_of
from security_center.foundation.vault.receipts import Receipt
from security_center.foundation.vault.uploads import SealedUpload, SealingUploadHandler
from security_center.prevention import actions as plan_actions
from security_center.prevention.models import Plan, PublishedForm
from security_center.reporting.actions import intake
from security_center.reporting.actions.intake import FormClosed, NothingWritten
from security_center.reporting.content_of_report import ReportContent, classify, names_a_weapon
from security_center.reporting.models import Attachment, Report, ReporterIdentity
from security_center.reporting.queries import report_of, thread_page


def upload(content: bytes = b"picture", *, name: str = "photo.jpg", fault: str = "") -> SealedUpload:
    """A file as the form's upload handler leaves it."""
    handler = SealingUploadHandler()
    handler.new_file("files", name, "image/jpeg", len(content))
    if fault:
        handler._fail(fault)
    handler.receive_data_chunk(content, 0)
    found = handler.file_complete(len(content))
    assert found is not None
    return found


# --- who may not
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["phone", "staff", "in_person"])
def test_the_staff_channels_are_shut_to_strangers_to_auditors_and_to_nobody(
    valley: Valley, channel: str
) -> None:
    for person in (None, valley.cast.rosa_elsewhere, valley.cast.aud, valley.cast.lena):
        with pytest.raises(NotAllowed):
            valley.receive(actor=person, channel=channel)
    assert valley.receive(actor=valley.cast.rosa, channel=channel).report.channel == channel


def test_a_closed_form_takes_no_report_that_nobody_would_read(valley: Valley) -> None:
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=[])
    with pytest.raises(FormClosed):
        valley.receive()
    with pytest.raises(FormClosed):
        valley.receive(at=valley.cast.school_elsewhere_b)


def test_what_staff_were_told_is_taken_where_no_plan_is_adopted_and_moves_up_to_the_superintendent(
    valley: Valley,
) -> None:
    Plan.objects.all().delete()
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=[])
    with pytest.raises(FormClosed):
        valley.receive("He will bring a gun on Friday.")
    report = valley.receive(
        "He will bring a gun on Friday.", actor=valley.cast.rosa, channel="in_person"
    ).report
    for _minute in range(40):
        valley.ring()
        valley.pass_time(minutes=1)
    assert {name for _after, _audience, names in valley.steps(report) for name in names} == {
        "Nia Ward",
        "Omar Reyes",
    }
    Organization.objects.filter(pk=valley.school.pk).update(active=False)
    valley.school.refresh_from_db()
    with pytest.raises(FormClosed):
        valley.receive("Another.", actor=valley.cast.ivy, channel="in_person")


def test_a_form_that_was_only_open_until_a_moment_is_closed_from_that_moment(valley: Valley) -> None:
    PublishedForm.objects.filter(organization=valley.school).update(open_until=valley.at)
    with pytest.raises(FormClosed):
        valley.receive()


def test_an_empty_report_says_nothing_and_is_not_stored(valley: Valley) -> None:
    with pytest.raises(NothingWritten):
        valley.receive("  \n ")
    assert not Report.objects.exists()


# --- once
# ------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_stored_once(valley: Valley) -> None:
    receipt = Receipt.new()
    first, second = valley.receive(receipt=receipt), valley.receive(receipt=receipt)
    assert (first.repeated, second.repeated) == (False, True)
    assert second.report == first.report
    assert second.receipt == receipt
    assert Report.objects.count() == 1
    assert Duty.objects.filter(thing=first.report.thing).count() == 1


def test_a_repeat_is_known_even_after_the_form_has_closed(valley: Valley) -> None:
    receipt = Receipt.new()
    valley.receive(receipt=receipt)
    plan_actions.set_coverage(actor=None, organization=valley.school, rows=[])
    assert valley.receive(receipt=receipt).repeated


def test_other_words_under_a_used_receipt_become_a_new_report_that_cannot_open_the_first(
    valley: Valley,
) -> None:
    receipt = Receipt.new()
    first = valley.receive("The first pupil writes this.", receipt=receipt)
    second = valley.receive("The second pupil writes that.", receipt=receipt)
    assert not second.repeated
    assert second.receipt != receipt
    assert second.report != first.report
    assert thread_page(receipt, report_of(receipt)).words["what_happened"] == "The first pupil writes this."
    assert (
        thread_page(second.receipt, report_of(second.receipt)).words["what_happened"]
        == "The second pupil writes that."
    )


def test_those_other_words_sent_again_find_themselves(valley: Valley) -> None:
    receipt = Receipt.new()
    valley.receive("One.", receipt=receipt)
    second = valley.receive("Two.", receipt=receipt)
    again = valley.receive("Two.", receipt=receipt)
    assert again.repeated
    assert again.report == second.report
    assert again.receipt == second.receipt
    third = valley.receive("Three.", receipt=receipt)
    assert third.receipt not in (receipt, second.receipt)
    assert Report.objects.count() == 3


def test_a_different_file_makes_the_same_words_another_report(valley: Valley) -> None:
    receipt = Receipt.new()
    first = valley.receive(receipt=receipt, files=[upload(b"one")])
    same = valley.receive(receipt=receipt, files=[upload(b"one")])
    other = valley.receive(receipt=receipt, files=[upload(b"two")])
    assert same.repeated
    assert same.report == first.report
    assert other.report != first.report


def test_the_same_words_under_another_choice_of_anonymity_are_another_report(valley: Valley) -> None:
    receipt = Receipt.new()
    first = valley.receive(receipt=receipt)
    named = valley.receive(
        receipt=receipt, mode="confidential", reporter_name="Ana", reporter_contact="555-0199"
    )
    assert not named.repeated
    assert named.report != first.report
    assert (first.report.mode, named.report.mode) == ("anonymous", "confidential")
    assert not ReporterIdentity.objects.filter(report=first.report).exists()
    assert ReporterIdentity.objects.filter(report=named.report).exists()
    assert valley.receive(receipt=receipt).report == first.report


def test_the_files_of_a_repeat_are_thrown_away(valley: Valley) -> None:
    receipt = Receipt.new()
    valley.receive(receipt=receipt, files=[upload()])
    second = upload()
    valley.receive(receipt=receipt, files=[second])
    with pytest.raises(vault_files.FileGone):
        list(vault_files.read(second.file_id, second.file_key))


def test_a_receipt_used_in_one_district_is_used_in_every_district(valley: Valley) -> None:
    receipt = Receipt.new()
    first = valley.receive("Here.", receipt=receipt)
    second = valley.receive("There.", at=valley.cast.school_elsewhere, receipt=receipt)
    assert second.receipt != receipt
    with scopes_disabled():
        assert report_of(receipt) == first.report


# --- files never cost the words
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["too_large", "no_space", "broken", "empty", "too_many"])
def test_no_fault_of_a_file_refuses_the_text(valley: Valley, fault: str) -> None:
    received = valley.receive("The words count.", files=[upload(fault=fault), upload(b"good")])
    bad, good = received.report.attachments.order_by("pk")
    assert (bad.state, bad.fault, bad.file_id) == (Attachment.State.FAULT, fault, None)
    assert good.state == Attachment.State.SEALED
    page = thread_page(received.receipt, report_of(received.receipt))
    assert page.words["what_happened"] == "The words count."
    assert [name for _row, name in page.files] == ["photo.jpg", "photo.jpg"]


def test_a_file_is_opened_by_its_key_which_lies_sealed_in_its_report(valley: Valley) -> None:
    from security_center.foundation.vault.columns import unseal_file
    from security_center.reporting.actions.desk import look

    report = valley.report(files=[upload(b"what the picture shows")])
    row = report.attachments.get()
    opened = look(actor=valley.cast.rosa, report=report)
    assert (
        b"".join(vault_files.read(row.file_id, unseal_file(opened, row, "file_seal")))
        == b"what the picture shows"
    )


# --- urgency
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "urgency", "because"),
    [
        ({}, "U2", "unread"),
        ({"danger_now": "yes"}, "U1", "danger_now"),
        ({"danger_now": "unsure"}, "U1", "danger_now"),
        ({"danger_now": "no"}, "U2", "unread"),
        ({"weapon": "a thing in his sock"}, "U1", "weapon"),
        ({"weapon": "algo en la mochila"}, "U1", "weapon"),
        ({"category": "theft_vandalism"}, "U4", "category"),
        ({"category": "planned_attack"}, "U1", "category"),
        ({"category": "theft_vandalism", "danger_now": "unsure"}, "U1", "danger_now"),
        ({"category": "no such category"}, "U2", "unread"),
    ],
)
def test_the_facts_of_the_form_decide_the_urgency(fields: dict[str, str], urgency: str, because: str) -> None:
    found = classify(ReportContent("A bike is gone.", **fields), {})  # type: ignore[arg-type]
    assert (found.urgency, found.because) == (urgency, because)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no",
        "No.",
        "NONE",
        "none!",
        "ninguna",
        "Ningún arma… no",
        "idk",
        "I don't know",
        "No sé",
        "n/a",
        "no creo",
    ],
)
def test_an_answer_that_names_no_weapon_names_none(answer: str) -> None:
    expected = answer == "Ningún arma… no"  # not on the list: what is unclear counts as naming one
    assert names_a_weapon(answer) is expected


def test_words_raise_and_a_mild_category_does_not_hold_them_down() -> None:
    found = classify(ReportContent("He said he will bring a gun tomorrow", category="theft_vandalism"), {})
    assert (found.urgency, found.because, found.needs_second_reader) == ("U1", "words", True)


def test_words_never_lower() -> None:
    calm = classify(ReportContent("It is nothing, a joke, all is fine.", category="planned_attack"), {})
    assert calm.urgency == "U1"


def test_a_plan_can_be_stricter_and_never_softer() -> None:
    assert classify(ReportContent("x", category="theft_vandalism"), {"theft_vandalism": "U2"}).urgency == "U2"
    assert classify(ReportContent("x", category="planned_attack"), {"planned_attack": "U4"}).urgency == "U1"
    assert (
        classify(
            ReportContent("x", danger_now="yes", category="theft_vandalism"), {"theft_vandalism": "U3"}
        ).urgency
        == "U1"
    )


def test_a_report_about_suicide_is_locked_until_somebody_has_been_handed_over() -> None:
    assert classify(ReportContent("She says she wants to kill herself"), {}).crisis_lock
    assert classify(ReportContent("x", category="suicide"), {}).crisis_lock
    assert not classify(ReportContent("A bike is gone."), {}).crisis_lock


# --- whose desk, whose keys
# ------------------------------------------------------------------------------------------------


def test_a_report_is_sealed_to_the_school_the_district_and_its_reporter(valley: Valley) -> None:
    report = valley.report()
    desks = {f"desk:{valley.school.pk}", f"desk:{valley.cast.district.pk}", "receipt"}
    assert set(recipients_of(report.record)) == desks


@pytest.mark.parametrize("answer", [{"about_staff": True}, {"not_this_school": True}])
def test_a_report_kept_from_the_school_is_sealed_past_it(valley: Valley, answer: dict[str, bool]) -> None:
    report = valley.report(**answer)
    assert set(recipients_of(report.record)) == {f"desk:{valley.cast.district.pk}", "receipt"}
    assert report.desk == valley.cast.district
    assert report.organization == valley.school
    valley.ring()
    assert all("Nia Ward" in names for _minute, _audience, names in valley.steps(report))


def test_a_report_about_the_district_is_reserved_for_its_alternate_and_rings_for_nobody_else(
    valley: Valley,
) -> None:
    plan_actions.set_alternate(actor=None, organization=valley.cast.district, person=valley.cast.ivy)
    report = valley.report("The superintendent takes money.", at=valley.cast.district, about_staff=True)
    assert report.reserved_for == valley.cast.ivy
    for minutes in (0, 30, 24 * 60, 24 * 60, 5 * 24 * 60):
        valley.pass_time(minutes=minutes)
        valley.ring()
    assert {name for _m, _a, names in valley.steps(report) for name in names} == {"Ivy Chen"}


def test_only_codes_that_we_know_stand_in_clear_columns(valley: Valley) -> None:
    report = valley.report(category="what I typed myself", danger_now="typed", language="typed-language")
    assert (report.category, report.danger_now, report.language) == ("", "", "en")


def test_a_confidential_reporter_is_sealed_apart_from_the_report(valley: Valley) -> None:
    report = valley.report(
        actor=valley.cast.dana,
        channel="staff",
        mode="confidential",
        reporter_name="Dana Price",
        reporter_contact="ext. 4",
    )
    identity = ReporterIdentity.objects.get(report=report)
    assert identity.record != report.record
    assert recipients_of(identity.record) == [f"desk:{valley.cast.district.pk}"]


def test_an_identified_reporter_can_be_read_with_the_report(valley: Valley) -> None:
    from security_center.reporting.actions.desk import look

    report = valley.report(
        actor=valley.cast.dana, channel="staff", mode="identified", reporter_name="Dana Price"
    )
    opened = look(actor=valley.cast.rosa, report=report)
    assert unseal(opened, ReporterIdentity.objects.get(report=report), "name") == "Dana Price"


def test_an_anonymous_report_keeps_no_name_even_when_one_is_given(valley: Valley) -> None:
    report = valley.report(reporter_name="Somebody", reporter_contact="555")
    assert not ReporterIdentity.objects.filter(report=report).exists()


# --- one transaction
# ------------------------------------------------------------------------------------------------


def test_a_report_whose_duty_cannot_be_raised_is_not_stored_at_all(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_arguments: object) -> None:
        raise RuntimeError("the duty could not be written")

    monkeypatch.setattr(intake, "raise_duty", broken)
    keys, entries = SealedKey.objects.count(), Entry.objects.count()
    with pytest.raises(RuntimeError):
        valley.receive()
    assert (Report.objects.count(), SealedKey.objects.count(), Entry.objects.count()) == (0, keys, entries)


def test_sealing_is_done_before_the_transaction_begins(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    depth: list[int] = []
    prepare = intake.prepare_record

    def watched(**arguments: Any) -> Any:
        depth.append(len(connection.savepoint_ids))
        return prepare(**arguments)

    outside = len(connection.savepoint_ids)
    monkeypatch.setattr(intake, "prepare_record", watched)
    valley.receive()
    assert depth == [outside]


def test_what_came_in_is_in_the_ledger_without_a_word_of_it(valley: Valley) -> None:
    marker = f"marker{uuid.uuid4().hex}"
    report = valley.report(marker, who=marker, when_where=marker, how_do_you_know=marker)
    entries = Entry.objects.filter(thing=report.thing)
    assert set(entries.values_list("verb", flat=True)) == {"report.received", "duty.raised"}
    assert all(marker not in str(entry.detail) for entry in entries)
    assert fresh(report).state == Report.State.RECEIVED
