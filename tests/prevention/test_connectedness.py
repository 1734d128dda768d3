"""The connectedness check: who may read names, what it keeps of a student, and who hears of those who have
nobody."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import Valley, everything_in_the_database, valley  # noqa: F401 - the fixture

from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.students.actions import enter_student
from security_center.foundation.students.models import Student
from security_center.prevention import connected_pages
from security_center.prevention.actions import connecting
from security_center.prevention.models import Check, TrustedAdult

SignIn = Callable[[Person], Client]


@pytest.fixture
def begun(valley: Valley) -> tuple[Valley, Check, list[Student]]:  # noqa: F811
    students = [
        enter_student(
            actor=None,
            school=valley.school,
            identifier=f"70{number}",
            name=f"Marker-Student {number}",
            grade="9",
        )
        for number in range(3)
    ]
    return valley, connecting.begin_check(actor=valley.cast.ben, school=valley.school), students


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


Begun = tuple[Valley, Check, list[Student]]


def test_nobody_elsewhere_and_nobody_without_the_task_reads_a_name(begun: Begun, signed_in: SignIn) -> None:
    valley, check, _students = begun  # noqa: F811
    for who in (
        "ben_elsewhere",
        "tess_elsewhere",
        "omar_elsewhere",
        "lena",
        "paul",
        "sam",
        "ivy",
        "omar",
        "aud",
        "ada",
    ):
        for place in ("", "grades/9/", "without/", "pairs/"):
            rung = place == "without/" and who in {"ivy", "omar"}
            assert signed_in(valley.cast.everyone[who]).get(f"{check.path}{place}").status_code == (
                200 if rung else 404
            ), (who, place)
    assert signed_in(valley.cast.rosa).get(f"{check.path}without/").status_code == 403
    with pytest.raises(NotAllowed):
        connecting.mark_mine(actor=valley.cast.sam, check=check, shown=[], mine=[])


@pytest.mark.parametrize("who", ["nia", "ivy", "omar"])
def test_whom_the_duty_rings_last_sees_how_many_and_whom_to_ask_and_no_name(
    begun: Begun, signed_in: SignIn, who: str
) -> None:
    valley, check, students = begun  # noqa: F811
    page = signed_in(valley.cast.everyone[who]).get(f"{check.path}without/").content.decode()
    assert f"{len(students)} students have no adult named." in page
    assert valley.cast.ben.name in page
    assert "Marker-Student" not in page


def test_names_of_students_and_adults_are_nowhere_in_clear(begun: Begun) -> None:
    valley, check, _students = begun  # noqa: F811
    connecting.import_pairs(actor=valley.cast.ben, check=check, text="700,Marker-Adult")
    assert b"Marker-" not in everything_in_the_database()


@pytest.mark.parametrize("text", ["", "  \n", '700,"Ben'])
def test_what_cannot_be_read_as_rows_is_said_in_a_sentence_and_keeps_nothing(begun: Begun, text: str) -> None:
    valley, check, _students = begun  # noqa: F811
    with pytest.raises(connecting.FaultyPairs):
        connecting.import_pairs(actor=valley.cast.ben, check=check, text=text)
    assert not TrustedAdult.objects.exists()


def test_it_keeps_of_a_student_only_who_their_adult_is() -> None:
    kept = {field.name for field in TrustedAdult._meta.get_fields()}
    assert kept == {"id", "uuid", "check_round", "student", "person", "name", "marked_at", "marked_by"}


def test_an_adult_marks_whose_adult_they_are_and_takes_it_back(begun: Begun, signed_in: SignIn) -> None:
    valley, check, students = begun  # noqa: F811
    client = signed_in(valley.cast.rosa)
    page = words(client.get(f"{check.path}grades/9/"))
    assert all(f"Marker-Student {number}" in page for number in range(3))
    assert "connectedness.read" in [entry.verb for entry in entries_about(check.thing)]
    shown = [str(student.pk) for student in students]
    client.post(f"{check.path}grades/9/", {"shown": shown, "mine": shown[:2]})
    assert "2 of 3 students have an adult named." in words(client.get(check.path))
    client.post(f"{check.path}grades/9/", {"shown": shown, "mine": shown[1:2]})
    assert [row.student_id for row in TrustedAdult.objects.all()] == [students[1].pk]
    assert "has somebody else" in words(signed_in(valley.cast.ben).get(f"{check.path}grades/9/"))


def test_who_has_nobody_is_a_duty_of_the_counselor_until_everybody_has_somebody(
    begun: Begun, signed_in: SignIn
) -> None:
    valley, check, students = begun  # noqa: F811
    shown = [student.pk for student in students]
    connecting.mark_mine(actor=valley.cast.rosa, check=check, shown=shown, mine=shown[:1])
    client = signed_in(valley.cast.ben)
    client.post(f"{check.path}end/")
    duty = Duty.objects.open().get(thing=check.thing)
    assert (duty.holder, duty.path) == (valley.cast.ben, f"{check.path}without/")
    listed = words(client.get(duty.path))
    assert ("Marker-Student 0" in listed, "Marker-Student 1" in listed) == (False, True)
    with pytest.raises(connecting.AlreadyEnded):
        connecting.end_check(actor=valley.cast.ben, check=check)
    connecting.mark_mine(actor=valley.cast.ben, check=check, shown=shown, mine=shown[1:])
    assert not Duty.objects.open().filter(pk=duty.pk).exists()


def test_pairs_are_taken_whole_or_not_at_all(begun: Begun, signed_in: SignIn) -> None:
    valley, check, _students = begun  # noqa: F811
    client = signed_in(valley.cast.ben)
    wrong = words(client.post(f"{check.path}pairs/", {"rows": "700,Coach Kim\n999,Coach Kim\n701,"}))
    assert ("Line 2:" in wrong, "Line 3:" in wrong, TrustedAdult.objects.count()) == (True, True, 0)
    client.post(f"{check.path}pairs/", {"rows": "700,Coach Kim\n701,rosa.ortiz@maple.example.org"})
    assert {row.person for row in TrustedAdult.objects.all()} == {None, valley.cast.rosa}
    client.post(f"{check.path}pairs/", {"rows": "701,rosa.ortiz@maple.example.org"})
    assert TrustedAdult.objects.count() == 2


def test_a_check_is_begun_once_each_half_year_and_needs_students(begun: Begun, signed_in: SignIn) -> None:
    valley, check, _students = begun  # noqa: F811
    assert check.half == "2026-2"
    with pytest.raises(connecting.AlreadyBegun):
        connecting.begin_check(actor=valley.cast.ben, school=valley.school)
    with pytest.raises(connecting.NoRegister):
        connecting.begin_check(actor=None, school=valley.cast.school_b)
    valley.pass_time(days=60)
    signed_in(valley.cast.tess).post(f"/connectedness/at/{valley.school.slug}/begin/")
    assert Check.objects.filter(half="2027-1").exists()
    (line,) = connected_pages.school_lines([valley.school])
    assert line.now is not None
    assert line.now.half == "2027-1"
