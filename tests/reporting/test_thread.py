"""The thread: the desk and the reporter write to each other, and a reporter can open a finished report
again."""

from __future__ import annotations

import uuid

import pytest
from tests.reporting.acts import Valley, fresh
from tests.reporting.test_intake import upload

from security_center.foundation.duties.models import Duty
from security_center.foundation.notifications.models import Message
from security_center.foundation.vault.queries import NoSealedKey
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting import tasks
from security_center.reporting.actions import conflicts, decisions, desk, thread
from security_center.reporting.actions.intake import Received
from security_center.reporting.models import Report, ThreadMessage
from security_center.reporting.queries import report_of, thread_page
from security_center.reporting.queries.thread_page import ReceiptUnknown


def finished(valley: Valley, what: str = "Two boys push a younger one.") -> Received:
    received, rosa = valley.receive(what), valley.cast.rosa
    desk.look(actor=rosa, report=received.report)
    thread.desk_writes(actor=rosa, report=received.report, body="Thank you.")
    decisions.decide(
        actor=rosa,
        report=received.report,
        actions=["counseling"],
        validity="plausible",
        considered="We talked.",
    )
    decisions.close(actor=rosa, report=fresh(received.report))
    valley.pass_time(days=30)
    return received


def test_another_reports_receipt_writes_and_reads_nothing_here(valley: Valley) -> None:
    mine, other = valley.receive("Mine."), valley.receive("Other.")
    with pytest.raises(NoSealedKey):
        thread.reporter_writes(receipt=other.receipt, report=mine.report, body="intruder")
    with pytest.raises(NoSealedKey):
        thread_page(other.receipt, mine.report)
    with pytest.raises(NoSealedKey):
        thread.reporter_answers_helped(receipt=other.receipt, report=mine.report, answer="no")
    with pytest.raises(ReceiptUnknown):
        report_of(Receipt.new())
    assert not ThreadMessage.objects.exists()


def test_neither_side_sends_nothing(valley: Valley) -> None:
    received = valley.receive()
    with pytest.raises(thread.NothingToSend):
        thread.desk_writes(actor=valley.cast.rosa, report=received.report, body=" ")
    with pytest.raises(thread.NothingToSend):
        thread.reporter_writes(receipt=received.receipt, report=received.report, body="\n")


def test_a_file_alone_is_a_message(valley: Valley) -> None:
    received = valley.receive()
    message = thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="", files=[upload()]
    )
    assert message.attachments.count() == 1
    assert thread_page(received.receipt, received.report).lines[0].files[0][1] == "photo.jpg"


def test_the_same_message_sent_twice_is_stored_once(valley: Valley) -> None:
    received, own = valley.receive(), uuid.uuid4()
    first = thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="At the gym.", message_id=own
    )
    again = thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="At the gym.", message_id=own
    )
    assert again == first
    desks = uuid.uuid4()
    answers = [
        thread.desk_writes(actor=valley.cast.rosa, report=received.report, body="When?", message_id=desks)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert received.report.messages.count() == 2


def test_other_words_or_files_from_the_same_form_are_another_message_and_none_is_lost(valley: Valley) -> None:
    received, own = valley.receive(), uuid.uuid4()
    for _twice in range(2):
        thread.reporter_writes(
            receipt=received.receipt, report=received.report, body="At the gym.", message_id=own
        )
        thread.reporter_writes(
            receipt=received.receipt,
            report=received.report,
            body="At the gym. He has a knife.",
            message_id=own,
        )
        thread.desk_writes(actor=valley.cast.rosa, report=received.report, body="When?", message_id=own)
        thread.desk_writes(
            actor=valley.cast.rosa, report=received.report, body="When and where?", message_id=own
        )
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="At the gym.", files=[upload()], message_id=own
    )
    texts = [line.text for line in thread_page(received.receipt, received.report).lines]
    assert sorted(texts) == sorted(
        ["At the gym.", "At the gym. He has a knife.", "When?", "When and where?", "At the gym."]
    )
    assert fresh(received.report).urgency == "U1"


