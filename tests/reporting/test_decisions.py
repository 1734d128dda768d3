"""How a report ends: by a written decision, by two people where it is grave, and never by one desk's
silence."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.reporting.acts import Valley, forget_roles, fresh

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting.actions import conflicts, decisions, desk, handoffs, thread
from security_center.reporting.actions.decisions import (
    AlreadyAsked,
    MentalHealthNeeded,
    NewFactsUnread,
    NothingDecided,
    NoWrittenBasis,
    SecondReaderNeeded,
    UnknownAction,
)
from security_center.reporting.actions.desk import NotATransition
from security_center.reporting.content_loader import disposition_actions, validities
from security_center.reporting.models import Approval, Disposition, Report


def decided(
    valley: Valley,
    report: Report,
    *,
    by: Person | None = None,
    actions: tuple[str, ...] = ("counseling",),
    **fields: object,
) -> Disposition:
    given = {"validity": "plausible", "considered": "We talked to both and to their teacher.", **fields}
    return decisions.decide(actor=by or valley.cast.rosa, report=fresh(report), actions=actions, **given)  # type: ignore[arg-type]


def asked(valley: Valley, report: Report, by: Person | None = None) -> Approval:
    found = decisions.close(actor=by or valley.cast.rosa, report=fresh(report), reason="All is done.")
    assert isinstance(found, Approval)
    return found


# --- a decision
# ------------------------------------------------------------------------------------------------


def test_no_decision_without_a_written_basis_an_action_and_a_validity_we_know(valley: Valley) -> None:
    report = valley.taken()
    for action in disposition_actions():  # “no action, for the reason given” as well
        with pytest.raises(NoWrittenBasis):
            decided(valley, report, actions=(action,), considered="  ")
    for wrong in ({"actions": ()}, {"actions": ("made_up",)}, {"validity": "surely"}):
        with pytest.raises(UnknownAction):
            decided(valley, report, **wrong)  # type: ignore[arg-type]
    assert fresh(report).decided_at is None


def test_a_decision_is_sealed_and_ends_the_clock_to_decide(valley: Valley) -> None:
    report = valley.taken()
    disposition = decided(valley, report, actions=("counseling", "counseling", "discipline"))
    assert b"teacher" not in bytes(disposition.considered)
    assert disposition.actions == ["counseling", "discipline"]
    assert set(valley.duties(report)) == {"reply"}
    assert fresh(report).state == Report.State.ACTING


def test_whoever_decides_has_it(valley: Valley) -> None:
    report = valley.report()
    decided(valley, report, by=valley.cast.ben)
    now = fresh(report)
    assert (now.acknowledged_by, now.holder) == (valley.cast.ben, valley.cast.ben)


def test_an_interim_decision_leaves_the_final_one_owed(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    decided(valley, report, interim=True)
    duty = valley.duties(report)["decide"]
    assert (duty.due_at - report.received_at).days >= 10  # ten school days
    with pytest.raises(NothingDecided):
        decisions.close(actor=valley.cast.rosa, report=fresh(report), reason="x")


def test_a_closed_report_takes_no_further_decision(valley: Valley) -> None:
    report = valley.taken()
    decided(valley, report)
    decisions.close(actor=valley.cast.rosa, report=fresh(report))
    with pytest.raises(NotATransition):
        decided(valley, report)
    with pytest.raises(NotATransition):
        desk.raise_urgency(actor=valley.cast.rosa, report=fresh(report), urgency="U1")


# --- closing
# ------------------------------------------------------------------------------------------------


def test_an_ordinary_report_is_closed_by_one_person_after_the_decision(valley: Valley) -> None:
    report = valley.taken()
    with pytest.raises(NothingDecided):
        decisions.close(actor=valley.cast.rosa, report=report)
    decided(valley, report)
    closed = decisions.close(actor=valley.cast.rosa, report=fresh(report))
    assert isinstance(closed, Report)
    assert (closed.state, closed.closed_by) == (Report.State.FINISHED, valley.cast.rosa)
    assert valley.duties(report) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"danger_now": "yes"},
        {"weapon": "a knife"},
        {"category": "planned_attack"},
        {"what": "He will bring a gun tomorrow"},
    ],
)
def test_a_grave_report_waits_for_a_second_reader(valley: Valley, fields: dict[str, str]) -> None:
    report = valley.taken(**fields)  # type: ignore[arg-type]
    decided(valley, report)
    with pytest.raises(NoWrittenBasis):
        decisions.close(actor=valley.cast.rosa, report=fresh(report))
    waiting = asked(valley, report)
    assert fresh(report).closed_at is None
    assert "second_reader" in valley.duties(report)
    with pytest.raises(AlreadyAsked):
        decisions.close(actor=valley.cast.rosa, report=fresh(report), reason="again")
    for person in (
        valley.cast.rosa,
        valley.cast.tess,
        valley.cast.dana,
        valley.cast.lena,
        valley.cast.omar,
        valley.cast.ben_elsewhere,
    ):
        with pytest.raises(SecondReaderNeeded):
            decisions.answer_approval(actor=person, approval=waiting, agree=True, answer="Yes.")
    with pytest.raises(NoWrittenBasis):
        decisions.answer_approval(actor=valley.cast.ben, approval=waiting, agree=True, answer="")
    decisions.answer_approval(
        actor=valley.cast.ben, approval=waiting, agree=True, answer="I asked him myself."
    )
    assert fresh(report).state == Report.State.FINISHED
    with pytest.raises(AlreadyAsked):
        decisions.answer_approval(actor=valley.cast.nia, approval=waiting, agree=False, answer="Too late.")


def test_in_a_school_with_one_reader_the_second_is_the_districts(valley: Valley) -> None:
    report = valley.report("He will bring a gun tomorrow", at=valley.cast.school_b)
    lena = valley.cast.lena
    decided(valley, report, by=lena)
    waiting = asked(valley, report, by=lena)
    assert not decisions.may_second(valley.cast.paul, waiting)
    assert decisions.may_second(valley.cast.nia, waiting)
    for minutes in (0, 24 * 60):
        valley.pass_time(minutes=minutes)
        valley.ring()
    told = [names for _minute, _audience, names in valley.steps(report, "reporting.second_reader")]
    assert ["Ivy Chen", "Nia Ward"] in told


def test_a_refusal_leaves_it_open_and_asks_its_holder_to_decide_anew(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    decided(valley, report)
    waiting = asked(valley, report)
    decisions.answer_approval(
        actor=valley.cast.ben, approval=waiting, agree=False, answer="Nobody asked his parents."
    )
    assert fresh(report).closed_at is None
    assert "second_reader" not in valley.duties(report)
    assert valley.duties(report)["decide"].holder == valley.cast.rosa


def test_new_words_after_closing_was_asked_stop_it_until_they_are_read(valley: Valley) -> None:
    received = valley.receive(danger_now="yes")
    decided(valley, received.report)
    waiting = asked(valley, received.report)
    valley.pass_time(minutes=1)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="He is back.")
    with pytest.raises(NewFactsUnread):
        decisions.answer_approval(actor=valley.cast.ben, approval=waiting, agree=True, answer="Yes.")
    desk.look(actor=valley.cast.ben, report=fresh(received.report))
    decisions.answer_approval(
        actor=valley.cast.ben, approval=waiting, agree=True, answer="Yes, with his new words read."
    )
    assert fresh(received.report).state == Report.State.FINISHED


def test_new_words_stop_a_closing_by_one_person_too(valley: Valley) -> None:
    received = valley.receive()
    decided(valley, received.report)
    valley.pass_time(minutes=1)
    thread.reporter_writes(receipt=received.receipt, report=received.report, body="It is worse now.")
    with pytest.raises(NewFactsUnread):
        decisions.close(actor=valley.cast.rosa, report=fresh(received.report))


# --- a crisis
# ------------------------------------------------------------------------------------------------


def test_a_crisis_stays_open_until_the_decision_says_who_cares_for_the_person(valley: Valley) -> None:
    report = valley.taken(what="She says she wants to kill herself")
    decided(valley, report, actions=("parent_notified",))
    with pytest.raises(MentalHealthNeeded):
        decisions.close(actor=valley.cast.rosa, report=fresh(report), reason="Done.")
    valley.pass_time(minutes=1)
    decided(valley, report, by=valley.cast.ben, actions=("suicide_assessment",))
    asked(valley, report)


def test_words_that_turn_out_to_be_about_the_writer_lock_a_closing_that_was_already_asked(
    valley: Valley,
) -> None:
    received = valley.receive(danger_now="yes")
    decided(valley, received.report, actions=("discipline",))
    waiting = asked(valley, received.report)
    valley.pass_time(minutes=1)
    thread.reporter_writes(
        receipt=received.receipt, report=received.report, body="It is about me.", about_me=True
    )
    desk.look(actor=valley.cast.ben, report=fresh(received.report))
    with pytest.raises(MentalHealthNeeded):
        decisions.answer_approval(actor=valley.cast.ben, approval=waiting, agree=True, answer="Yes.")
    assert fresh(received.report).closed_at is None


def test_police_alone_decide_no_crisis_while_a_counselor_can_be_reached(valley: Valley) -> None:
    report = valley.taken(valley.cast.sam, "She says she wants to kill herself")
    with pytest.raises(MentalHealthNeeded):
        decided(valley, report, by=valley.cast.sam)
    for assignment in valley.cast.ben.role_assignments.filter(role=Role.COUNSELOR):
        people.end_role(actor=valley.cast.ada, assignment=assignment)
    decided(valley, report, by=valley.cast.sam)


# --- knowingly false
# ------------------------------------------------------------------------------------------------


def test_one_person_cannot_call_a_report_knowingly_false(valley: Valley) -> None:
    report = valley.taken()
    disposition = decided(valley, report, validity="knowingly_false")
    assert disposition.validity == Disposition.Validity.UNSUBSTANTIATED
    waiting = Approval.objects.get(report=report, kind=Approval.Kind.KNOWINGLY_FALSE)
    decisions.answer_approval(
        actor=valley.cast.ben, approval=waiting, agree=True, answer="He told me that he made it up."
    )
    disposition.refresh_from_db()
    assert disposition.validity == Disposition.Validity.KNOWINGLY_FALSE


def test_where_the_second_reader_doubts_it_stays_unconfirmed(valley: Valley) -> None:
    report = valley.taken()
    disposition = decided(valley, report, validity="knowingly_false")
    waiting = Approval.objects.get(report=report, kind=Approval.Kind.KNOWINGLY_FALSE)
    decisions.answer_approval(actor=valley.cast.ben, approval=waiting, agree=False, answer="He was afraid.")
    disposition.refresh_from_db()
    assert disposition.validity == Disposition.Validity.UNSUBSTANTIATED


def test_the_flag_of_a_validity_says_whether_it_takes_two(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = {"substantiated": True, "knowingly_false": False}
    changed = {
        key: replace(one, two_people=flags.get(key, one.two_people)) for key, one in validities().items()
    }
    monkeypatch.setattr(decisions, "validities", lambda: changed)
    report = valley.taken()
    assert decided(valley, report, validity="knowingly_false").validity == "knowingly_false"
    held_back = decided(valley, report, validity="substantiated")
    assert held_back.validity == Disposition.Validity.UNSUBSTANTIATED
    decisions.answer_approval(
        actor=valley.cast.ben,
        approval=Approval.objects.get(report=report),
        agree=True,
        answer="I saw it too.",
    )
    held_back.refresh_from_db()
    assert held_back.validity == Disposition.Validity.SUBSTANTIATED


def test_a_request_that_names_no_validity_is_for_knowingly_false_as_it_was_when_it_was_asked(
    valley: Valley,
) -> None:
    report = valley.taken()
    disposition = decided(valley, report, validity="knowingly_false")
    waiting = Approval.objects.get(report=report)
    del waiting.payload["validity"]
    waiting.save()
    decisions.answer_approval(actor=valley.cast.ben, approval=waiting, agree=True, answer="He told me.")
    disposition.refresh_from_db()
    assert disposition.validity == Disposition.Validity.KNOWINGLY_FALSE


def test_each_decision_is_in_the_ledger_and_its_words_are_not(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    decided(valley, report, considered="A secret basis")
    asked(valley, report)
    entries = list(Entry.objects.filter(thing=report.thing))
    assert {"report.decided", "approval.asked"} <= {entry.verb for entry in entries}
    assert all("secret" not in str(entry.detail) for entry in entries)


def test_whoever_loses_a_role_after_asking_does_not_make_a_colleague_of_the_same_field_a_second_reader(
    valley: Valley,
) -> None:
    report = valley.taken(danger_now="yes")
    decided(valley, report)
    approval = asked(valley, report)
    assignment = valley.cast.rosa.role_assignments.get()
    people.end_role(actor=valley.cast.ada, assignment=assignment)
    forget_roles(valley.cast)
    desk.look(actor=valley.cast.tess, report=fresh(report))
    with pytest.raises(SecondReaderNeeded):
        decisions.answer_approval(actor=valley.cast.tess, approval=approval, agree=True, answer="I read it.")
    desk.look(actor=valley.cast.ben, report=fresh(report))
    decisions.answer_approval(actor=valley.cast.ben, approval=approval, agree=True, answer="I read it.")
    assert fresh(report).closed_at is not None


def test_a_grave_report_on_the_districts_desk_can_be_closed_by_the_districts_two(valley: Valley) -> None:
    report = valley.report(danger_now="yes", about_staff=True)
    assert report.desk == valley.cast.district
    desk.look(actor=valley.cast.nia, report=report)
    decided(valley, report, by=valley.cast.nia)
    approval = asked(valley, report, by=valley.cast.nia)
    decisions.answer_approval(actor=valley.cast.ivy, approval=approval, agree=True, answer="I read it.")
    assert fresh(report).closed_at is not None


def test_an_act_from_a_page_that_was_loaded_before_the_report_went_elsewhere_is_refused(
    valley: Valley,
) -> None:
    seen_before = fresh(valley.taken())
    conflicts.set_conflict(actor=valley.cast.ben, report=fresh(seen_before), about=valley.cast.dana)
    acts = (
        lambda: desk.acknowledge(actor=valley.cast.rosa, report=seen_before),
        lambda: desk.assign(actor=valley.cast.rosa, report=seen_before, to=valley.cast.ben),
        lambda: desk.raise_urgency(actor=valley.cast.rosa, report=seen_before, urgency="U1"),
        lambda: conflicts.set_conflict(actor=valley.cast.rosa, report=seen_before, about=valley.cast.ben),
        lambda: decisions.decide(
            actor=valley.cast.rosa,
            report=seen_before,
            actions=["counseling"],
            validity="plausible",
            considered="x",
        ),
        lambda: decisions.ask_to_lower(actor=valley.cast.rosa, report=seen_before, urgency="U4", reason="x"),
        lambda: decisions.close(actor=valley.cast.rosa, report=seen_before, reason="x"),
        lambda: thread.desk_writes(actor=valley.cast.rosa, report=seen_before, body="x"),
        lambda: handoffs.hand_to_desk(
            actor=valley.cast.rosa, report=seen_before, to_desk=valley.cast.school_b, reason="x"
        ),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
