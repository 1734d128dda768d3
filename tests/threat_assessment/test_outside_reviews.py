"""threat-assessment.md F4: the district looks at a low judgement after a threat to kill, and nothing closes
before it agrees."""

from __future__ import annotations

import pytest
from tests.threat_assessment.judged_cases import inquired, judge, lacks, plan_it
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_closing,
    case_opening,
    inquiry,
    outside_reviews,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import Case, State


def test_f04_words_of_killing_are_remembered_wherever_they_are_said(team: Team) -> None:
    assert team.open(concern="She says she will kill them all.").grave_words
    case = team.screened()
    assert not case.grave_words
    inquiry.find(
        actor=team.ben,
        case=case,
        prompt="communications.exact_words",
        answer="yes",
        note="“I will shoot him.”",
        version=0,
    )
    assert Case.objects.get(pk=case.pk).grave_words
    other = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    screening.screen(actor=team.ben, case=other, **{**SCREEN, "weapon": "yes"})
    assert Case.objects.get(pk=other.pk).grave_words


@pytest.mark.parametrize(
    ("scheme", "level", "conclusion", "asks"),
    [
        ("ntac", "", "no_concern", True),
        ("ntac", "", "escalating_unclear", False),
        ("dcjs", "low", "needs_support", True),
        ("dcjs", "high", "needs_support", False),
        ("florida", "low", "needs_support", True),
    ],
)
def test_f04_a_low_judgement_after_a_threat_to_kill_waits_for_the_district(
    team: Team, scheme: str, level: str, conclusion: str, asks: bool
) -> None:
    """Arapahoe, 2013: a threat to kill was rated low, and nobody above looked."""
    case = inquired(team, scheme, grave_words=True)
    judge(team, case, level, conclusion)
    assert case.outside_reviews.exists() is asks
    case = state_transitions.advance(actor=team.tess, case=case, to=State.CLASSIFIED)
    plan_it(team, case)
    missing = {one.gate.key for one in gates.unmet(case, State.MANAGING)}
    assert ("looked_at" in missing) is asks


def test_f04_nobody_of_the_team_and_no_other_school_looks_for_the_district(team: Team) -> None:
    case = team.open(concern="He says he will kill someone.")
    (row,) = outside_reviews.ask_outside(actor=team.tess, case=case)
    case_opening.join(
        actor=team.tess, case=case, person=team.valley.cast.ivy, disciplines=["safety_security"]
    )
    for person in (
        team.tess,
        team.dana,
        team.valley.cast.ivy,
        team.valley.cast.ivy_elsewhere,
        team.valley.cast.lena,
    ):
        with pytest.raises(NotAllowed):
            outside_reviews.answer_outside(actor=person, case=case, review=row, agrees=True, note="Fine.")


def test_f04_it_does_not_close_before_the_district_agrees_and_one_that_is_sent_back_stays(team: Team) -> None:
    case = state_transitions.advance(
        actor=team.tess, case=team.open(concern="He says he will kill someone."), to=State.SCREENING
    )
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A joke.")
    assert lacks(refused) == ["looked_at"]
    (row,) = outside_reviews.ask_outside(actor=team.tess, case=case)
    with pytest.raises(state_transitions.ReasonWanted):
        outside_reviews.answer_outside(
            actor=team.valley.cast.ivy, case=case, review=row, agrees=True, note=" "
        )
    outside_reviews.answer_outside(
        actor=team.valley.cast.ivy, case=case, review=row, agrees=False, note="Ask his mother first."
    )
    with pytest.raises(gates.GatesUnmet):
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A joke.")
    (row,) = outside_reviews.ask_outside(actor=team.tess, case=case)
    outside_reviews.answer_outside(
        actor=team.valley.cast.ivy, case=case, review=row, agrees=True, note="I called too."
    )
    case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A joke.")


def test_f04_the_district_reads_what_it_has_to_look_at_once_and_that_is_recorded(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open(concern="Marker-Concern: he says he will kill someone.")
    (row,) = outside_reviews.ask_outside(actor=team.tess, case=case)
    ivy, place = signed_in(team.valley.cast.ivy), f"outside/{row.uuid}/"
    assert "Marker-Concern" in seen(ivy, case, place)
    assert "case.read_from_outside" in {entry.verb for entry in entries_about(case.thing)}
    assert signed_in(team.ben).get(f"/cases/{case.number}/{place}").status_code == 403
    assert "Write what you looked at" in words(
        send(ivy, case, place, "outside", note="", plain={"agrees": "yes"})
    )
    send(ivy, case, place, "outside", note="Marker-Looked", plain={"agrees": "yes"})
    assert ivy.get(f"/cases/{case.number}/{place}").status_code == 403, (
        "it is answered; the district reads no more of it"
    )
    assert ivy.get(f"/cases/{case.number}/").status_code == 403
