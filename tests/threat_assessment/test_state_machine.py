"""Whatever a team does with a case, in whatever order: while it is open it owes something to somebody, and it
closes only through its gates.

Each example is a random history of one case, played by the verbs that pages use. A verb may refuse; a refused
one changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.keeping import keeper
from tests.reporting.acts import forget_roles
from tests.threat_assessment.moves_of_a_case import MOVE_STEPS, MOVES_REFUSED, TEAM, Moves, Step, member, who
from tests.threat_assessment.ordinary_verbs import OrdinaryVerbs
from tests.threat_assessment.special_verbs import SpecialVerbs
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gates, tasks
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    case_opening,
    decision_steps,
    imminent_response,
    judgement_signing,
    protective_paths,
    screening,
    state_transitions,
)
from security_center.threat_assessment.actions.edit_conflicts import ChangedMeanwhile
from security_center.threat_assessment.models import (
    Case,
    ContainmentStep,
    Incoming,
    Move,
    Notice,
    Review,
    Screening,
    Signature,
    State,
)

REFUSED = (
    *MOVES_REFUSED,
    NotAllowed,
    gates.GatesUnmet,
    state_transitions.NotATransition,
    state_transitions.ReasonWanted,
    case_opening.CannotJoin,
    case_opening.StillOnTheTeam,
    screening.NoteWanted,
    ChangedMeanwhile,
    judgement_signing.TextsWanted,
    judgement_signing.UnknownLevel,
    case_closing.NotAReason,
    case_closing.OtherCaseWanted,
    imminent_response.ScreenFirst,
    called_meetings.NotTheirs,
    judgement_signing.NoticeHeld,
    protective_paths.NotYours,
    judgement_signing.BelowTheSteps,
    decision_steps.EvaluationsMissing,
    case_closing.NotSummarily,
    called_meetings.OneDisciplineMet,
)


EXAMPLES = int(os.environ.get("SSC_EXAMPLES", "40"))  # more (1000) when a verb or a gate was changed


BEGINNINGS = ("handed", "open", "screened", "inquired", "judged", "managed", "imminent")


REASONS = (*doctrine.close_reasons(), *doctrine.never_close_reasons())

steps = st.one_of(
    MOVE_STEPS,
    st.tuples(st.just("advance"), who, st.sampled_from(State.values)),
    st.tuples(st.just("on"), member),
    st.tuples(st.just("screen"), who),
    st.tuples(
        st.just("source"),
        member,
        st.sampled_from(("student_of_concern", "parent_guardian", "teacher_current", "rec_discipline")),
    ),
    st.tuples(st.just("hear"), member),
    st.tuples(st.just("ask_all"), member),
    st.tuples(st.just("unask"), member),
    st.tuples(st.just("judge"), who, st.sampled_from(tuple(doctrine.conclusions()))),
    st.tuples(st.just("sign"), who, st.sampled_from(Signature.View.values)),
    st.tuples(
        st.just("notices"),
        member,
        st.sampled_from((Notice.State.TOLD, Notice.State.NOT_REACHED, Notice.State.NOT_NEEDED)),
    ),
    st.tuples(st.just("write_plan"), member),
    st.tuples(st.just("approve_plan"), who),
    st.tuples(st.just("add_action"), member),
    st.tuples(st.just("settle_actions"), member),
    st.tuples(st.just("review"), member),
    st.tuples(st.just("imminent"), who),
    st.tuples(st.just("press"), member, st.sampled_from(ContainmentStep.Kind.values)),
    st.tuples(st.just("press_all"), member),
    st.tuples(st.just("resume"), member),
    st.tuples(st.just("decide_police"), member),
    st.tuples(st.just("report"), st.booleans()),
    st.tuples(st.just("ask_outside"), who),
    st.tuples(st.just("suspect"), who, st.sampled_from(("parent", "other", "unknown"))),
    st.tuples(st.just("answer_paths"), member),
    st.tuples(st.just("look_outside"), who, st.booleans()),
    st.tuples(st.just("summarily"), who),
    st.tuples(
        st.just("grave"),
        member,
        st.sampled_from(("planning.steps", "communications.suicide", "weapons_access.home_firearm")),
    ),
    st.tuples(st.just("meet"), who),
    st.tuples(st.just("search"), member, st.sampled_from(tuple(doctrine.searches()))),
    st.tuples(st.just("agree"), who, st.sampled_from(("administration", "law_enforcement"))),
    st.tuples(st.just("class"), who, st.booleans()),
    st.tuples(st.just("remove"), who, st.sampled_from(("sent_home", "out_of_school", "expulsion"))),
    st.tuples(st.just("answer_days"), member),
    st.tuples(st.just("special_education"), who, st.booleans()),
    st.tuples(st.just("seen"), member),
    st.tuples(st.just("ask_to_close"), who, st.sampled_from(REASONS)),
    st.tuples(st.just("answer"), who, st.booleans()),
    st.tuples(st.just("leave_team"), st.sampled_from(("tess", "ben"))),
    st.tuples(st.just("leave"), st.sampled_from(("ben", "dana", "tess"))),
    st.tuples(st.just("time"), st.integers(1, 60 * 24 * 5)),
)


class Undone(Exception):
    """Takes back what a verb or an example wrote."""


class History(OrdinaryVerbs, SpecialVerbs, Moves):
    def __init__(self, team: Team, beginning: str) -> None:
        self.team, self.cast = team, team.valley.cast
        made: Any = getattr(team, beginning)()
        self.pk = (made[0] if isinstance(made, tuple) else made).pk

    @property
    def case(self) -> Case:
        return Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=self.pk)

    def person(self, name: str) -> Person:
        return Person.objects.get(pk=getattr(self.cast, name).pk)

    def play(self, step: Step) -> None:
        verb, *given_to = step
        self.team.valley.pass_time(minutes=1 + (given_to[0] if verb == "time" else 0))
        with scope(district=[self.cast.district.pk, self.cast.district_elsewhere.pk]):
            self.team.valley.ring()
            tasks.end_holds()
            before, lacking = self.case, None
            act: Callable[..., None] = getattr(self, f"do_{verb}")
            try:
                with transaction.atomic():
                    act(*given_to)
                    if before.open and not self.case.open:
                        raise Undone
            except Undone:
                # What stood before each reason was to be asked before the verb: only then, since that is half
                # of the time.
                lacking = self.lacking(before)
                act(*given_to)
            except REFUSED:
                assert self.case.state == before.state, "a refused verb moved the case"
            self.check(before, lacking)

    def end(self) -> None:
        with scope(district=[self.cast.district.pk, self.cast.district_elsewhere.pk]):
            self.lacking(self.case)  # whatever state it came to, its gates can be asked

    # --- what must hold after each
    def lacking(self, case: Case) -> dict[str, list[str]]:
        """What stands before each reason to close, apart from the answer itself, asked before the verb is
        played."""
        if not case.open:
            return {}
        return {
            reason: [
                one.gate.key
                for one in gates.unmet(case, State.CLOSED, reason)
                if one.gate.key not in gates.BY_ANSWER
            ]
            for reason in doctrine.close_reasons()
        }

    def check(self, before: Case, lacking: dict[str, list[str]] | None) -> None:
        case = self.case
        last = Move.objects.filter(case=case).order_by("-pk").first()
        assert last is not None
        assert last.to_state == case.state, "the case stands elsewhere than its last move"
        if case.open:
            self.check_open(case)
        elif before.open:
            assert lacking is not None, "closed by the hour and by no verb"
            self.check_closing(before, case, lacking)
        if before.state == State.IMMINENT and case.state not in {State.IMMINENT}:
            assert not gates.GATES["contained"].missing(case), (
                "back from imminent response without containment"
            )

    def check_open(self, case: Case) -> None:
        duties = list(open_about(case.thing))
        assert duties, f"{case.state} rests with nobody"
        kinds = {duty.kind for duty in duties}
        wanted = {State.IMMINENT: "case.imminent", State.MONITORING: "case.review"}.get(
            State(case.state), "case.step"
        )
        wanted = self.wanted(case, wanted)
        assert wanted in kinds, f"in {case.state} nobody is asked for {wanted}: {kinds}"
        self.check_moves(case, kinds)
        if (
            case.reports.filter(seen_at__isnull=True).exists()
            or Incoming.objects.filter(case=case, seen_at__isnull=True).exists()
        ):
            assert "case.new_report" in kinds, "nobody is asked to look at what is new"
        if case.law_enforcement.filter(outcome="").exists():
            assert "case.law_enforcement" in kinds, "nobody is asked whether the police are told"
        if case.convenings.filter(held_at__isnull=True).exists():
            assert "case.meet" in kinds, "nobody is asked to meet"
        if case.class_returns.filter(outcome="").exists():
            assert "case.class_return" in kinds, "nobody is asked whether the student goes back to class"
        for row in case.class_returns.filter(outcome="returned"):
            assert row.administrator_id != row.officer_id, "back to class on one person's word"
            assert doctrine.searches()[row.search].clear, "back to class without a search"
        if case.outside_reviews.filter(outcome="").exists():
            assert "case.outside_review" in kinds, "nobody is asked to look from outside"
        if case.path_steps.filter(answer="").exists():
            assert "case.path" in kinds, "nobody is asked for the steps of self-harm or child protection"
        if case.placement_questions.filter(answer="").exists():
            assert "case.placement" in kinds, "nobody is asked what the days out of school ask for"
        assert all(duty.holder is None or duty.holder.is_active for duty in duties), (
            "a duty is in the hands of somebody who has left"
        )

    def check_closing(self, before: Case, case: Case, lacking: dict[str, list[str]]) -> None:
        assert case.close_reason in doctrine.close_reasons(), "closed for what ends no case"
        assert not lacking[case.close_reason], "closed with a gate unmet"
        agreed = case.closures.filter(agreed_at__isnull=False).order_by("-agreed_at").first()
        assert agreed is not None, "closed without a second person"
        assert agreed.agreed_by_id != agreed.asked_by_id, "closed by one person"
        assert len({*agreed.asked_as, *agreed.agreed_as}) >= 2, "closed by one discipline"
        assert agreed.asked_at >= before.state_since, "closed on an older wish"
        if before.state in {State.MONITORING, State.HANDOFF}:
            reviewed = Review.objects.filter(case=case).exists()
            asked = doctrine.close_reasons()[case.close_reason].gates
            short = case.judgements.filter(level="transient").exists() or "reviewed" not in asked
            assert reviewed or short, "closed without a review"
        assert not open_about(case.thing).exists(), "a closed case still rings"
        assert not open_about(f"case_offer:{case.number}").exists(), (
            "a closed case still waits at another school"
        )
        if case.close_reason == "transferred_with_handoff" or before.state == State.HANDOFF:
            taken = case.handoffs.filter(outcome="acknowledged", from_school=case.school, round=case.round)
            assert taken.exists(), "closed as handed over, and nobody has taken it on"


def play(team: Team, beginning: str, history: list[Step]) -> None:
    began = team.valley.at
    try:
        with keeper.taken_back(), suppress(Undone), transaction.atomic():
            played = History(team, beginning)
            for step in history:
                played.play(step)
            played.end()
            raise Undone
    finally:
        team.valley.set_clock(began)
        forget_roles(team.valley.cast)


@pytest.mark.long
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(beginning=st.sampled_from(BEGINNINGS), history=st.lists(steps, min_size=4, max_size=16))
def test_no_history_closes_a_case_past_its_gates_or_leaves_an_open_one_without_a_duty(
    team: Team, beginning: str, history: list[Step]
) -> None:
    play(team, beginning, history)


def test_the_ordinary_way_ends_at_all(team: Team) -> None:
    """The property above would also hold for a case with which nothing is possible."""
    played = History(team, "open")
    way: list[Step] = [
        ("on", "tess"), ("screen", "tess"), ("screen", "ben"), ("on", "tess"),
        *[("source", "ben", kind) for kind in ("student_of_concern", "parent_guardian", "teacher_current",
            "rec_discipline")],
        ("hear", "ben"), ("ask_all", "ben"), ("judge", "tess", "needs_support"),
        *[("sign", name, "agrees") for name in TEAM], ("on", "tess"),
        ("notices", "tess", "told"), ("write_plan", "tess"), ("approve_plan", "tess"), ("on", "tess"),
        ("add_action", "tess"), ("on", "tess"),
    ]  # fmt: skip
    for step in way:
        played.play(step)
    assert played.case.state == State.MONITORING
    for step in [("imminent", "ben"), ("resume", "ben")]:
        played.play(step)
    assert played.case.state == State.IMMINENT
    for step in [
        ("press_all", "ben"),
        ("resume", "ben"),
        ("decide_police", "tess"),
        ("settle_actions", "ben"),
        ("review", "tess"),
    ]:
        played.play(step)
    for step in [
        ("meet", "tess"),
        ("class", "tess", False),
        ("ask_to_close", "tess", "resolved_support_in_place"),
        ("answer", "tess", True),
    ]:
        played.play(step)
    assert played.case.open
    played.play(("answer", "ben", True))
    assert played.case.state == State.CLOSED
    played.play(("report", True))
    assert played.case.state == State.SCREENING
    assert not Screening.objects.filter(case=played.case, round=2).exists()