def test_a_messages_number_tells_nothing_of_its_words(valley: Valley) -> None:
    own = uuid.uuid4()
    mine, other = valley.receive("Mine."), valley.receive("Other.")
    numbers = {
        thread.reporter_writes(receipt=r.receipt, report=r.report, body="Same words.", message_id=own).uuid
        for r in (mine, other)
    }
    assert len(numbers) == 2, "two records, two keys: equal words must not show as equal numbers"


def test_both_sides_read_the_same_words_in_order_and_the_reporter_sees_no_name(valley: Valley) -> None:
    received = valley.receive()
    thread.desk_writes(actor=valley.cast.rosa, report=received.report, body="Where was it?")
    valley.pass_time(minutes=4)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="Behind the gym.")
    lines = thread_page(received.receipt, received.report).lines
    assert [(line.message.author, line.text) for line in lines] == [
        ("desk", "Where was it?"),
        ("reporter", "Behind the gym."),
    ]
    assert b"gym" not in bytes(lines[1].message.body)


def test_the_first_answer_of_a_person_ends_the_reporters_wait(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    valley.pass_time(minutes=10)
    thread.desk_writes(actor=valley.cast.ben, report=report, body="I am on it.")
    assert fresh(report).reporter_replied_at == valley.at
    assert "reply" not in valley.duties(report)


def test_an_unanswered_reporter_rings_at_the_minute_for_the_desk_then_the_district(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    for _ in range(5):
        valley.pass_time(minutes=15)
        valley.ring()
    steps = valley.steps(report, "reporting.reply")
    assert [(minute, audience) for minute, audience, _names in steps[:3]] == [
        (30, "desk"),
        (45, "district"),
        (60, "superintendent"),
    ]


def test_words_of_the_reporter_raise_the_urgency_and_somebody_acknowledges_anew(valley: Valley) -> None:
    received = valley.receive(category="theft_vandalism")
    desk.acknowledge(actor=valley.cast.rosa, report=received.report)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="He has a gun in his bag")
    raised = fresh(received.report)
    assert (raised.urgency, raised.urgency_because, raised.acknowledged_at, raised.holder) == (
        "U1",
        "words",
        None,
        valley.cast.rosa,
    )
    assert (raised.decide_by - valley.at).total_seconds() == 24 * 3600
    valley.ring()
    assert valley.steps(raised)[-1] == (0, "reader:1", ["Rosa Ortiz"])
    desk.acknowledge(actor=valley.cast.ben, report=raised)
    kinds = [duty.kind for duty in valley.duties(raised).values()]
    # Acknowledged, but not looked at
    assert sorted(kinds) == ["reporting.decide", "reporting.new_facts", "reporting.reply"]


def test_calm_words_change_no_urgency_and_tell_the_holder(valley: Valley) -> None:
    received = valley.receive(danger_now="yes")
    desk.acknowledge(actor=valley.cast.rosa, report=received.report)
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="All is good, it was nothing."
    )
    assert fresh(received.report).urgency == "U1"
    told = Message.objects.filter(person=valley.cast.rosa, kind="reporting.new_facts")
    assert not told.exists()  # the reporter's program may know no person: the worker tells
    tasks.tell_holder_of_new_facts.call(valley.cast.district.pk, received.report.pk)
    assert told.count() == 1


def decided(valley: Valley) -> Received:
    """A report that Rosa has answered and decided: nothing is owed, and it is hers until it is closed."""
    received = valley.receive(category="theft_vandalism")
    desk.look(actor=valley.cast.rosa, report=received.report)
    desk.acknowledge(actor=valley.cast.rosa, report=received.report)
    thread.desk_writes(actor=valley.cast.rosa, report=fresh(received.report), body="Thank you.")
    decisions.decide(
        actor=valley.cast.rosa,
        report=fresh(received.report),
        actions=["discipline"],
        validity="plausible",
        considered="Talked.",
    )
    assert valley.duties(received.report) == {}
    valley.pass_time(minutes=5)
    return received


