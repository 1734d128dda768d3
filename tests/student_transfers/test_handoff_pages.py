"""A case goes to another school, in the browser: who takes it is found, and takes it on or declines."""

from __future__ import annotations

from tests.student_transfers.sent_cases import far, near, sent
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.clock import now
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Organization, RoleAssignment
from security_center.threat_assessment.models import Member


def test_the_whole_way_on_the_pages(team: Team, signed_in: SignIn) -> None:
    cast = team.valley.cast
    case, _judgement = team.judged()
    tess, paul = signed_in(team.tess), signed_in(cast.paul)
    refused = words(send(tess, case, "handoff/", "begin", to="", outside_school="", reason="Marker-Kept"))
    assert "Choose the school" in refused
    assert "Marker-Kept" in refused
    assert "Send the packet" in words(
        send(tess, case, "handoff/", "begin", to=near(team).pk, outside_school="", reason="They move.")
    )
    page = words(send(tess, case, "handoff/send/", "packet", parts=["summary"], note="Call his aunt first."))
    assert "The packet is sent" in page
    row = case.handoffs.get()
    form = {
        "take-lead": cast.paul.pk,
        "take-lead_disciplines": ["administration"],
        "take-second": cast.lena.pk,
    }
    assert "Choose at least one discipline." in words(paul.post(f"{row.path}take/", form))
    answer = paul.post(f"{row.path}take/", {**form, "take-second_disciplines": ["counseling"]}, follow=True)
    assert "The case is your school’s now." in words(answer)
    assert "Marker-Concern" in seen(paul, case)
    assert Member.objects.filter(case=case, removed_at__isnull=True).count() == 2


def test_f07_a_receiver_who_is_not_there_rings_above_it_and_the_giver_is_told_what_to_do(
    team: Team, signed_in: SignIn
) -> None:
    case, _row = sent(team, near(team))
    RoleAssignment.objects.filter(person=team.valley.cast.paul).delete()
    assert "has not answered in time" not in seen(signed_in(team.tess), case, "handoff/")
    for _day in range(5):
        team.valley.pass_time(days=1)
        team.valley.ring()
    offered = open_about(f"case_offer:{case.number}").get()
    assert {one.name for step in offered.steps.all() for one in step.told.all()} == {
        "Ivy Chen",
        "Nia Ward",
        "Omar Reyes",
    }
    assert open_about(case.thing, "case.handoff").get().holder == team.tess
    assert "Birch Middle School has not answered in time. Call there." in seen(
        signed_in(team.tess), case, "handoff/"
    )


def test_declining_on_the_page_tells_the_giver_why(team: Team, signed_in: SignIn) -> None:
    case, row = sent(team, near(team))
    paul = signed_in(team.valley.cast.paul)
    assert "Write the reason first" in words(paul.post(f"{row.path}decline/", {"reason-reason": ""}))
    paul.post(f"{row.path}decline/", {"reason-reason": "Marker-Why: not enrolled."})
    assert "Marker-Why" in seen(signed_in(team.tess), case, "handoff/")


def test_a_school_among_hundreds_of_other_districts_is_found_by_its_name_and_can_be_chosen(
    team: Team, signed_in: SignIn
) -> None:
    case, _judgement = team.judged()
    elsewhere = far(team)
    Organization.objects.bulk_create(
        Organization(
            kind="school",
            parent=elsewhere.parent,
            name=f"Aspen School {number:03}",
            slug=f"aspen-{number}",
            created_at=now(),
        )
        for number in range(450)
    )
    tess = signed_in(team.tess)
    page = words(tess.get(f"{case.path}handoff/"))
    assert "Aspen School" not in page
    assert near(team).name in page
    assert elsewhere.name in words(tess.get(f"{case.path}handoff/", {"q": elsewhere.name}))
    assert "Aspen School 449" in words(tess.get(f"{case.path}handoff/", {"q": "aspen 449"}))
    send(tess, case, "handoff/", "begin", to=elsewhere.pk, outside_school="", reason="They move.")
    assert case.handoffs.get().to_school == elsewhere
