"""The lead changes hands by one asking and another pressing; until then whoever leads stays responsible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from msgspec.structs import replace
from tests.threat_assessment.pages import seen, send
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.policies import NotAllowed
from security_center.prevention.doctrine import assessment
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    case_access,
    case_lead,
    case_opening,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]


def verbs(case: Case) -> list[str]:
    return [entry.verb for entry in entries_about(case.thing)]


def test_nobody_but_the_lead_or_who_oversees_asks_and_nobody_but_who_was_asked_takes_it(team: Team) -> None:
    case, cast = team.open(), team.valley.cast
    for person in (team.ben, team.sam, cast.rosa, cast.omar, cast.tess_elsewhere, cast.ivy_elsewhere):
        with pytest.raises(NotAllowed):
            case_lead.offer_lead(actor=person, case=case, to=team.ben, reason="Now me.")
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben)
    with pytest.raises(case_lead.CannotLead):
        case_lead.take_lead(actor=team.dana, case=case)
    with pytest.raises(NotAllowed):
        case_lead.take_lead(actor=cast.ivy, case=case)
    assert Case.objects.get(pk=case.pk).lead == team.tess


@pytest.mark.parametrize("flag", [True, False])
def test_where_the_rules_say_so_whoever_chooses_a_lead_reads_that_it_is_normally_not_the_principal(
    team: Team, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, flag: bool
) -> None:
    assert [key for key, one in assessment.team_rule_sets().items() if one.chair_not_principal] == ["florida"]
    changed = {
        key: replace(one, chair_not_principal=flag) for key, one in assessment.team_rule_sets().items()
    }
    for module in (assessment, doctrine):
        monkeypatch.setattr(module, "team_rule_sets", lambda: changed)
    tess, case = signed_in(team.tess), team.open()
    plan = f"/plan/{team.valley.cast.district.slug}/build/team/"
    for client, address in (
        (tess, reverse("threat_assessment:case_new")),
        (tess, reverse("threat_assessment:lead", args=[case.number])),
        (signed_in(team.valley.cast.ivy), plan),
    ):
        page = client.get(address).content.decode()
        assert ("the principal normally does not lead" in page) is flag, address


def test_the_lead_is_taken_on_with_one_press_and_what_the_case_owes_goes_along(team: Team) -> None:
    case, _judgement = team.judged()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben)
    assert {duty.holder for duty in open_about(case.thing, "case.step")} == {team.tess}
    assert open_about(case.thing, "case.lead").get().holder == team.ben
    case = case_lead.take_lead(actor=team.ben, case=case)
    assert case.lead == team.ben
    assert {duty.holder for duty in open_about(case.thing)} == {team.ben}
    assert not open_about(case.thing, "case.lead").exists()
    assert "case.lead_changed" in verbs(case)
    assert Message.objects.filter(person=team.tess, kind="case.lead_changed").exists()
    case_access.look(actor=team.tess, case=case)  # still on the team
    with pytest.raises(state_transitions.NotATransition):
        management_plan.approve_plan(actor=team.tess, case=case)


def test_whoever_declines_says_why_and_the_old_lead_goes_on(team: Team) -> None:
    case = team.open()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben)
    with pytest.raises(state_transitions.ReasonWanted):
        case_lead.decline_lead(actor=team.ben, case=case, reason=" ")
    case_lead.decline_lead(actor=team.ben, case=case, reason="I know the family.")
    assert Case.objects.get(pk=case.pk).lead == team.tess
    assert not open_about(case.thing, "case.lead").exists()
    with pytest.raises(case_lead.CannotLead):
        case_lead.take_lead(actor=team.ben, case=case)


def test_somebody_who_oversees_names_another_in_an_emergency_but_never_themselves(team: Team) -> None:
    case, cast = team.open(), team.valley.cast
    with pytest.raises(state_transitions.ReasonWanted):
        case_lead.offer_lead(actor=cast.ivy, case=case, to=cast.rosa)
    for to in (cast.ivy, team.tess, cast.omar, cast.tess_elsewhere):
        with pytest.raises(case_lead.CannotLead):
            case_lead.offer_lead(actor=cast.ivy, case=case, to=to, reason="She is in hospital.")
    case_lead.offer_lead(actor=cast.ivy, case=case, to=cast.rosa, reason="She is in hospital.")
    assert Message.objects.filter(person=team.tess, kind="case.lead").exists(), "the lead is told"
    with pytest.raises(NotAllowed):
        case_access.look(actor=cast.ivy, case=case)
    case = case_lead.take_lead(actor=cast.rosa, case=case)
    assert case.lead == cast.rosa
    case_access.look(actor=cast.rosa, case=case)


def test_the_lead_asks_no_one_outside_the_team(team: Team) -> None:
    with pytest.raises(case_lead.CannotLead):
        case_lead.offer_lead(actor=team.tess, case=team.open(), to=team.valley.cast.rosa)


def test_silence_rings_and_a_second_asking_takes_the_place_of_the_first(team: Team) -> None:
    case = team.open()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben)
    case_lead.offer_lead(actor=team.tess, case=case, to=team.dana)
    assert [duty.holder for duty in open_about(case.thing, "case.lead")] == [team.dana]
    team.valley.pass_time(hours=13)
    team.valley.ring()
    told = {
        person.name
        for step in open_about(case.thing, "case.lead").get().steps.all()
        for person in step.told.all()
    }
    assert {"Dana Price", "Tess Moran", "Nia Ward"} <= told


def test_a_lead_who_leaves_gives_it_to_whom_they_had_asked(team: Team) -> None:
    case = team.open()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.dana)
    people.leave(actor=team.valley.cast.ada, person=team.tess)
    case = Case.objects.get(pk=case.pk)
    assert case.lead == team.dana
    assert not case.lead_offers.filter(ended_at__isnull=True).exists()
    assert {duty.kind for duty in open_about(case.thing)} == {"case.step"}


def test_nobody_is_asked_any_more_once_off_the_team(team: Team) -> None:
    case = team.open()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben)
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    assert not open_about(case.thing, "case.lead").exists()


def test_the_page_shows_those_who_oversee_no_word_and_lets_them_ask(team: Team, signed_in: SignIn) -> None:
    case, cast = team.open(concern="Marker-Concern."), team.valley.cast
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben, reason="Marker-Reason.")
    ivy = signed_in(cast.ivy)
    page = seen(ivy, case, "lead/")
    assert "Marker-" not in page
    assert "Ben Cole was asked" in page
    answer = send(ivy, case, "lead/", "lead", to=cast.rosa.pk, reason="")
    assert "Write why the lead cannot do it." in answer.content.decode()
    send(ivy, case, "lead/", "lead", to=cast.rosa.pk, reason="She is in hospital.")
    assert case.lead_offers.get(ended_at__isnull=True).to == cast.rosa
    assert "The lead cannot?" in ivy.get(case.path).content.decode()
    rosa = signed_in(cast.rosa)
    assert "You are asked to lead" in seen(rosa, case, "lead/")
    assert send(rosa, case, "lead/take/", "").status_code == 200
    assert Case.objects.get(pk=case.pk).lead == cast.rosa


def test_declining_on_the_page_keeps_what_was_typed_beside_the_error(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    case_lead.offer_lead(actor=team.tess, case=case, to=team.ben, reason="Marker-Reason.")
    ben = signed_in(team.ben)
    assert "Marker-Reason." in seen(ben, case, "lead/")
    assert (
        "Write in a sentence why you cannot"
        in send(ben, case, "lead/decline/", "decline", reason="").content.decode()
    )
    assert "Declined." in send(ben, case, "lead/decline/", "decline", reason="I know them.").content.decode()