def test_new_words_on_a_decided_report_ring_for_the_desk_and_the_district_while_its_holder_is_away(
    valley: Valley,
) -> None:
    received = decided(valley)
    for words in ("It was the other boy.", "He has it at home."):
        thread.reporter_writes(receipt=received.receipt, report=received.report, body=words)
    assert Duty.objects.open().filter(thing=received.report.thing).count() == 1  # however often they write
    for _day in range(4):
        valley.pass_time(days=1, minutes=1)
        valley.ring()
    told = [
        (audience, names) for _minute, audience, names in valley.steps(received.report, "reporting.new_facts")
    ]
    assert told[:3] == [
        ("desk", ["Ben Cole", "Rosa Ortiz", "Tess Moran"]),
        ("district", ["Ivy Chen", "Nia Ward"]),
        ("superintendent", ["Omar Reyes"]),
    ]
    desk.look(actor=valley.cast.nia, report=fresh(received.report))
    assert valley.duties(received.report) == {}
    assert fresh(received.report).new_facts_at is not None  # whoever closes it has to have read it too
    valley.pass_time(minutes=5)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="And his brother knows.")
    assert set(valley.duties(received.report)) == {"new_facts"}


def test_words_that_one_line_answered_unread_and_those_of_a_report_that_moved_still_wait_to_be_read(
    valley: Valley,
) -> None:
    received = decided(valley)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="It was the other boy.")
    thread.desk_writes(actor=valley.cast.ben, report=fresh(received.report), body="Thank you.")
    assert set(valley.duties(received.report)) == {"new_facts"}
    conflicts.set_conflict(actor=valley.cast.ben, report=fresh(received.report), about=valley.cast.rosa)
    assert set(valley.duties(received.report)) == {"acknowledge"}
    desk.acknowledge(actor=valley.cast.nia, report=fresh(received.report))
    assert "new_facts" in valley.duties(received.report)


def test_it_is_about_me_makes_it_urgent_and_keeps_it_open(valley: Valley) -> None:
    received = valley.receive(category="theft_vandalism")
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="It is about me.", about_me=True
    )
    now = fresh(received.report)
    assert (now.urgency, now.crisis_lock, now.about_me) == ("U1", True, True)


def test_a_finished_report_opens_again_and_needs_a_reader_an_answer_and_a_new_decision(
    valley: Valley,
) -> None:
    received = finished(valley)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="It happened again.")
    opened = fresh(received.report)
    assert (opened.state, opened.closed_at, opened.closed_by, opened.decided_at, opened.acknowledged_at) == (
        "reading",
        None,
        None,
        None,
        None,
    )
    assert set(valley.duties(opened)) == {"acknowledge"}
    desk.acknowledge(actor=valley.cast.rosa, report=opened)
    duties = valley.duties(opened)
    assert set(duties) == {"reply", "decide", "new_facts"}
    assert duties["decide"].due_at > valley.at  # its clock counts from these words, not from last month's
    with pytest.raises(decisions.NothingDecided):
        decisions.close(actor=valley.cast.rosa, report=fresh(opened))
    assert not fresh(opened).is_late(valley.at)


def test_did_this_help_takes_one_of_three_answers_and_may_be_changed(valley: Valley) -> None:
    received = finished(valley)
    with pytest.raises(thread.NothingToSend):
        thread.reporter_answers_helped(receipt=received.receipt, report=received.report, answer="very much")
    for answer in ("no", "yes"):
        thread.reporter_answers_helped(receipt=received.receipt, report=received.report, answer=answer)
    assert fresh(received.report).helped == "yes"
    assert fresh(received.report).state == Report.State.FINISHED


def test_what_the_reporter_has_seen_is_written_once(valley: Valley) -> None:
    received = valley.receive()
    message = thread.desk_writes(actor=valley.cast.rosa, report=received.report, body="Where?")
    thread.reporter_has_seen(report=received.report)
    seen = valley.at
    valley.pass_time(minutes=5)
    thread.reporter_has_seen(report=received.report)
    message.refresh_from_db()
    assert message.seen_by_reporter_at == seen
