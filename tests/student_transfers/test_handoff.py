"""A case goes to another school: nothing of it is read there before it is taken on by name, and it is
nobody's for no moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django_scopes import scope, scopes_disabled
from tests.reporting.acts import everything_in_the_database
from tests.student_transfers.sent_cases import NOTE, PARTS, STUDENT, far, near, sent, taken
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.queries import recipients_of
from security_center.student_transfers.actions import case_handoff, handoff_acceptance
from security_center.student_transfers.queries import case_handoff as handed
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_access,
    case_closing,
    case_opening,
    imminent_response,
    management_plan,
    protective_paths,
    state_transitions,
)
from security_center.threat_assessment.models import Case, ContainmentStep, PathStep, State
from security_center.threat_assessment.sealing import unsealed

SignIn = Callable[..., Client]


def kinds(case: Case) -> set[str]:
    return {duty.kind for duty in open_about(case.thing)}


# --- who may not


def test_nobody_outside_the_team_hands_a_case_on_and_nobody_but_the_receiver_takes_it(team: Team) -> None:
    cast = team.valley.cast
    case = team.managed()
    for person in (cast.ivy, cast.rosa, cast.sam, cast.paul, cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            case_handoff.begin_handoff(actor=person, case=case, to_school=near(team), reason="Away with it.")
    _case, row = sent(team, near(team), case)
    for person in (team.tess, cast.lena, cast.dana, cast.dana_elsewhere, cast.ada):
        with pytest.raises(NotAllowed):
            taken(team, row, person, cast.lena)
        with pytest.raises(NotAllowed):
            case_handoff.look_at_offer(actor=person, handoff=row)
        with pytest.raises(NotAllowed):
            case_handoff.decline(actor=person, handoff=row, reason="No.")


def test_before_taking_it_on_the_receiver_sees_who_and_nothing_of_what(team: Team, signed_in: SignIn) -> None:
    cast = team.valley.cast
    case, row = sent(team, near(team))
    paul = signed_in(cast.paul)
    with pytest.raises(NotAllowed):
        case_access.look(actor=cast.paul, case=case)
    assert paul.get(case.path).status_code == 404
    page = words(paul.get(row.path))
    assert "Marker-Name" in page
    for kept in ("Marker-Concern", "Marker-Note", "Marker-Dissent", "Talk each week"):
        assert kept not in page
    listed = words(paul.get("/cases/"))
    assert case.number in listed
    assert "Marker-" not in listed
    assert "case.handoff_read" in [entry.verb for entry in entries_about(case.thing)]
    for stranger in (cast.lena, cast.rosa, cast.tess_elsewhere, cast.omar):
        assert signed_in(stranger).get(row.path).status_code == 404


def test_a_packet_that_is_not_sent_is_seen_by_nobody_at_the_other_end(team: Team, signed_in: SignIn) -> None:
    case = team.managed()
    row = case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason="They move.")
    assert signed_in(team.valley.cast.paul).get(row.path).status_code == 404
    with pytest.raises(case_handoff.OfferGone):
        taken(team, row, team.valley.cast.paul, team.valley.cast.lena)


# --- the giver's duty until it is taken on


def test_from_screening_from_danger_and_without_receiver_packet_or_reason_nothing_goes(team: Team) -> None:
    for case in (team.open(), team.imminent()):
        with pytest.raises(state_transitions.NotATransition):
            case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason="They move.")
    case = team.screened()
    for to in (team.valley.school, team.valley.cast.district, None):
        with pytest.raises(case_handoff.NotAReceiver):
            case_handoff.begin_handoff(actor=team.tess, case=case, to_school=to, reason="They move.")
    with pytest.raises(state_transitions.ReasonWanted):
        case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason=" ")
    case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason="They move.")
    for parts, note in (([], "Now."), (["plan"], " "), (["everything"], "Now.")):
        with pytest.raises(case_handoff.PacketWanted):
            case_handoff.send_handoff(actor=team.tess, case=case, parts=parts, note=note)


def test_the_packet_is_owed_and_then_its_answer_at_both_ends(team: Team) -> None:
    case = team.managed()
    case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason="They move.")
    assert "case.step" in kinds(case)
    team.valley.pass_time(hours=1)
    case_handoff.send_handoff(actor=team.tess, case=case, parts=PARTS, note=NOTE)
    assert kinds(case) >= {"case.handoff", "case.action"}
    assert "case.step" not in kinds(case)
    team.valley.ring()
    offered = open_about(f"case_offer:{case.number}").get()
    assert {one.name for step in offered.steps.all() for one in step.told.all()} == {"Paul Berg"}
    team.valley.pass_time(days=5)
    team.valley.ring()
    told = {one.name for step in offered.steps.all() for one in step.told.all()}
    assert {"Paul Berg", "Nia Ward", "Ivy Chen", "Omar Reyes"} <= told
    told = {
        one.name
        for step in open_about(case.thing, "case.handoff").get().steps.all()
        for one in step.told.all()
    }
    assert {"Tess Moran", "Ben Cole", "Nia Ward", "Omar Reyes"} <= told


def test_what_goes_along_is_sealed_to_both_ends_and_no_report_is_in_it(team: Team) -> None:
    case = team.managed(**STUDENT)
    case_closing.add_report(actor=None, case=case, report=team.valley.report("Marker-Report: she told me."))
    case, row = sent(team, far(team), case)
    with scopes_disabled():
        assert set(recipients_of(row.record)) == {
            f"desk:{one.pk}" for one in (case.school, case.district, far(team), far(team).district)
        }
        receiving_case = taken(team, row, team.valley.cast.tess_elsewhere, team.valley.cast.ben_elsewhere)
        text = case_handoff.look_at_offer(
            actor=team.valley.cast.ben_elsewhere,
            handoff=handed.handoff_for(team.valley.cast.ben_elsewhere, row.uuid)[0],
        )
    assert "Marker-Dissent" in text["packet"]
    assert "Marker-Report" not in text["packet"]
    assert case.reports.get().report_number in text["packet"]
    assert b"Marker-" not in everything_in_the_database()
    assert receiving_case.origin == Case.Origin.TRANSFER


# --- taken on


def test_within_the_district_the_case_moves_with_its_whole_history_and_its_old_team_reads_it_no_longer(
    team: Team,
) -> None:
    cast = team.valley.cast
    case, row = sent(team, near(team))
    with pytest.raises(handoff_acceptance.TwoWanted):
        handoff_acceptance.take_on(
            actor=cast.paul,
            handoff=row,
            lead=cast.paul,
            lead_disciplines=["counseling"],
            second=cast.lena,
            second_disciplines=["counseling"],
        )
    moved = taken(team, row, cast.paul, cast.lena)
    assert (moved.pk, moved.school, moved.lead, moved.state) == (
        case.pk,
        near(team),
        cast.paul,
        State.MONITORING,
    )
    assert set(recipients_of(moved.record)) == {
        f"desk:{one.pk}" for one in (team.valley.school, near(team), cast.district)
    }
    for person in (team.tess, team.ben, team.dana):
        with pytest.raises(NotAllowed):
            case_access.look(actor=person, case=moved)
        assert Message.objects.filter(person=person, kind="case.handed_over").exists()
    for person in (cast.paul, cast.lena):
        case_access.look(actor=person, case=moved)
    assert kinds(moved) == {"case.review", "case.action"}
    assert {duty.holder for duty in open_about(moved.thing)} == {cast.paul}
    assert {duty.organization for duty in open_about(moved.thing)} == {near(team)}
    assert not open_about(f"case_offer:{case.number}").exists()
    action = moved.plan.actions.get()
    assert (action.owner, action.backup) == (cast.paul, cast.lena)
    assert moved.plan.approved_at is None, "the new lead approves the plan for this school"
    assert gates.GATES["handoff_acknowledged"].missing(moved), "here it has not been handed on"
    with pytest.raises(case_handoff.OfferGone):
        taken(team, row, cast.paul, cast.lena)


def test_the_old_school_keeps_that_it_went_and_no_word_of_what_is_in_it(
    team: Team, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    case, row = sent(team, near(team))
    taken(team, row, cast.paul, cast.lena)
    for person in (team.tess, team.ben):
        client = signed_in(person)
        assert client.get(case.path).status_code == 404
        page = words(client.get(row.path))
        assert "Paul Berg" in page
        assert "Marker-" not in page
    assert case.number not in words(signed_in(team.tess).get("/cases/?tab=open"))
    assert "What came with the case" in words(signed_in(cast.lena).get(row.path))


def test_another_district_opens_a_case_of_its_own_and_the_giver_closes_only_then(team: Team) -> None:
    cast = team.valley.cast
    case, row = sent(team, far(team))
    for action in case.plan.actions.all():
        management_plan.settle_action(
            actor=team.ben, case=case, action=action, state="done", evidence="Done."
        )
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(
            actor=team.tess, case=case, reason="transferred_with_handoff", text="He is in Cedar Ridge now."
        )
    assert [one.gate.key for one in refused.value.unmet] == ["reviewed", "handoff_acknowledged"]
    made = taken(team, row, cast.tess_elsewhere, cast.ben_elsewhere)
    assert made.pk != case.pk
    assert made.district == cast.district_elsewhere
    assert not made.known_subject, "that it is the same student is confirmed there by a person"
    with scope(district=[cast.district_elsewhere.pk]):
        case_access.look(actor=cast.ben_elsewhere, case=made)
        assert kinds(made) == {"case.step"}
    with pytest.raises(NotAllowed):
        case_access.look(actor=cast.tess_elsewhere, case=case)
    assert kinds(case) == {"case.step", "case.review"}
    assert gates.GATES["handoff_acknowledged"].missing(case) == []
    management_plan.review(actor=team.tess, case=case, text="Handed over.", next_in_days=7)
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="transferred_with_handoff", text="He is in Cedar Ridge now."
    )
    assert (
        case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.").state
        == State.CLOSED
    )
    assert not open_about(case.thing).exists()


def test_f09_no_other_reason_closes_a_case_that_is_on_its_way(team: Team) -> None:
    case, _row = sent(team, near(team))
    for action in case.plan.actions.all():
        management_plan.settle_action(
            actor=team.ben, case=case, action=action, state="done", evidence="Done."
        )
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="He is gone.")
    assert [one.gate.key for one in refused.value.unmet] == ["judged_so", "handoff_acknowledged"]


def test_a_school_outside_is_acknowledged_by_a_person_with_a_name(team: Team) -> None:
    case, _row = sent(team, None, outside_school="Lakeside High, Ohio")
    for person, how in ((" ", "By phone."), ("Ms. Grant", " ")):
        with pytest.raises(state_transitions.ReasonWanted):
            case_handoff.note_outside_answer(actor=team.tess, case=case, person=person, how=how)
    row = case_handoff.note_outside_answer(
        actor=team.tess, case=case, person="Ms. Grant, counselor", how="By phone on Monday."
    )
    assert row.acknowledged
    assert gates.GATES["handoff_acknowledged"].missing(case) == []
    with pytest.raises(state_transitions.NotATransition):
        case_handoff.note_outside_answer(
            actor=team.tess, case=sent(team, near(team))[0], person="Paul", how="By phone."
        )


def test_an_officer_on_the_team_hands_no_record_on(team: Team) -> None:
    case = team.managed(**STUDENT)
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    with pytest.raises(NotAllowed):
        case_handoff.begin_handoff(actor=team.sam, case=case, to_school=near(team), reason="They move house.")
    case_handoff.begin_handoff(actor=team.tess, case=case, to_school=near(team), reason="They move house.")
    with pytest.raises(NotAllowed):
        case_handoff.send_handoff(actor=team.sam, case=case, parts=PARTS, note=NOTE)


def test_a_packet_that_leaves_the_district_is_a_line_in_the_log_of_disclosures(team: Team) -> None:
    for to, outside, name in (
        (near(team), "", None),
        (far(team), "", "Cedar High School"),
        (None, "Lakeside High, Ohio", "Lakeside High, Ohio"),
    ):
        case, _row = sent(team, to, outside_school=outside)
        told = list(case.disclosures.all())
        assert len(told) == (0 if name is None else 1)
        for row in told:
            assert (row.receiver, row.ground) == ("receiving_school", "transfer")
            assert unseal(unsealed(case), row, "name") == name
            assert row.groups


def test_declined_or_taken_back_it_goes_on_where_it_stood(team: Team) -> None:
    case, row = sent(team, near(team))
    with pytest.raises(state_transitions.ReasonWanted):
        case_handoff.decline(actor=team.valley.cast.paul, handoff=row, reason=" ")
    case_handoff.decline(actor=team.valley.cast.paul, handoff=row, reason="He is not enrolled here.")
    case.refresh_from_db()
    assert case.state == State.MONITORING
    assert "case.review" in kinds(case)
    assert not open_about(f"case_offer:{case.number}").exists()
    case, row = sent(team, near(team), case)
    case = case_handoff.take_back(actor=team.tess, case=case, reason="They stay after all.")
    assert case.state == State.MONITORING
    with pytest.raises(case_handoff.OfferGone):
        taken(team, row, team.valley.cast.paul, team.valley.cast.lena)


def test_danger_on_the_way_is_contained_where_the_case_is_and_then_it_goes_on_its_way(team: Team) -> None:
    case, row = sent(team, near(team))
    case = imminent_response.declare_imminent(actor=team.ben, case=case)
    with pytest.raises(state_transitions.NotATransition):
        taken(team, row, team.valley.cast.paul, team.valley.cast.lena)
    for kind in ContainmentStep.Kind.values:
        imminent_response.record_step(actor=team.ben, case=case, kind=kind)
    case = imminent_response.resume(actor=team.ben, case=case, reason="Nothing found.")
    assert case.state == State.HANDOFF
    assert "case.handoff" in kinds(case)
    assert taken(team, row, team.valley.cast.paul, team.valley.cast.lena).school == near(team)


def test_what_is_owed_to_the_police_goes_along_with_the_case(team: Team) -> None:
    case, row = sent(team, near(team))
    imminent_response.meet_threshold(actor=team.tess, case=case, threshold="le_consult")
    moved = taken(team, row, team.valley.cast.paul, team.valley.cast.lena)
    assert open_about(moved.thing, "case.law_enforcement").get().holder == team.valley.cast.paul


def test_f07_the_duty_to_report_abuse_comes_along_and_somebody_there_can_meet_it(team: Team) -> None:
    case = team.managed(**STUDENT)
    for person in (team.ben, team.dana):
        protective_paths.suspect_abuse(actor=person, case=case, suspected="other")
    case, row = sent(team, near(team), case)
    paul, lena = team.valley.cast.paul, team.valley.cast.lena
    case = taken(team, row, paul, lena)
    step = PathStep.objects.get(case=case, answer="")
    assert step.person == paul, "once, though two knew of it"
    assert [duty.holder for duty in open_about(case.thing, "case.path")] == [paul]
    with pytest.raises(protective_paths.NotYours):
        protective_paths.answer_path(
            actor=lena, case=case, step=step, answer="reported", note="", agency="CPS", called_when="Today"
        )
    protective_paths.answer_path(
        actor=paul, case=case, step=step, answer="reported", note="", agency="CPS", called_when="Today"
    )
    assert not open_about(case.thing, "case.path").exists()
