"""Whatever people do with a report, in whatever order: it closes only through its gates, and while it is open
it is somebody's.

Each example is a random history of one report, played by the verbs that pages use. A verb may refuse; a
refused one changes nothing."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reporting.acts import Valley, forget_roles, fresh

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting import policies
from security_center.reporting.actions import conflicts, decisions, desk, handoffs, thread
from security_center.reporting.content_loader import disposition_actions
from security_center.reporting.models import Approval, Handoff, Report

REFUSED = (
    NotAllowed,
    desk.NotATransition,
    desk.CannotHold,
    decisions.NoWrittenBasis,
    decisions.NothingDecided,
    decisions.SecondReaderNeeded,
    decisions.AlreadyAsked,
    decisions.MentalHealthNeeded,
    decisions.NewFactsUnread,
    handoffs.NotADesk,
    handoffs.AlreadyHandedOver,
    thread.ReporterWantsNoMessages,
)
# More with SSC_EXAMPLES=1000 when the desk's verbs were changed.
EXAMPLES = int(os.environ.get("SSC_EXAMPLES", "40"))
STAFF = ("rosa", "ben", "sam", "tess", "nia", "ivy", "lena", "nia_elsewhere", "rosa_elsewhere")
DESKS = ("school_a", "school_b", "district", "school_elsewhere")

who = st.sampled_from(STAFF)
reader = st.sampled_from(("rosa", "ben", "sam", "nia"))
steps = st.one_of(
    st.tuples(st.just("look"), who),
    st.tuples(st.just("acknowledge"), who),
    st.tuples(st.just("assign"), reader, who),
    st.tuples(st.just("raise"), reader, st.sampled_from(("U1", "U2", "U3"))),
    st.tuples(st.just("lower"), reader, st.sampled_from(("U2", "U3", "U4"))),
    st.tuples(
        st.just("decide"),
        reader,
        st.sampled_from(("counseling", "discipline")),
        st.booleans(),
        st.sampled_from(("plausible", "knowingly_false")),
    ),
    st.tuples(st.just("decide"), reader, st.just("counseling"), st.just(False), st.just("plausible")),
    st.tuples(st.just("close"), reader),
    st.tuples(st.just("answer"), reader, st.booleans()),
    st.tuples(
        st.just("reporter"),
        st.sampled_from(("Thank you.", "He has a gun in his bag", "She wants to kill herself")),
        st.booleans(),
    ),
    st.tuples(st.just("write"), reader),
    st.tuples(st.just("conflict"), st.just("nia"), st.sampled_from(("rosa", "sam", "ivy"))),
    st.tuples(st.just("offer"), reader, st.sampled_from(DESKS)),
    st.tuples(
        st.just("take_over"), st.sampled_from(("lena", "nia", "ivy", "rosa_elsewhere", "nia_elsewhere"))
    ),
    st.tuples(st.just("take_back"), reader),
    st.tuples(st.just("leave"), st.sampled_from(("rosa", "ben", "nia"))),
    st.tuples(st.just("time"), st.integers(1, 60 * 24 * 3)),
)
first_words = st.sampled_from(
    ("A bike is gone.", "He will bring a gun tomorrow", "She wants to kill herself")
)


class History:
    def __init__(self, valley: Valley, words: str) -> None:
        self.valley, self.cast = valley, valley.cast
        self.received = valley.receive(words)
        self.minutes = 0

    @property
    def report(self) -> Report:
        return fresh(self.received.report)

    def person(self, name: str) -> Person:
        return Person.objects.get(pk=getattr(self.cast, name).pk)

    def play(self, step: tuple[Any, ...]) -> None:
        verb, *given_to = step
        self.valley.pass_time(minutes=1 + (given_to[0] if verb == "time" else 0))
        with scope(district=[self.cast.district.pk, self.cast.district_elsewhere.pk]):
            self.valley.ring()
            try:
                with transaction.atomic():
                    getattr(self, f"do_{verb}")(*given_to)
            except REFUSED:
                pass
            self.check()

    # --- the verbs
    # -----------------------------------------------------------------------------------------------------
    def do_look(self, name: str) -> None:
        desk.look(actor=self.person(name), report=self.report)

    def do_acknowledge(self, name: str) -> None:
        desk.acknowledge(actor=self.person(name), report=self.report)

    def do_assign(self, name: str, to: str) -> None:
        desk.assign(actor=self.person(name), report=self.report, to=self.person(to))

    def do_raise(self, name: str, urgency: str) -> None:
        desk.raise_urgency(actor=self.person(name), report=self.report, urgency=urgency)

    def do_lower(self, name: str, urgency: str) -> None:
        decisions.ask_to_lower(
            actor=self.person(name), report=self.report, urgency=urgency, reason="It was about last year."
        )

    def do_decide(self, name: str, action: str, interim: bool, validity: str) -> None:
        actor = self.person(name)
        decisions.decide(
            actor=actor,
            report=self.report,
            actions=[action],
            validity=validity,
            considered="We asked around.",
            interim=interim,
        )

    def do_close(self, name: str) -> None:
        decisions.close(actor=self.person(name), report=self.report, reason="All is done.")

    def do_answer(self, name: str, agree: bool) -> None:
        for approval in Approval.objects.filter(report=self.report, decision=Approval.Decision.WAITING):
            decisions.answer_approval(
                actor=self.person(name), approval=approval, agree=agree, answer="I looked myself."
            )

    def do_reporter(self, words: str, about_me: bool) -> None:
        thread.reporter_writes(
            receipt=self.received.receipt, report=self.report, body=words, about_me=about_me
        )

    def do_write(self, name: str) -> None:
        thread.desk_writes(actor=self.person(name), report=self.report, body="Thank you. Where was it?")

    def do_conflict(self, name: str, about: str) -> None:
        conflicts.set_conflict(actor=self.person(name), report=self.report, about=self.person(about))

    def do_offer(self, name: str, to: str) -> None:
        handoffs.hand_to_desk(
            actor=self.person(name),
            report=self.report,
            to_desk=getattr(self.cast, to),
            reason="The pupil goes there.",
        )

    def do_take_over(self, name: str) -> None:
        for handoff in Handoff.objects.filter(report=self.report):
            handoffs.take_over(actor=self.person(name), handoff=handoff)

    def do_take_back(self, name: str) -> None:
        handoffs.take_back(actor=self.person(name), report=self.report)

    def do_leave(self, name: str) -> None:
        if self.person(name).is_active:
            people.leave(actor=self.cast.ada, person=self.person(name))

    def do_time(self, _minutes: int) -> None:
        pass

    # --- what must hold after each
    # ----------------------------------------------------------------------------------------
    def check(self) -> None:
        report = self.report
        if report.closed_at is None:
            self.check_open(report)
        else:
            self.check_closed(report)

    def check_open(self, report: Report) -> None:
        duties = list(open_about(report.thing))
        by_a_person = report.decided_at is not None and report.holder is not None and report.holder.is_active
        assert duties or by_a_person, f"{report.state} rests with nobody"
        assert report.holder is None or report.holder.is_active, "it is in the hands of somebody who has left"
        if report.holder is not None:
            assert policies.can(self.person_of(report.holder), Permission.REPORT_READ, report), (
                "its holder cannot read it"
            )
        if report.acknowledged_at is None:
            assert any(duty.kind == desk.ACKNOWLEDGE for duty in duties), "nobody is asked to acknowledge it"
        if thread.unread_since(report) is not None:
            assert any(duty.kind in {desk.ACKNOWLEDGE, desk.NEW_FACTS} for duty in duties), (
                "nobody is asked to read what its reporter added"
            )
        if decisions.final_disposition(report) is None and report.acknowledged_at is not None:
            assert any(duty.kind == desk.DECIDE for duty in duties), "nobody is asked to decide it"
        if Approval.objects.filter(report=report, decision=Approval.Decision.WAITING).exists():
            assert any(duty.kind == decisions.SECOND_READER for duty in duties), "no second reader is asked"
        assert all(duty.holder is None or duty.holder.is_active for duty in duties), (
            "a duty is in the hands of somebody who has left"
        )

    def check_closed(self, report: Report) -> None:
        final = decisions.final_disposition(report)
        assert final is not None, "closed without a decision"
        assert final.considered, "decided without a written basis"
        reopened = entries_about(report.thing).filter(verb="report.reopened").order_by("-sequence").first()
        assert reopened is None or final.at > reopened.at, (
            "closed on a decision from before it was opened again"
        )
        if report.crisis_lock:
            known = disposition_actions()
            assert any(known[code].hands_over for code in final.actions), (
                "a crisis closed without a hand-over"
            )
        if report.first_urgency == "U1" or report.needs_second_reader:
            agreed = Approval.objects.filter(
                report=report, kind=Approval.Kind.CLOSE, decision=Approval.Decision.AGREED
            ).order_by("-decided_at")[0]
            assert agreed.decided_by_id not in (None, agreed.asked_by_id), "closed by one person"
            assert reopened is None or agreed.asked_at > reopened.at, (
                "the second reader agreed to an older closing"
            )
        assert report.new_facts_at is None
        left = {duty.kind for duty in open_about(report.thing)}
        assert left <= {decisions.PATTERN}, f"a closed report still rings: {left}"

    def person_of(self, person: Person) -> Person:
        return Person.objects.get(pk=person.pk)


class Undone(Exception):
    """Takes back what an example wrote."""


def play(valley: Valley, words: str, history: list[tuple[Any, ...]]) -> None:
    began = valley.at
    try:
        with transaction.atomic():
            played = History(valley, words)
            for step in history:
                played.play(step)
            raise Undone
    except Undone:
        pass
    finally:
        valley.set_clock(began)
        forget_roles(valley.cast)


@pytest.mark.long
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(words=first_words, history=st.lists(steps, min_size=4, max_size=14))
def test_no_history_closes_a_report_past_its_gates_or_leaves_an_open_one_to_nobody(
    valley: Valley, words: str, history: list[tuple[Any, ...]]
) -> None:
    play(valley, words, history)


def test_the_ordinary_ways_end_at_all(valley: Valley) -> None:
    """The property above would also hold for a desk on which nothing is possible."""
    calm = [
        ("look", "rosa"),
        ("acknowledge", "rosa"),
        ("decide", "rosa", "counseling", False, "plausible"),
        ("close", "rosa"),
    ]
    played = History(valley, "A bike is gone.")
    for step in calm:
        played.play(step)
    assert played.report.state == Report.State.FINISHED
    grave = History(valley, "She wants to kill herself")
    for step in [("look", "ben"), *[(verb, "ben", *rest) for verb, _name, *rest in calm[1:]]]:
        grave.play(step)
    assert grave.report.state == Report.State.ACTING
    grave.play(("answer", "rosa", True))
    assert grave.report.state == Report.State.FINISHED
    grave.play(("reporter", "She wrote to me again", False))
    assert grave.report.state == Report.State.READING
    grave.play(("close", "ben"))
    assert grave.report.closed_at is None
