"""A case is opened in the browser: who may not, what is asked first, and what stays of what was typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from tests.threat_assessment.pages import SignIn, opening_form, words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.models import Duty
from security_center.foundation.vault.provider import VaultLocked
from security_center.threat_assessment.models import Case


def test_an_officer_an_auditor_and_an_administrator_open_no_case(team: Team, signed_in: SignIn) -> None:
    for who in (team.sam, team.valley.cast.aud, team.valley.cast.ada, team.valley.cast.omar):
        assert signed_in(who).get(reverse("threat_assessment:case_new")).status_code == 403


def test_no_case_is_opened_from_a_report_that_one_does_not_see(team: Team, signed_in: SignIn) -> None:
    report = team.valley.taken()
    address = reverse("threat_assessment:case_new") + f"?report={report.number}"
    assert signed_in(team.valley.cast.tess_elsewhere).get(address).status_code == 404
    assert signed_in(team.valley.cast.lena).get(address).status_code in {403, 404}


def test_a_case_is_opened_from_the_page_of_a_report_which_stays_as_it_is(
    team: Team, signed_in: SignIn
) -> None:
    report = team.valley.taken(what="Marker-Report: he will hurt someone.")
    tess = signed_in(team.tess)
    address = reverse("threat_assessment:case_new") + f"?report={report.number}"
    assert address in words(tess.get(reverse("reporting:report", args=[report.number])))
    shown = words(tess.get(address))
    assert report.number in shown
    assert "Marker-Report" not in shown
    answer = tess.post(address, opening_form(**{"open-lead": team.tess.pk}))
    case = Case.objects.get()
    assert answer.url == case.path
    assert [row.report_number for row in case.reports.all()] == [report.number]
    assert case.origin == "report"
    assert case.known_subject
    before = report.state
    report.refresh_from_db()
    assert report.state == before
    assert report.decided_at is None
    page = words(tess.get(case.path))
    assert "Marker-Typed" in page
    assert "Marker-Report" not in page
    assert case.number in words(tess.get(address))


@pytest.mark.parametrize(("category", "asks"), [("threat_person", True), ("facility", False)])
def test_a_report_that_is_the_teams_says_so_where_the_next_step_stands(
    team: Team, signed_in: SignIn, category: str, asks: bool
) -> None:
    report = team.valley.taken(category=category)
    page = words(signed_in(team.tess).get(reverse("reporting:report", args=[report.number])))
    assert ("A report of this kind is for the threat assessment team too." in page) is asks


def test_whoever_opens_a_case_that_another_leads_is_led_back_to_what_they_may_read(
    team: Team, signed_in: SignIn
) -> None:
    report = team.valley.taken()
    rosa, address = signed_in(team.valley.cast.rosa), reverse("threat_assessment:case_new")
    given = opening_form(**{"open-lead": team.tess.pk, "open-life_safety": "yes"})
    answer = rosa.post(f"{address}?report={report.number}", given, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("reporting:report", args=[report.number])
    assert "The case is open, and Tess Moran leads it." in words(answer)
    assert rosa.post(address, given).url == reverse("threat_assessment:cases")
    owed = Duty.objects.filter(thing__in=[case.thing for case in Case.objects.all()], kind="case.step")
    assert {duty.urgency for duty in owed} == {"U1"}  # fifteen minutes are not routine


def test_what_was_typed_stays_when_a_case_cannot_be_opened_yet(team: Team, signed_in: SignIn) -> None:
    given = opening_form(
        **{"open-lead": team.tess.pk, "open-disciplines": [], "open-subject_facts": "Marker-Facts"}
    )
    page = words(signed_in(team.tess).post(reverse("threat_assessment:case_new"), given))
    assert "Choose at least one discipline." in page
    assert "Marker-Typed" in page
    assert "Marker-Facts" in page
    assert not Case.objects.exists()


def test_one_identifier_alone_does_not_make_a_student_known(team: Team, signed_in: SignIn) -> None:
    signed_in(team.tess).post(
        reverse("threat_assessment:case_new"),
        opening_form(**{"open-lead": team.tess.pk, "open-compared": ["name"]}),
    )
    assert not Case.objects.get().known_subject


def test_whoever_works_for_several_schools_chooses_one_first(team: Team, signed_in: SignIn) -> None:
    ivy, address = signed_in(team.valley.cast.ivy), reverse("threat_assessment:case_new")
    assert "At which school is the student?" in words(ivy.get(address))
    assert team.valley.school.name in words(ivy.get(f"{address}?school={team.valley.school.slug}"))
    assert "At which school is the student?" in words(
        ivy.get(f"{address}?school={team.valley.cast.school_elsewhere.slug}")
    )


def test_a_form_that_is_sent_twice_opens_one_case(team: Team, signed_in: SignIn) -> None:
    tess, ben = signed_in(team.tess), signed_in(team.ben)
    once = re.search(
        r'name="open-once" value="([0-9a-f-]{36})"', words(tess.get(reverse("threat_assessment:case_new")))
    )
    assert once is not None
    form = opening_form(**{"open-once": once.group(1), "open-lead": team.tess.pk})
    answers = [tess.post(reverse("threat_assessment:case_new"), form) for _time in range(2)]
    assert answers[0].url == answers[1].url
    assert Case.objects.count() == 1
    assert ben.post(reverse("threat_assessment:case_new"), form).url != answers[0].url, (
        "nobody is led to somebody else's case by it"
    )


def test_whoever_sends_a_form_while_the_vault_is_locked_hears_that_it_was_not_saved(
    team: Team, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise VaultLocked

    tess = signed_in(team.tess)
    monkeypatch.setattr("security_center.foundation.vault.tokens.provider", locked)
    answer = tess.post(reverse("threat_assessment:case_new"), opening_form(**{"open-lead": team.tess.pk}))
    assert answer.status_code == 503
    assert "What you typed was not saved" in words(answer)
