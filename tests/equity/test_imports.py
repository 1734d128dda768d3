"""The sealed import: who may not, bad files, used and undone as a whole, and nothing of it in the clear."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.equity.district import Pupil, enrolment_csv, protected_csv, used
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.team import Team

from security_center.equity.actions import importing
from security_center.equity.csv_rows import parse
from security_center.equity.models import Enrolment, Figures, Import, ProtectedRow
from security_center.equity.queries import pages
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed

SignIn = Callable[[Person], Client]
PUPILS = [
    Pupil("MARKER-4711", "pacific_islander", "section_504", "learner", "another"),
    Pupil("MARKER-4712", "white"),
]
# Words that stand in no other table: of groups that the test's students have.
CODES = (b"pacific_islander", b"section_504")


def read(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    "name", ["rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "ada_elsewhere"]
)
def test_nobody_but_the_data_officer_of_the_district_imports(team: Team, name: str) -> None:
    person = getattr(team.valley.cast, name)
    with pytest.raises(NotAllowed):
        importing.send(
            actor=person,
            district=team.valley.cast.district,
            kind=Import.Kind.PROTECTED,
            text=protected_csv(PUPILS),
        )
    source = importing.send(
        actor=team.valley.cast.ada,
        district=team.valley.cast.district,
        kind=Import.Kind.PROTECTED,
        text=protected_csv(PUPILS),
    )
    for act in (importing.use, importing.undo):
        with pytest.raises(NotAllowed):
            act(actor=person, source=source)


def test_no_value_and_no_number_of_a_student_lies_in_any_table(team: Team) -> None:
    ada, district = team.valley.cast.ada, team.valley.cast.district
    source = importing.send(
        actor=ada, district=district, kind=Import.Kind.PROTECTED, text=protected_csv(PUPILS)
    )
    for step in (lambda: None, lambda: importing.use(actor=ada, source=source)):
        step()
        stored = everything_in_the_database()
        assert b"MARKER-47" not in stored
        assert b"marker47" not in stored
        assert not any(code in stored for code in CODES)
    assert ProtectedRow.objects.count() == 2
    row = ProtectedRow.objects.first()
    assert row is not None
    assert len(row.token) == 32


def test_the_tokens_are_of_keys_that_no_other_table_has(team: Team) -> None:
    from security_center.foundation.students import sealing as register

    used(team, Import.Kind.PROTECTED, protected_csv(PUPILS))
    district = team.valley.cast.district
    tokens = set(ProtectedRow.objects.values_list("token", flat=True))
    assert register.blinder(district).token("identifier", "MARKER-4711") not in tokens


def test_a_file_replaces_the_one_before_and_is_undone_as_a_whole(team: Team) -> None:
    ada = team.valley.cast.ada
    first = used(team, Import.Kind.PROTECTED, protected_csv(PUPILS))
    second = used(team, Import.Kind.PROTECTED, protected_csv(PUPILS[:1]))
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "used")
    Figures(
        district=team.valley.cast.district, kind="equity", period="2025-26", tables={}, made_at=team.valley.at
    ).save()
    importing.undo(actor=ada, source=second)
    first.refresh_from_db()
    assert first.state == "used"
    assert not ProtectedRow.objects.filter(source=second).exists()
    assert Figures.objects.get().basis_undone_at is not None, "what rested on it says so"
    for act in (importing.use, importing.undo):
        with pytest.raises(importing.NotPossible):
            act(actor=ada, source=second)


def test_enrolment_is_counted_by_school_field_and_group(team: Team) -> None:
    used(team, Import.Kind.ENROLMENT, enrolment_csv(team.valley.school, "2025-26", white=600, black=150))
    assert dict(Enrolment.objects.filter(axis="race").values_list("group", "students")) == {
        "white": 600,
        "black": 150,
    }


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("protected", "", "holds no rows"),
        ("protected", "student_id,race\n1,white", "must name the column “disability”"),
        ("protected", "student_id,race,disability,english_learner,gender\n,white,,,", "number is missing"),
        (
            "protected",
            "student_id,race,disability,english_learner,gender\n1,white,,,\n1,white,,,",
            "in line 2 already",
        ),
        (
            "protected",
            "student_id,race,disability,english_learner,gender\n1,purple,,,",
            "“race” must be empty or one of",
        ),
        ("protected", 'student_id,race,disability,english_learner,gender\n1,"white,,,', "quotation mark"),
        ("enrolment", "school,school_year,field,group,students\nx,2025-26,race,white,many", "whole number"),
        ("enrolment", "school,school_year,field,group,students\nx,2025-26,shoe,white,3", "“field” must be"),
        (
            "enrolment",
            "school,school_year,field,group,students\nx,2025-26,race,white,3\nx,2025-26,race,white,3",
            "in line 2 already",
        ),
        ("enrolment", "school,school_year,field,group,students\nx,2025,race,white,3", "such as 2025-26"),
    ],
)
def test_a_bad_file_is_refused_with_the_line_and_what_to_do(kind: str, text: str, sentence: str) -> None:
    faults = [fault.sentence for fault in parse(kind, text).faults]
    assert any(sentence in fault for fault in faults), faults


def test_enrolment_of_an_unknown_school_and_of_uneven_sums_is_refused(team: Team) -> None:
    ada, cast = team.valley.cast.ada, team.valley.cast
    text = enrolment_csv(cast.school_a, "2025-26", white=600).replace(
        "gender,female,600", "gender,female,599"
    )
    with pytest.raises(importing.FaultyRows) as refused:
        importing.send(actor=ada, district=cast.district, kind=Import.Kind.ENROLMENT, text=text)
    assert "add up to different numbers" in refused.value.faults[0].sentence
    with pytest.raises(importing.FaultyRows) as refused:
        importing.send(
            actor=ada,
            district=cast.district,
            kind="enrolment",
            text=enrolment_csv(cast.school_elsewhere, "2025-26", white=6),
        )
    assert "no school of this district" in refused.value.faults[0].sentence


def test_a_data_officer_sends_looks_uses_and_undoes_without_seeing_a_student(
    team: Team, signed_in: SignIn
) -> None:
    team.valley.stack.close()
    ada = signed_in(team.valley.cast.ada)
    sent: Any = ada.post(
        "/figures/imports/",
        {
            "kind": "protected",
            "file": SimpleUploadedFile("p.csv", protected_csv(PUPILS).encode(), "text/csv"),
        },
        follow=True,
    )
    place = sent.redirect_chain[-1][0]
    page = read(sent)
    assert "The file has 2 rows, and all can be used." in page
    assert "MARKER-47" not in page
    assert "in use" in read(ada.post(f"{place}use/", follow=True))
    assert "undone, all of it" in read(ada.post(f"{place}undo/", follow=True))
    bad: Any = ada.post("/figures/imports/", {"kind": "protected", "rows": "student_id,race\n1,white"})
    assert bad.status_code == 422
    assert "must name the column “gender”" in read(bad)
    assert "student_id,race" in read(bad), "nothing typed is lost"
    elsewhere = signed_in(team.valley.cast.ada_elsewhere)
    assert elsewhere.get(place).status_code == 404
    assert signed_in(team.valley.cast.ivy).get(place).status_code == 403


def test_what_a_file_changes_is_told_in_numbers(team: Team) -> None:
    used(team, Import.Kind.PROTECTED, protected_csv(PUPILS))
    later = [PUPILS[0], Pupil("N1", "white"), Pupil("N2", "white")]
    source = importing.send(
        actor=team.valley.cast.ada,
        district=team.valley.cast.district,
        kind=Import.Kind.PROTECTED,
        text=protected_csv(later),
    )
    preview = pages.preview(source)
    assert preview is not None
    assert (preview.rows, preview.known, preview.new, preview.gone) == (3, 1, 2, 1)
