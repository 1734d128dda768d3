"""The summary of a case on paper: by what the printer may read, marked with who printed it, and whole
whatever signs were typed."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from django.test import Client
from tests.case_records.privacy import text_of
from tests.threat_assessment.pages import seen
from tests.threat_assessment.team import Team

from security_center.foundation.ledger.queries import entries_about
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import case_opening, inquiry

SignIn = Callable[..., Client]
SIGNS = (
    "Marker-Signs 😀 🔫 \u200f\u0645\u0631\u062d\u0628\u0627 שלום 汉字 \U0001f9ff #panic() *bold* \x07 "
    "\ud83d <b>"
)


def test_nobody_but_a_member_prints_a_case(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    assert signed_in(team.valley.cast.ivy).get(f"{case.path}privacy/summary/").status_code == 403
    for who in ("rosa", "sam", "aud", "lena", "tess_elsewhere"):
        assert (
            signed_in(team.valley.cast.everyone[who]).get(f"{case.path}privacy/summary/").status_code == 404
        ), who
    assert not [entry for entry in entries_about(case.thing) if entry.verb == "case.printed"]


def test_a_summary_is_tagged_numbered_marked_with_its_printer_and_in_the_ledger(
    team: Team, signed_in: SignIn
) -> None:
    case = team.managed()
    answer = signed_in(team.ben).get(f"{case.path}privacy/summary/")
    paper = text_of(answer)
    for there in (
        "Marker-Concern",
        "Marker-Dissent",
        "Printed by Ben Cole",
        "Page 1",
        "He named a day.",
        "Talk each week.",
    ):
        assert there in paper, there
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert [entry.actor for entry in entries_about(case.thing) if entry.verb == "case.printed"] == [
        f"person:{team.ben.pk}"
    ]
    assert "Summary on paper" in seen(signed_in(team.ben), case)


def test_the_paper_of_an_officer_leaves_out_the_schools_records(team: Team, signed_in: SignIn) -> None:
    case = team.managed()
    inquiry.add_source(actor=team.ben, case=case, kind="rec_discipline", note="Marker-Record: two fights.")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    assert "Marker-Record" in text_of(signed_in(team.ben).get(f"{case.path}privacy/summary/"))
    paper = text_of(signed_in(team.sam).get(f"{case.path}privacy/summary/"))
    assert "Marker-Record" not in paper
    assert "Marker-Concern" in paper


@pytest.mark.long
def test_signs_that_no_font_has_and_texts_of_great_length_do_not_stop_a_paper(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened(subject_name=SIGNS)
    prompts = list(doctrine.prompts())
    for number, prompt in enumerate(prompts):
        inquiry.find(
            actor=team.ben,
            case=case,
            prompt=prompt,
            answer="yes",
            note=f"{SIGNS} {number} " + "long " * 2000,
            version=0,
        )
    for spanish in (False, True):
        client = signed_in(team.ben)
        if spanish:
            client.cookies["django_language"] = "es"
        paper = text_of(client.get(f"{case.path}privacy/summary/"))
        assert paper.count("Marker-Signs") > len(prompts)
        assert "[grinning face]" in paper
        assert "#panic()" in paper
