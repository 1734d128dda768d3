"""One student entered by hand: checked like a row of a file, shown beside look-alikes, put in force,
corrected and undone."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.students.people import Register

from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.students import actions, queries
from security_center.foundation.students.actions import checking
from security_center.foundation.students.models import Student, StudentImport
from security_center.foundation.students.queries.one_student import file_of

SignIn = Callable[..., Client]
JORDAN = {
    "identifier": "004217",
    "name": "Jordan Avery",
    "grade": "9",
    "birth_date": "2012-05-30",
    "guardian_1": "Dee Avery",
    "phone_1": "555-0101",
}


def send(client: Client, register: Register, **typed: str) -> Any:
    district = register.valley.cast.district
    return client.post(
        f"/students/{district.slug}/enter/", {"school": register.valley.school.pk, **JORDAN, **typed}
    )


def entered(register: Register, **typed: str) -> StudentImport:
    row = actions.begin_single(
        actor=register.valley.cast.ada, school=register.valley.school, typed={**JORDAN, **typed}
    )
    checking.check_import(import_id=row.pk)
    return actions.apply_import(actor=register.valley.cast.ada, student_import=row)


def test_only_an_administrator_of_the_district_enters_a_student(
    register: Register, signed_in: SignIn
) -> None:
    cast = register.valley.cast
    for who in ("tess", "dana", "rosa", "ivy", "ada_elsewhere"):
        assert send(signed_in(cast.everyone[who]), register).status_code in {403, 404}, who
    with pytest.raises(NotAllowed):
        actions.begin_single(actor=cast.tess, school=register.valley.school, typed=JORDAN)
    assert not StudentImport.objects.exists()


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    register: Register, signed_in: SignIn
) -> None:
    client = signed_in(register.valley.cast.ada)
    for typed, said in (
        ({"birth_date": "1912-05-30"}, "is no date on which a student was born"),
        ({"name": "=cmd()"}, "begins like a formula"),
        ({"identifier": ""}, "The student number is missing."),
        ({"grade": ""}, "Choose the grade."),
    ):
        answer = send(client, register, **typed)
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 422
        assert said in page
        assert "555-0101" in page
    assert not StudentImport.objects.exists()


def test_a_student_is_checked_shown_beside_look_alikes_and_put_in_force(
    register: Register, signed_in: SignIn
) -> None:
    register.enter("Jordan Avery", identifier="90001")
    client = signed_in(register.valley.cast.ada)
    answer = send(client, register)
    row = StudentImport.objects.get()
    assert answer["Location"] == f"/students/imports/{row.uuid}/"
    assert not row.whole
    checking.check_import(import_id=row.pk)
    page = html.unescape(client.get(answer["Location"]).content.decode())
    for text in (
        "Easily taken for one another",
        "Jordan Avery (90001)",
        "Jordan Avery (004217)",
        "stays as they are",
    ):
        assert text in page, text
    client.post(f"/students/imports/{row.uuid}/apply/")
    (match,) = queries.look_up(register.valley.school, identifier="004217")
    assert match.identity.name == "Jordan Avery"
    assert Student.objects.count() == 2


def test_a_correction_leaves_what_was_not_typed_and_is_undone(register: Register) -> None:
    entered(register)
    corrected = entered(register, grade="10", guardian_1="", phone_1="")
    student = Student.objects.get()
    assert (student.grade, corrected.changed, corrected.came) == ("10", 1, 0)
    kept = file_of(student)
    assert kept is not None
    assert [one.name for home in kept.households for one in home.guardians] == ["Dee Avery"]
    actions.undo_import(actor=register.valley.cast.ada, student_import=corrected)
    assert Student.objects.get().grade == "9"
