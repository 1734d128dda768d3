"""What a history of a case may hold of changes in who answers for it and where it is: the lead, a hold, a
leaving, a handover, a notice of police."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.student_transfers.actions import case_handoff, handoff_acceptance, student_departure
from security_center.threat_assessment.actions import (
    case_holds,
    case_lead,
    case_opening,
    reported_concerns,
    state_transitions,
)
from security_center.threat_assessment.models import Case, State

if TYPE_CHECKING:
    from tests.cast import Cast

    from security_center.foundation.organizations.models import Person

MOVES_REFUSED = (
    case_handoff.NotAReceiver,
    case_handoff.OfferGone,
    case_handoff.PacketWanted,
    case_holds.DaysWanted,
    reported_concerns.NothingSaid,
    reported_concerns.SameStudentUnsure,
    case_lead.CannotLead,
    state_transitions.OnHold,
    handoff_acceptance.TwoWanted,
)
# What is played, by whom, and whatever else it takes.
type Step = tuple[Any, ...]

TEAM = ("tess", "ben", "dana")
# Strangers and people who only know of the case try as well.
who = st.sampled_from((*TEAM, "sam", "ivy", "tess_elsewhere"))
member = st.sampled_from(TEAM)
MOVE_STEPS = st.one_of(
    st.tuples(st.just("police_notice"), st.sampled_from(("dana", "ivy", "tess"))),
    st.tuples(st.just("left"), member, st.sampled_from(("withdrawn", "expelled"))),
    st.tuples(st.just("contact"), member),
    st.tuples(st.just("look_again"), member),
    st.tuples(st.just("hand_over"), member, st.sampled_from(("school_b", "school_elsewhere", "outside"))),
    st.tuples(st.just("send"), member),
    st.tuples(st.just("take_on"), st.sampled_from(("paul", "tess_elsewhere", "tess"))),
    st.tuples(st.just("decline"), st.sampled_from(("paul", "tess_elsewhere", "tess"))),
    st.tuples(st.just("outside_answer"), member),
    st.tuples(st.just("take_back"), who),
    st.tuples(st.just("hold"), who, st.integers(0, 6)),
    st.tuples(st.just("answer_hold"), who, st.booleans()),
    st.tuples(st.just("end_hold"), who),
    st.tuples(st.just("offer_lead"), who, st.sampled_from((*TEAM, "ivy", "rosa"))),
    st.tuples(st.just("take_lead"), who),
    st.tuples(st.just("decline_lead"), who),
)


class Moves:
    """The verbs, for a history to play, and what must hold after each."""

    team: Team
    cast: Cast

    if TYPE_CHECKING:

        @property
        def case(self) -> Case: ...

        def person(self, name: str) -> Person: ...

    def do_hold(self, name: str, days: int) -> None:
        case_holds.hold(actor=self.person(name), case=self.case, reason="His mother is away.", days=days)

    def do_answer_hold(self, name: str, agree: bool) -> None:
        for row in self.case.holds.filter(ended_at__isnull=True):
            case_holds.answer_hold(actor=self.person(name), case=self.case, hold=row, agree=agree)

    def do_end_hold(self, name: str) -> None:
        case_holds.end_hold(actor=self.person(name), case=self.case)

    def do_offer_lead(self, name: str, to: str) -> None:
        case_lead.offer_lead(
            actor=self.person(name), case=self.case, to=self.person(to), reason="She is ill."
        )

    def do_take_lead(self, name: str) -> None:
        case_lead.take_lead(actor=self.person(name), case=self.case)

    def do_decline_lead(self, name: str) -> None:
        case_lead.decline_lead(actor=self.person(name), case=self.case, reason="I am away too.")

    def do_police_notice(self, name: str) -> None:
        said = {
            "says": "He was arrested.",
            "teller": "Officer Diaz",
            "agency": "Maple Police",
            "student": "Jordan Lee",
        }
        row = reported_concerns.enter_incoming(
            actor=self.cast.sam, school=self.team.valley.school, kind="law_enforcement", **said
        )
        reported_concerns.put_into_case(
            actor=self.person(name), incoming=row, case=self.case, compared=["name", "birth_date"]
        )

    def do_left(self, name: str, kind: str) -> None:
        student_departure.note_departure(
            actor=self.person(name), case=self.case, kind=kind, note="His aunt took him."
        )

    def do_contact(self, name: str) -> None:
        for row in self.case.departures.filter(contact_at__isnull=True):
            ben, dana, due = self.person("ben"), self.person("dana"), self.team.valley.at.date()
            student_departure.plan_contact(
                actor=self.person(name),
                case=self.case,
                departure=row,
                contact="Calls.",
                owner=ben,
                backup=dana,
                due_on=due,
            )

    def do_look_again(self, name: str) -> None:
        for row in self.case.departures.filter(looked_again_at__isnull=True):
            student_departure.look_again(
                actor=self.person(name), case=self.case, departure=row, text="He is alone."
            )

    def do_hand_over(self, name: str, to: str) -> None:
        given: dict[str, Any] = (
            {"outside_school": "Lakeside"} if to == "outside" else {"to_school": getattr(self.cast, to)}
        )
        case_handoff.begin_handoff(actor=self.person(name), case=self.case, reason="They move.", **given)

    def do_send(self, name: str) -> None:
        case_handoff.send_handoff(
            actor=self.person(name), case=self.case, parts=["summary", "plan"], note="Call his aunt."
        )

    def do_take_on(self, name: str) -> None:
        second = self.person({"paul": "lena", "tess_elsewhere": "ben_elsewhere", "tess": "ben"}[name])
        for row in self.case.handoffs.filter(ended_at__isnull=True):
            given = {
                "lead_disciplines": ["administration"],
                "second": second,
                "second_disciplines": ["counseling"],
            }
            handoff_acceptance.take_on(actor=self.person(name), handoff=row, lead=self.person(name), **given)

    def do_decline(self, name: str) -> None:
        for row in self.case.handoffs.filter(ended_at__isnull=True):
            case_handoff.decline(actor=self.person(name), handoff=row, reason="Not enrolled.")

    def do_outside_answer(self, name: str) -> None:
        case_handoff.note_outside_answer(
            actor=self.person(name), case=self.case, person="Ms. Grant", how="By phone."
        )

    def do_take_back(self, name: str) -> None:
        case_handoff.take_back(actor=self.person(name), case=self.case, reason="They stay.")

    def wanted(self, case: Case, usual: str) -> str:
        """The duty that somebody has to owe, where the case waits for its days or for another school."""
        if case.held_until is not None:
            return "case.hold"
        if (
            case.state == State.HANDOFF
            and case.handoffs.filter(sent_at__isnull=False, ended_at__isnull=True).exists()
        ):
            return "case.handoff"
        return usual

    def check_moves(self, case: Case, kinds: set[str]) -> None:
        waiting = case.handoffs.filter(
            sent_at__isnull=False, ended_at__isnull=True, to_school__isnull=False
        ).exists()
        assert waiting == open_about(f"case_offer:{case.number}").exists(), (
            "what waits at the other school and what rings there differ"
        )
        if case.notices.filter(party="supervising_staff", settled_at__isnull=True).exists():
            assert "case.tell_staff" in kinds, (
                "law enforcement gave notice, and nobody is asked to tell the staff"
            )
        if case.departures.filter(contact_at__isnull=True).exists():
            assert "case.contact" in kinds, "the student left, and nobody is asked to keep contact"
        if case.departures.filter(looked_again_at__isnull=True).exists():
            assert "case.left" in kinds, "the student left, and nobody is asked to look again"
        if case.held_until is not None:
            assert case.state not in case_holds.NEVER_HELD, f"{case.state} is on hold"
            assert case.held_until <= self.team.valley.at + timedelta(days=14), (
                "it waits longer than five school days"
            )
        assert (case.held_until is not None) == case.holds.filter(
            began_at__isnull=False, ended_at__isnull=True
        ).exists()
        assert any(member.person_id == case.lead_id for member in case_opening.team_of(case)), (
            "the lead is not on the team"
        )
        if case.lead_offers.filter(ended_at__isnull=True).exists():
            assert "case.lead" in kinds, "somebody is asked to lead, and nobody is told"
