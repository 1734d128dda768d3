"""What takes two people, asked for and agreed to by 50 threads at once, and by one person in two roles."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests.reporting.acts import Valley, forget_roles, fresh
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import verify
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.reporting import policies
from security_center.reporting.actions import decisions
from security_center.reporting.actions.decisions import SecondReaderNeeded
from security_center.reporting.models import Approval, Report
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import case_closing, case_opening, screening, state_transitions
from security_center.threat_assessment.actions.case_opening import CannotJoin
from security_center.threat_assessment.models import Case, State


@pytest.fixture
def team(valley: Valley) -> Team:
    return Team(valley)


# --- at once
# ------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("what", ["lowering asked", "lowering answered", "closing asked", "closing answered"])
def test_of_fifty_who_ask_or_answer_about_a_grave_report_at_once_one_is_taken(raced: Any, what: str) -> None:
    assert raced["reports"][what] == {"done": 1, "AlreadyAsked": 49}


def test_and_nothing_of_it_is_done_twice(raced: Any) -> None:
    found = raced["reports"]
    assert found["lowered as it was answered"]
    assert (found["entries"], found["answers"], found["left"]) == ([2, 1], 2, [])


def test_of_fifty_who_screen_a_case_at_once_each_of_the_two_people_screens_once(raced: Any) -> None:
    assert raced["cases"]["screened"] == {"done": 2, "NotATransition": 48}
    assert raced["cases"]["screenings"] == 2


def test_of_fifty_who_agree_to_close_a_case_at_once_one_closes_it_and_it_is_not_who_asked(raced: Any) -> None:
    found = raced["cases"]
    assert found["closing asked"] == {"done": 50}  # each newer wish takes the place of the older
    assert found["still asked"] == 1
    assert found["closing answered"] == {"done": 1, "NotATransition": 49}
    assert (found["agreed"], found["left"]) == (["Ben Cole"], 0)
    assert found["moves"] == ["intake", "screening", "closed"]


def test_the_ledger_is_whole_after_all_of_it(raced: Any) -> None:
    assert raced["ledger"] == []


# --- one person in two roles
# ------------------------------------------------------------------------------------------------


def asked(valley: Valley, report: Report, by: Person) -> Approval:
    decisions.decide(
        actor=by,
        report=fresh(report),
        actions=["counseling"],
        validity="plausible",
        considered="We talked to both.",
    )
    found = decisions.close(actor=by, report=fresh(report), reason="All is done.")
    assert isinstance(found, Approval)
    return found


def gets(valley: Valley, person: Person, role: Role) -> None:
    people.assign_role(actor=valley.cast.root, person=person, organization=valley.school, role=role)
    forget_roles(valley.cast)


def agrees(person: Person, approval: Approval) -> bool:
    """Whether the person may be the second; what they did is taken back."""
    try:
        with transaction.atomic():
            decisions.answer_approval(actor=person, approval=approval, agree=True, answer="I read it.")
            transaction.set_rollback(True)
    except SecondReaderNeeded:
        return False
    return True


def test_a_reader_who_is_also_a_counselor_is_not_both_hands(valley: Valley) -> None:
    rosa, report = valley.cast.rosa, valley.taken(danger_now="yes")
    gets(valley, rosa, Role.COUNSELOR)
    assert policies.disciplines(rosa, valley.school) == {"administration", "mental_health"}
    approval = asked(valley, report, rosa)
    assert not agrees(rosa, approval)
    assert not agrees(valley.cast.ben, approval), "a counselor adds nothing to a counselor"
    assert not agrees(valley.cast.tess, approval)
    assert agrees(valley.cast.nia, approval), "the district's does"
    assert fresh(report).closed_at is None


def test_a_role_that_comes_after_the_question_makes_nobody_the_second_to_themself(valley: Valley) -> None:
    rosa, report = valley.cast.rosa, valley.taken(danger_now="yes")
    approval = asked(valley, report, rosa)
    gets(valley, rosa, Role.COUNSELOR)
    people.end_role(actor=valley.cast.ada, assignment=rosa.role_assignments.get(role=Role.READER))
    forget_roles(valley.cast)
    assert not agrees(rosa, approval)
    assert not agrees(valley.cast.tess, approval), "what they were when they asked stays theirs"
    assert not agrees(valley.cast.ben, approval), "and what they have become is theirs too"
    assert agrees(valley.cast.nia, approval)


def test_whoever_answers_counts_for_what_they_are_when_they_answer(valley: Valley) -> None:
    ben, report = valley.cast.ben, valley.taken(danger_now="yes")
    approval = asked(valley, report, valley.cast.rosa)
    assert agrees(ben, approval)
    gets(valley, ben, Role.READER)
    people.end_role(actor=valley.cast.ada, assignment=ben.role_assignments.get(role=Role.COUNSELOR))
    forget_roles(valley.cast)
    assert not agrees(ben, approval)


@pytest.mark.parametrize("role", [Role.READER, Role.COUNSELOR])
def test_an_administrator_who_also_reads_is_one_person(valley: Valley, role: Role) -> None:
    """To administer is no discipline: it opens no second way, neither to ask nor to answer."""
    ada, report = valley.cast.ada, valley.taken(danger_now="yes")
    approval = asked(valley, report, valley.cast.rosa)
    assert not agrees(ada, approval)
    gets(valley, ada, role)
    assert agrees(ada, approval) == (role == Role.COUNSELOR)
    decisions.answer_approval(actor=valley.cast.ben, approval=approval, agree=False, answer="Not yet.")
    mine = decisions.close(actor=ada, report=fresh(report), reason="All is done.")
    assert isinstance(mine, Approval)
    assert not agrees(ada, mine)


def test_whoever_left_meanwhile_is_no_second(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    approval = asked(valley, report, valley.cast.rosa)
    people.leave(actor=valley.cast.ada, person=valley.cast.ben)
    forget_roles(valley.cast)
    assert not agrees(Person.objects.get(pk=valley.cast.ben.pk), approval)


def test_one_address_is_one_account_however_it_is_written(valley: Valley) -> None:
    """Two accounts with two addresses are two people to any program: who enters them is asked for that."""
    for address in (valley.cast.rosa.email.upper(), f" {valley.cast.rosa.email} "):
        with pytest.raises(people.AddressTaken):
            people.add_person(
                actor=valley.cast.ada,
                organization=valley.school,
                name="R. Ortiz",
                email=address,
                role=Role.COUNSELOR,
            )
    assert Person.objects.filter(email__iexact=valley.cast.rosa.email).count() == 1


def test_a_member_of_two_disciplines_is_one_member_of_the_team(team: Team) -> None:
    case = case_opening.open_case(
        actor=team.tess,
        school=team.valley.school,
        disciplines=["administration", "mental_health"],
        concern="He says it.",
        lead=team.tess,
        known_subject=True,
    )
    with pytest.raises(CannotJoin):
        case_opening.join(actor=team.tess, case=case, person=team.tess, disciplines=["counseling"])
    case = state_transitions.advance(actor=team.tess, case=case, to=State.SCREENING)
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "weapon": "unknown"})
    screening.screen(actor=team.tess, case=case, **SCREEN)
    with pytest.raises(gates.GatesUnmet) as refused:
        state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING)
    assert "screened" in {one.gate.key for one in refused.value.unmet}


def test_one_person_is_not_both_hands_of_a_cases_end_and_a_second_of_the_same_discipline_adds_nothing(
    team: Team,
) -> None:
    valley = team.valley
    case = case_opening.open_case(
        actor=team.tess,
        school=valley.school,
        disciplines=["administration"],
        concern="He says it.",
        lead=team.tess,
        known_subject=True,
    )
    case_opening.join(
        actor=team.tess, case=case, person=team.ben, disciplines=["counseling", "mental_health"]
    )
    case_opening.join(actor=team.tess, case=case, person=team.dana, disciplines=["administration"])
    case = state_transitions.advance(actor=team.tess, case=case, to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="A line of a song."
    )
    with pytest.raises(state_transitions.NotATransition):
        case_closing.answer_closing(actor=team.tess, case=case, closure=closure, agree=True, text="Yes.")
    with pytest.raises(gates.GatesUnmet):
        case_closing.answer_closing(actor=team.dana, case=case, closure=closure, agree=True, text="Yes.")
    assert Case.objects.get(pk=case.pk).state == State.SCREENING
    assert (
        case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.").state
        == State.CLOSED
    )
    assert Entry.objects.filter(thing=case.thing, verb="case.moved", detail__to="closed").count() <= 1
    assert verify().ok
