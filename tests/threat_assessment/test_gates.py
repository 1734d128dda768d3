"""Every gate, in every state that it stands in, for every role that can try: unmet, it refuses the move and
says who can meet it and by when.

The combinations come from the tables themselves. A new gate that a bare case meets already has to say in
SPOIL how it comes to be unmet; one of a room above says it in tests/<room>/unmet_gates.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from tests.house.tables import gathered
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission, Role
from security_center.foundation.organizations.policies import NotAllowed, roles_at
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gate_rules, gates
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    case_opening,
    imminent_response,
    state_transitions,
)
from security_center.threat_assessment.actions.state_transitions import clock_of
from security_center.threat_assessment.models import (
    Action,
    Case,
    CaseReport,
    ClassReturn,
    Convening,
    Judgement,
    LawEnforcementDecision,
    Notice,
    PathStep,
    PlacementQuestion,
    Plan,
    Removal,
    State,
)
from security_center.threat_assessment.views.sentences import gate_lines

# One person of the cast for each role that works on cases, and those whose role has no place on one.
WRITERS = ("rosa", "ben", "tess", "dana", "sam", "nia", "ivy")
OTHERS = ("omar", "aud", "ada")
CLOSES_FROM = tuple(state for state, ways in Case.TRANSITIONS.items() if State.CLOSED in ways)
Spoil = Callable[[Team, Case], Any]


def judged(team: Team, case: Case, level: str = "") -> Judgement:
    texts = dict.fromkeys(("facts_for", "facts_against", "unknowns", "would_change"), b"")
    row = Judgement(
        case=case,
        number=1,
        conclusion="needs_support",
        level=level,
        made_at=team.valley.at,
        made_by=team.tess,
        **texts,
    )
    row.save()
    return row


def changed(**fields: Any) -> Spoil:
    def spoil(_team: Team, case: Case) -> None:
        for name, value in fields.items():
            setattr(case, name, value)
        case.save()

    return spoil


def row(model: Any, **fields: Any) -> Spoil:
    """One row of the case; a value that is called is asked for the moment of the test."""

    def spoil(team: Team, case: Case) -> None:
        model(
            case=case, **{name: value(team) if callable(value) else value for name, value in fields.items()}
        ).save()

    return spoil


def at(team: Team) -> Any:
    return team.valley.at


def spoil_actions(team: Team, case: Case) -> None:
    plan = Plan(
        case=case, goal=b"", raises_concern=b"", lowers_concern=b"", made_at=team.valley.at, made_by=team.tess
    )
    plan.save()
    day = team.valley.at.date()
    Action(
        plan=plan,
        option=next(iter(doctrine.plan_options())),
        what=b"",
        owner=team.tess,
        backup=team.ben,
        due_on=day,
        added_at=team.valley.at,
    ).save()


def spoil_look(team: Team, case: Case) -> None:
    judged(team, case)
    later = team.valley.at + timedelta(minutes=1)
    Removal(case=case, kind="out_of_school", first_day=later.date(), added_at=later).save()


def spoil_evaluations(team: Team, case: Case) -> None:
    changed(scheme="cstag")(team, case)
    judged(team, case, "substantive_very_serious")


SPOIL: dict[str, Spoil] = {
    "subject": changed(known_subject=False),
    "contained": lambda team, case: changed(imminent_since=team.valley.at)(team, case),
    "thresholds_decided": row(LawEnforcementDecision, threshold="le_consult", raised_at=at, due_at=at),
    "notices": row(Notice, party="parents", raised_at=at),
    "actions_settled": spoil_actions,
    "no_unseen_reports": row(CaseReport, report_number="ABCDEF", added_at=at),
    "special_education": changed(special_education=True),
    "placement_answered": row(
        PlacementQuestion, kind="warning", school_year=2026, days=8, raised_at=at, due_at=at
    ),
    "looked_again": spoil_look,
    "convened": row(Convening, trigger="weapon", called_at=at, due_at=at),
    "class_decided": row(ClassReturn, trigger="weapon", raised_at=at, due_at=at),
    "steps_taken": changed(scheme="cstag"),
    "evaluated": spoil_evaluations,
    "judged_so": lambda team, case: judged(team, case),
    "looked_at": lambda team, case: (
        changed(grave_words=True)(team, case),
        judged(team, case, "low"),
        changed(scheme="dcjs")(team, case),
    ),
    "path_steps": row(PathStep, path="self_harm", step="screen", raised_at=at, due_at=at),
    "path_ended": row(PathStep, path="self_harm", step="others_ruled_out", raised_at=at, due_at=at),
}
SPOIL |= gathered("unmet_gates", "SPOIL")


def in_state(team: Team, state: str, key: str) -> Case:
    """A case of which nothing is done, in this state, with the gate unmet; everybody who works on cases is on
    its team."""
    case = team.open()
    for name in WRITERS:
        person = team.valley.cast.everyone[name]
        if not any(member.person_id == person.pk for member in case_opening.team_of(case)):
            case_opening.join(actor=team.tess, case=case, person=person, disciplines=["coaching"])
    case.state, case.before_imminent = state, ""
    if state == State.HANDOFF:
        case.save()
    case.save()
    SPOIL.get(key, lambda _team, _case: None)(team, case)
    return Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=case.pk)


def person(team: Team, name: str) -> Person:
    return team.valley.cast.everyone[name]


def lacks(unmet: list[gates.Unmet]) -> set[str]:
    return {one.gate.key for one in unmet}


def check_words(unmet: list[gates.Unmet]) -> None:
    """Which, who, and by when; and what is missing in words, never as a key."""
    for line in gate_lines(unmet):
        assert line.sentence.endswith(".")
        assert line.who
        assert line.due is not None, line.sentence
        assert all(line.missing), line.sentence


# --- who can try
# -----------------------------------------------------------------------------------------------------


def test_the_cast_has_somebody_for_each_role_that_works_on_cases_and_for_each_that_does_not(
    team: Team,
) -> None:
    held = {role for name in WRITERS for role in roles_at(person(team, name), team.valley.school)}
    assert held >= {role for role in Role if Permission.CASE_WRITE in ROLE_PERMISSIONS[role]}
    for name in OTHERS:
        assert all(
            Permission.CASE_WRITE not in ROLE_PERMISSIONS[role]
            for role in roles_at(person(team, name), team.valley.school)
        )


@pytest.mark.parametrize(("state", "to"), [pair for pair in gates.EXITS if pair[0] != State.IMMINENT])
def test_a_role_without_a_place_on_cases_moves_nothing_whatever_the_gates_say(
    team: Team, state: str, to: str
) -> None:
    case = in_state(team, state, "")
    for name in OTHERS:
        with pytest.raises(NotAllowed):
            state_transitions.advance(actor=person(team, name), case=case, to=to)
        with pytest.raises(NotAllowed):
            case_closing.ask_to_close(
                actor=person(team, name), case=case, reason="unfounded", text="Nothing."
            )


# --- from state to state
# ---------------------------------------------------------------------------------------------

MOVES = [
    (state, to, key) for (state, to), keys in gates.EXITS.items() if state != State.IMMINENT for key in keys
]


@pytest.mark.parametrize(("state", "to", "key"), MOVES)
def test_an_unmet_gate_refuses_the_move_for_every_role(team: Team, state: str, to: str, key: str) -> None:
    case = in_state(team, state, key)
    for name in WRITERS:
        with pytest.raises(gates.GatesUnmet) as refused:
            state_transitions.advance(actor=person(team, name), case=case, to=to)
        assert key in lacks(refused.value.unmet), name
        check_words(refused.value.unmet)
    assert Case.objects.get(pk=case.pk).state == state


@pytest.mark.parametrize("to", [to for state, to in gates.EXITS if state == State.IMMINENT])
def test_nobody_comes_back_from_danger_past_its_gate(team: Team, to: str) -> None:
    case = in_state(team, State.IMMINENT, "contained")
    case.before_imminent = to
    case.save()
    for name in WRITERS:
        with pytest.raises(gates.GatesUnmet) as refused:
            imminent_response.resume(actor=person(team, name), case=case, reason="It is over.")
        assert lacks(refused.value.unmet) == {"contained"}


# --- to an end
# -------------------------------------------------------------------------------------------------------

OF_REASONS = {
    gate for reason in doctrine.close_reasons().values() for gate in (*reason.gates, *reason.transient_gates)
}
CLOSING = sorted(OF_REASONS | {*gates.ALWAYS_TO_CLOSE, gates.JUDGED_SO})


@pytest.mark.parametrize("key", [key for key in CLOSING if key not in gates.BY_ANSWER])
def test_an_unmet_gate_refuses_to_close_from_every_state_for_every_reason_that_needs_it(
    team: Team, key: str
) -> None:
    turn, asked = cycle(WRITERS), 0
    for state in CLOSES_FROM:
        case = in_state(team, state, key)
        for reason in doctrine.close_reasons():
            if key not in {
                gate.key for gate in gates.exit_gates(case, State.CLOSED, reason)
            } or _meets_by_state(case, key):
                continue
            asked += 1
            with pytest.raises(gates.GatesUnmet) as refused:
                case_closing.ask_to_close(
                    actor=person(team, next(turn)), case=case, reason=reason, text="He is well."
                )
            assert key in lacks(refused.value.unmet), (state, reason)
            check_words(refused.value.unmet)
    assert asked, "no reason to close needs this gate"


def _meets_by_state(case: Case, key: str) -> bool:
    """While it is screened a judgement of before says nothing, so what follows from one is not asked
    either."""
    return case.state == State.SCREENING and key in {"looked_at", "judged_so"} and not case.grave_words


@pytest.mark.parametrize("reason", doctrine.close_reasons())
def test_a_second_person_of_the_same_discipline_closes_nothing(team: Team, reason: str) -> None:
    case = in_state(team, State.CLASSIFIED, "")
    missing = {one.gate.key for one in gates.unmet(case, State.CLOSED, reason)}
    assert missing & {"two_to_close", "closure_quorum"}, "each reason takes two"


# --- back to class
# ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in State.values if state != State.CLOSED])
def test_nobody_goes_back_to_class_past_its_gates_in_any_state_for_any_role(team: Team, state: str) -> None:
    case = in_state(team, state, "class_decided")
    for name in WRITERS:
        with pytest.raises(gates.GatesUnmet) as refused:
            called_meetings.return_to_class(actor=person(team, name), case=case, reason="Fine.")
        assert lacks(refused.value.unmet) == set(gates.RETURN)
        check_words(refused.value.unmet)
    for name in OTHERS:
        with pytest.raises(NotAllowed):
            called_meetings.return_to_class(actor=person(team, name), case=case, reason="Fine.")


def test_every_gate_stands_somewhere() -> None:
    used = (
        {key for keys in gates.EXITS.values() for key in keys}
        | set(CLOSING)
        | set(gates.RETURN)
        | {gates.JUDGED_SO}
    )
    assert used == set(gates.GATES)


def test_the_student_and_those_who_are_involved_do_not_count_among_the_three_kinds_of_source() -> None:
    sources = doctrine.sources()
    involved = [key for key, one in sources.items() if one.group == "involved"]
    others = {one.group: key for key, one in sources.items() if one.group != "involved"}
    assert involved
    assert gate_rules.kinds_of_source_missing(involved) == doctrine.source_kinds_needed() == 3
    assert gate_rules.kinds_of_source_missing([*involved, *list(others.values())[:2]]) == 1
    assert gate_rules.kinds_of_source_missing([*involved, *list(others.values())[:3]]) == 0


def test_nobody_closes_for_a_reason_that_is_none_nor_without_being_a_member(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    for actor, reason in ((team.tess, "because"), (team.valley.cast.ivy, "unfounded")):
        with pytest.raises((NotAllowed, state_transitions.NotATransition)):
            case_closing.ask_to_close(actor=actor, case=case, reason=reason, text="Nothing in it.")
    case = imminent_response.declare_imminent(actor=team.tess, case=case)
    with pytest.raises(state_transitions.NotATransition):
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="Nothing in it.")


def test_the_case_in_which_it_goes_on_is_kept_of_a_duplicate_alone(team: Team) -> None:
    case, _judgement = team.judged(conclusion="no_concern")
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="A song.", same_as=team.open()
    )
    assert closure.same_as is None


def test_a_case_that_is_opened_again_has_the_clock_of_screening_from_that_moment(team: Team) -> None:
    case, _judgement = team.judged(conclusion="no_concern")
    closure = case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A song.")
    case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    team.valley.pass_time(days=3)
    case = case_closing.add_report(actor=None, case=case, report=team.valley.report("He says it again."))
    assert case.state == State.SCREENING
    assert case.state_due == clock_of(case, State.SCREENING, case.state_since)
    assert case.state_due > case.state_since
