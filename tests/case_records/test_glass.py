"""Break-glass: who may not, what it takes, who hears of it, and that it ends by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.case_records.actions import break_glass
from security_center.case_records.models import BreakGlass
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import policies
from security_center.threat_assessment.actions import case_access, case_opening, state_transitions
from security_center.threat_assessment.actions.state_transitions import NotATransition
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]
WHY = "Marker-Reason: the team is on a trip and he is at the door."


def verbs(case: Case) -> list[str]:
    return [entry.verb for entry in entries_about(case.thing)]


def test_nobody_breaks_the_glass_of_a_case_but_the_principal_and_the_district(team: Team) -> None:
    case = team.open()
    for who, person in team.valley.cast.everyone.items():
        if who in {"nia", "ivy"}:
            continue
        with pytest.raises(NotAllowed):  # Dana, the principal, is on the team and needs none
            break_glass.break_glass(actor=person, case=case, reason=WHY)
    assert not BreakGlass.objects.exists()


def test_an_open_glass_shows_and_changes_nothing_without_a_reason(team: Team) -> None:
    case = team.open()
    with pytest.raises(state_transitions.ReasonWanted):
        break_glass.break_glass(actor=team.valley.cast.ivy, case=case, reason="  ")
    with pytest.raises(NotAllowed):
        break_glass.look_through(actor=team.valley.cast.ivy, case=case)


def test_an_opening_rings_the_lead_tells_the_team_and_ends_by_itself(team: Team) -> None:
    case, ivy = team.open(), team.valley.cast.ivy
    break_glass.break_glass(actor=ivy, case=case, reason=WHY)
    assert {message.person_id for message in Message.objects.filter(kind="case.break_glass")} == {
        team.tess.pk,
        team.ben.pk,
        team.dana.pk,
    }
    held = open_about(case.thing, "case.break_glass")
    assert [duty.holder_id for duty in held] == [team.tess.pk]
    break_glass.look_through(actor=ivy, case=case)
    assert not policies.can(ivy, "case:write", case)
    with pytest.raises(NotAllowed):  # the pages of members stay theirs
        case_access.look(actor=ivy, case=case)
    team.valley.pass_time(minutes=61)
    with pytest.raises(NotAllowed):
        break_glass.look_through(actor=ivy, case=case)
    assert verbs(case).count("case.read_by_glass") == 1


def test_the_lead_alone_acknowledges_and_the_duty_outlives_the_closing(team: Team) -> None:
    case = team.open()
    row = break_glass.break_glass(actor=team.valley.cast.nia, case=case, reason=WHY)
    with pytest.raises(state_transitions.NotATransition):
        break_glass.acknowledge_glass(actor=team.ben, case=case, glass=row)
    from security_center.threat_assessment.actions import case_duties

    case_duties.drop(case=case, actor=None, outcome="closed")
    assert [one.kind for one in open_about(case.thing)] == ["case.break_glass"]
    break_glass.acknowledge_glass(actor=team.tess, case=case, glass=row)
    assert not open_about(case.thing).exists()


def test_whoever_broke_it_does_not_acknowledge_it_after_taking_the_lead(team: Team) -> None:
    case = team.open()
    case_opening.leave_team(actor=team.tess, case=case, person=team.dana)
    opened = break_glass.break_glass(actor=team.dana, case=case, reason="Nobody answers.")
    Case.objects.filter(pk=case.pk).update(lead=team.dana)
    case_opening.join(actor=team.tess, case=case, person=team.dana, disciplines=["administration"])
    with pytest.raises(NotATransition):
        break_glass.acknowledge_glass(actor=team.dana, case=case, glass=opened)


def test_on_the_pages_it_takes_a_reason_reads_once_and_stands_on_the_case(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open(subject_name="Marker-Name")
    nia = signed_in(team.valley.cast.nia)
    refused = nia.get(case.path)
    assert refused.status_code == 403
    assert f"{case.path}privacy/glass/" in words(refused)
    assert "Write why." in words(send(nia, case, "privacy/glass/", "glass", reason=""))
    page = words(send(nia, case, "privacy/glass/", "glass", reason=WHY))
    assert "Marker-Concern" in page
    assert "Marker-Name" in page
    tess = signed_in(team.tess)
    home = seen(tess, case)
    assert "Nia Ward, not on the team, opened this case in an emergency" in home
    assert "Marker-Reason" in home
    row = BreakGlass.objects.get()
    assert "I have read it" in seen(tess, case, f"privacy/glass/{row.uuid}/")
    assert "I have read it" not in seen(signed_in(team.ben), case, f"privacy/glass/{row.uuid}/")
    tess.post(f"{case.path}privacy/glass/{row.uuid}/")
    assert "Acknowledged by Tess Moran" in seen(tess, case, "privacy/")
    assert "opened this case in an emergency" not in seen(tess, case)


def test_a_glass_ends_with_the_role_that_allowed_it(team: Team) -> None:
    from security_center.foundation.organizations import actions as people

    case, ivy = team.open(), team.valley.cast.ivy
    break_glass.break_glass(actor=ivy, case=case, reason=WHY)
    people.end_role(actor=team.valley.cast.ada, assignment=ivy.role_assignments.get())
    policies_of = type(ivy).objects.get(pk=ivy.pk)
    with pytest.raises(NotAllowed):
        break_glass.look_through(actor=policies_of, case=case)


def test_who_has_looked_is_for_members_and_auditors_and_holds_nothing_of_the_case(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open()
    case_access.look(actor=team.ben, case=case)
    break_glass.break_glass(actor=team.valley.cast.ivy, case=case, reason=WHY)
    break_glass.look_through(actor=team.valley.cast.ivy, case=case)
    for who in ("aud_elsewhere", "rosa", "sam", "omar", "lena", "nia", "ivy"):
        assert (
            signed_in(team.valley.cast.everyone[who]).get(f"{case.path}privacy/looks/").status_code == 404
        ), who
    auditor = signed_in(team.valley.cast.aud)
    assert auditor.get("/cases/looks/", {"number": "nothing"}).status_code == 200
    found = auditor.get("/cases/looks/", {"number": case.number.lower()})
    assert found.url == f"{case.path}privacy/looks/"
    page = words(auditor.get(found.url))
    for shown in ("Ben Cole", "Ivy Chen", "Read it in an emergency, not on the team"):
        assert shown in page
    assert "Marker-" not in page
    assert auditor.get(case.path).status_code == 404
