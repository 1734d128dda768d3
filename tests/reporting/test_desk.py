"""What a reader does at the desk. Each verb begins with who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.reporting.acts import Valley, fresh

from security_center.foundation.duties.models import DutyStep
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault import queries as vault_queries
from security_center.foundation.vault.provider import VaultLocked
from security_center.reporting.actions import conflicts, decisions, desk, retention, thread
from security_center.reporting.actions.desk import CannotHold, NotATransition
from security_center.reporting.models import Approval, Note, Report
from security_center.reporting.queries import report_page

VERBS: dict[str, Callable[[Person, Report], Any]] = {
    "look": lambda actor, report: desk.look(actor=actor, report=report),
    "acknowledge": lambda actor, report: desk.acknowledge(actor=actor, report=report),
    "assign": lambda actor, report: desk.assign(actor=actor, report=report, to=actor),
    "raise": lambda actor, report: desk.raise_urgency(actor=actor, report=report, urgency="U1"),
    "note": lambda actor, report: desk.write_note(actor=actor, report=report, body="a note"),
    "link": lambda actor, report: desk.link_duplicate(actor=actor, report=report, first=report),
    "hold": lambda actor, report: desk.set_hold(actor=actor, report=report, on=True),
    "conflict": lambda actor, report: conflicts.set_conflict(actor=actor, report=report, about=actor),
    "write": lambda actor, report: thread.desk_writes(actor=actor, report=report, body="hello"),
    "lower": lambda actor, report: decisions.ask_to_lower(
        actor=actor, report=report, urgency="U4", reason="because"
    ),
    "decide": lambda actor, report: decisions.decide(
        actor=actor, report=report, actions=["counseling"], validity="plausible", considered="looked at all"
    ),
    "close": lambda actor, report: decisions.close(actor=actor, report=report, reason="done"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_from_elsewhere_and_no_administrator_auditor_or_superintendent_may(
    valley: Valley, verb: str
) -> None:
    report = valley.report()
    entries = Entry.objects.count()
    for name in ("lena", "aud", "ada", "omar", "rosa_elsewhere", "ivy_elsewhere", "root"):
        with pytest.raises(NotAllowed):
            VERBS[verb](getattr(valley.cast, name), report)
    assert Entry.objects.count() == entries
    assert fresh(report).state == Report.State.RECEIVED


def test_whoever_a_report_is_about_may_do_nothing_with_it(valley: Valley) -> None:
    report = conflicts.set_conflict(actor=valley.cast.nia, report=valley.report(), about=valley.cast.ivy)
    for act in VERBS.values():
        with pytest.raises(NotAllowed):
            act(valley.cast.ivy, report)


def test_only_the_districts_safety_lead_may_hold_for_the_law(valley: Valley) -> None:
    report = valley.report()
    for person in (valley.cast.rosa, valley.cast.dana, valley.cast.nia):
        with pytest.raises(NotAllowed):
            desk.set_hold(actor=person, report=report, on=True)
    desk.set_hold(actor=valley.cast.ivy, report=report, on=True)
    assert vault_queries.is_on_hold(report.record)
    desk.set_hold(actor=valley.cast.ivy, report=report, on=False)
    assert not vault_queries.is_on_hold(report.record)


# --- looking
# ------------------------------------------------------------------------------------------------


def test_every_look_is_written_down_the_same_persons_too(valley: Valley) -> None:
    report = valley.report()
    for _ in range(3):
        desk.look(actor=valley.cast.rosa, report=report)
    desk.look(actor=valley.cast.ben, report=report)
    actors = list(
        Entry.objects.filter(thing=report.thing, verb="report.read")
        .order_by("sequence")
        .values_list("actor", flat=True)
    )
    assert actors == [f"person:{valley.cast.rosa.pk}"] * 3 + [f"person:{valley.cast.ben.pk}"]


def test_the_first_look_tells_the_reporter_that_it_is_being_read(valley: Valley) -> None:
    report = valley.report()
    desk.look(actor=valley.cast.rosa, report=report)
    first = fresh(report)
    assert (first.state, first.first_read_at) == (Report.State.READING, valley.at)
    valley.pass_time(minutes=9)
    desk.look(actor=valley.cast.ben, report=fresh(report))
    assert fresh(report).first_read_at == first.first_read_at


def test_an_administrator_in_an_access_session_looks_and_changes_nothing(valley: Valley) -> None:
    report = valley.report()
    people.start_access_session(
        actor=valley.cast.ada,
        organization=valley.school,
        reason="The reader asked for help with a file",
        hours=1,
    )
    desk.look(actor=valley.cast.ada, report=report)
    assert fresh(report).state == Report.State.RECEIVED
    assert Entry.objects.filter(thing=report.thing, verb="report.read_in_access_session").count() == 1
    with pytest.raises(NotAllowed):
        desk.acknowledge(actor=valley.cast.ada, report=report)
    valley.pass_time(minutes=61)
    with pytest.raises(NotAllowed):
        desk.look(actor=valley.cast.ada, report=report)


def test_a_look_without_the_key_file_is_refused_and_says_so(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = valley.report()

    def locked() -> None:
        raise VaultLocked

    monkeypatch.setattr(vault_queries, "provider", locked)
    with pytest.raises(VaultLocked):
        desk.look(actor=valley.cast.rosa, report=report)
    assert fresh(report).first_read_at is None


# --- acknowledging, assigning
# ------------------------------------------------------------------------------------------------


def test_to_acknowledge_stops_the_alert_and_starts_two_clocks(valley: Valley) -> None:
    report = valley.report(danger_now="yes")
    assert set(valley.duties(report)) == {"acknowledge"}
    valley.pass_time(minutes=3)
    desk.acknowledge(actor=valley.cast.rosa, report=report)
    duties = valley.duties(report)
    assert set(duties) == {"reply", "decide"}
    assert {duty.holder for duty in duties.values()} == {valley.cast.rosa}
    assert (duties["reply"].due_at - report.received_at).total_seconds() == 30 * 60
    assert (duties["decide"].due_at - report.received_at).total_seconds() == 24 * 3600
    valley.pass_time(minutes=20)
    valley.ring()
    assert not DutyStep.objects.filter(duty__thing=report.thing, duty__kind="reporting.acknowledge").exists()


def test_a_reporter_who_wants_no_messages_starts_no_clock_for_an_answer(valley: Valley) -> None:
    report = valley.taken(may_we_message=False)
    assert set(valley.duties(report)) == {"decide"}
    with pytest.raises(thread.ReporterWantsNoMessages):
        thread.desk_writes(actor=valley.cast.rosa, report=report, body="May I ask?")


def test_to_acknowledge_twice_changes_nothing_and_the_first_one_keeps_it(valley: Valley) -> None:
    report = valley.taken(valley.cast.ben)
    valley.pass_time(minutes=5)
    again = desk.acknowledge(actor=valley.cast.rosa, report=report)
    assert (again.acknowledged_by, again.holder) == (valley.cast.ben, valley.cast.ben)
    assert set(valley.duties(report)) == {"reply", "decide"}


def test_a_report_goes_only_to_somebody_who_may_work_on_it(valley: Valley) -> None:
    report = valley.taken()
    for name in ("lena", "aud", "omar", "ada", "rosa_elsewhere"):
        with pytest.raises(CannotHold):
            desk.assign(actor=valley.cast.rosa, report=report, to=getattr(valley.cast, name))


def test_with_a_report_go_its_duties_and_the_new_holder_is_told(valley: Valley) -> None:
    report = valley.taken()
    desk.assign(actor=valley.cast.rosa, report=report, to=valley.cast.ben)
    assert fresh(report).holder == valley.cast.ben
    assert {duty.holder for duty in valley.duties(report).values()} == {valley.cast.ben}
    assert Message.objects.filter(person=valley.cast.ben, kind="reporting.assigned").count() == 1


def test_a_second_readers_duty_does_not_go_to_the_holder(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    decisions.ask_to_lower(actor=valley.cast.rosa, report=report, urgency="U2", reason="It was a toy.")
    desk.assign(actor=valley.cast.rosa, report=report, to=valley.cast.ben)
    assert valley.duties(report)["second_reader"].holder is None


# --- urgency
# ------------------------------------------------------------------------------------------------


def test_anybody_of_the_desk_raises_at_will_and_the_alert_starts_anew(valley: Valley) -> None:
    report = valley.report(category="theft_vandalism")
    raised = desk.raise_urgency(actor=valley.cast.sam, report=report, urgency="U1")
    assert (raised.urgency, raised.first_urgency, raised.needs_second_reader) == ("U1", "U4", True)
    valley.ring()
    assert valley.steps(report)[-1] == (0, "reader:1", ["Rosa Ortiz"])
    assert len(valley.duties(report)) == 1


@pytest.mark.parametrize("urgency", ["U2", "U3", "U0", "", "now"])
def test_raising_never_lowers_and_takes_no_nonsense(valley: Valley, urgency: str) -> None:
    report = valley.report()
    with pytest.raises(NotATransition):
        desk.raise_urgency(actor=valley.cast.rosa, report=report, urgency=urgency)


def test_below_u1_one_reader_lowers_with_a_written_reason(valley: Valley) -> None:
    report = valley.taken()
    with pytest.raises(decisions.NoWrittenBasis):
        decisions.ask_to_lower(actor=valley.cast.rosa, report=report, urgency="U3", reason=" ")
    lowered = decisions.ask_to_lower(
        actor=valley.cast.rosa, report=report, urgency="U3", reason="It happened last year."
    )
    assert isinstance(lowered, Report)
    assert (lowered.urgency, Note.objects.filter(report=report).count()) == ("U3", 1)


def test_from_u1_two_people_lower_and_it_still_takes_two_to_close(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    asked = decisions.ask_to_lower(
        actor=valley.cast.rosa, report=report, urgency="U2", reason="It was a toy."
    )
    assert isinstance(asked, Approval)
    assert fresh(report).urgency == "U1"
    with pytest.raises(decisions.SecondReaderNeeded):
        decisions.answer_approval(actor=valley.cast.rosa, approval=asked, agree=True, answer="Me again.")
    with pytest.raises(decisions.SecondReaderNeeded):
        decisions.answer_approval(
            actor=valley.cast.tess, approval=asked, agree=True, answer="Same discipline."
        )
    decisions.answer_approval(actor=valley.cast.ben, approval=asked, agree=True, answer="I saw the toy.")
    lowered = fresh(report)
    assert (lowered.urgency, lowered.first_urgency, lowered.needs_second_reader) == ("U2", "U1", True)


def test_an_interim_decision_is_not_lost_when_the_urgency_changes(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    decisions.decide(
        actor=valley.cast.ben,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="Looked.",
        interim=True,
    )
    asked = decisions.ask_to_lower(
        actor=valley.cast.rosa, report=fresh(report), urgency="U2", reason="It was a toy."
    )
    assert isinstance(asked, Approval)
    decisions.answer_approval(actor=valley.cast.ben, approval=asked, agree=True, answer="Yes.")
    assert "decide" in valley.duties(report)


# --- notes, duplicates
# ------------------------------------------------------------------------------------------------


def test_a_note_is_sealed_and_the_reporter_never_sees_it(valley: Valley) -> None:
    from security_center.reporting.queries import report_of, thread_page

    received = valley.receive()
    note = desk.write_note(actor=valley.cast.rosa, report=received.report, body="Her aunt works here.")
    assert b"aunt" not in bytes(note.body)
    page = thread_page(received.receipt, report_of(received.receipt))
    assert "aunt" not in repr((page.words, [line.text for line in page.lines]))


def test_a_duplicate_is_linked_its_thread_stays_and_what_it_adds_is_marked_on_both(valley: Valley) -> None:
    first, second = valley.taken(), valley.receive("Same boys, but one had a phone and filmed.")
    desk.look(actor=valley.cast.rosa, report=second.report)
    desk.link_duplicate(
        actor=valley.cast.rosa, report=second.report, first=first, new_facts="One of them filmed it."
    )
    linked = fresh(second.report)
    assert linked.linked_to == first
    assert linked.closed_at is None
    assert Note.objects.get(report=linked).new_facts
    assert fresh(first).new_facts_at == valley.at
    thread.reporter_writes(receipt=second.receipt, report=linked, body="It happened again.")
    assert linked.messages.count() == 1


def test_links_are_one_deep_and_never_a_circle(valley: Valley) -> None:
    one, two, three = (valley.taken(what=f"Same thing, {number}.") for number in range(3))
    rosa = valley.cast.rosa
    desk.link_duplicate(actor=rosa, report=two, first=one)
    desk.link_duplicate(actor=rosa, report=three, first=fresh(two))
    assert fresh(three).linked_to == one
    with pytest.raises(NotATransition):
        desk.link_duplicate(actor=rosa, report=one, first=fresh(three))


def test_a_graver_duplicate_raises_the_first_report(valley: Valley) -> None:
    first, second = valley.taken(category="theft_vandalism"), valley.taken(danger_now="yes")
    desk.link_duplicate(actor=valley.cast.rosa, report=second, first=first)
    assert fresh(first).urgency == "U1"


def test_what_a_duplicate_adds_has_to_be_read_before_the_first_one_is_closed(valley: Valley) -> None:
    first, second = valley.taken(), valley.taken()
    decisions.decide(
        actor=valley.cast.rosa,
        report=first,
        actions=["counseling"],
        validity="plausible",
        considered="Talked to both.",
    )
    valley.pass_time(minutes=1)
    desk.link_duplicate(
        actor=valley.cast.ben, report=second, first=first, new_facts="It goes on at the bus stop."
    )
    with pytest.raises(decisions.NewFactsUnread):
        decisions.close(actor=valley.cast.rosa, report=first)
    assert "new_facts" in valley.duties(first)  # nor does it lie there unread while Rosa is away
    desk.look(actor=valley.cast.rosa, report=fresh(first))
    assert "new_facts" not in valley.duties(first)
    assert isinstance(decisions.close(actor=valley.cast.rosa, report=fresh(first)), Report)


# --- the page
# ------------------------------------------------------------------------------------------------


def test_a_readers_page_shows_every_word_and_the_open_duties(valley: Valley) -> None:
    report = valley.taken(who="Sam", when_where="Gym", how_do_you_know="I saw it")
    page = report_page(valley.cast.rosa, fresh(report), desk.unsealed(report))
    assert page.words["who"] == "Sam"
    assert page.words["how_do_you_know"] == "I saw it"
    assert {duty.kind for duty in page.duties} == {"reporting.reply", "reporting.decide"}
    assert page.may["report_close"]
    assert not page.may["report_hold"]


def test_a_destroyed_report_shows_nothing_and_breaks_nothing(valley: Valley) -> None:
    report = valley.taken()
    decisions.decide(
        actor=valley.cast.rosa,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="x y z",
    )
    decisions.close(actor=valley.cast.rosa, report=report)
    assert retention.shred(report=report)
    gone = fresh(report)
    with pytest.raises(vault_queries.NoSealedKey):
        desk.look(actor=valley.cast.rosa, report=gone)
