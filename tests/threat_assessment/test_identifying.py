"""Who the student of a case is. threat-assessment.md F7: staff looked for a similarly named student while the
attacker walked."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reporting.acts import everything_in_the_database
from tests.students.people import Register
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.students import actions as register_actions
from security_center.foundation.students.households import Guardian, Household
from security_center.foundation.students.models import Student
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_opening,
    school_removals,
    state_transitions,
    student_identity,
)
from security_center.threat_assessment.actions.case_opening import PracticeIsMadeUp
from security_center.threat_assessment.actions.student_identity import DoesNotTellApart, TwoIdentifiersNeeded
from security_center.threat_assessment.models import Case

pytestmark = pytest.mark.django_db
HOMES = [
    Household((Guardian("Dee Kramer", "mother", "555-0101"),)),
    Household((Guardian("Al Kramer", "father", "555-0102", "es"),)),
]


@pytest.fixture
def register(team: Team) -> Register:
    return Register(team.valley)


@pytest.fixture
def jon(register: Register) -> Student:
    return register.enter(
        "Jon Kramer",
        identifier="A-100",
        grade="9",
        birth_date="2011-03-01",
        households=HOMES,
        custody_note="Marker-Custody",
        iep=True,
        schedule="Room 4",
    )


def confirm(team: Team, case: Case, student: Student, *compared: str, by: str = "tess") -> Case:
    return student_identity.confirm_student(
        actor=getattr(team, by), case=case, student=student, compared=compared
    )


@pytest.mark.parametrize("who", ["rosa", "ivy", "sam", "lena", "tess_elsewhere"])
def test_whoever_is_not_on_the_team_neither_looks_nor_confirms(team: Team, jon: Student, who: str) -> None:
    case, person = team.open(known_subject=False), getattr(team.valley.cast, who)
    with pytest.raises(NotAllowed):
        student_identity.look_for_student(actor=person, case=case, name="Jon Kramer")
    with pytest.raises(NotAllowed):
        student_identity.confirm_student(
            actor=person, case=case, student=jon, compared=["name", "student_id"]
        )
    with pytest.raises(NotAllowed):
        student_identity.describe_student(actor=person, case=case, name="Jon", facts="", compared=[])


def test_f07_a_similarly_named_student_gives_a_warning_and_a_name_alone_confirms_nobody(
    team: Team, register: Register, jon: Student
) -> None:
    """Apalachee 2024: the student called out of class was another one, whose name was nearly the same."""
    twin = register.enter("John Cramer", identifier="B-200", grade="9", birth_date="2011-08-09")
    case = team.open(known_subject=False)
    with pytest.raises(gates.GatesUnmet):
        state_transitions.advance(actor=team.tess, case=case, to="screening")
    [match] = student_identity.look_for_student(actor=team.tess, case=case, name="Jon Kramer")
    assert [(other.student, other.identity.name) for other in match.look_alikes] == [(twin, "John Cramer")]
    with pytest.raises(TwoIdentifiersNeeded):
        confirm(team, case, jon, "name")
    # Both are in grade 9 of one school, so name and grade, or school, are true of the wrong one as well.
    for compared in (("name", "grade"), ("name", "school", "grade"), ("name", "handle")):
        with pytest.raises(DoesNotTellApart):
            confirm(team, case, jon, *compared)
    case = confirm(team, case, jon, "name", "birth_date")
    assert (case.known_subject, case.student, case.subject_compared) == (True, jon, ["name", "birth_date"])
    assert state_transitions.advance(actor=team.tess, case=case, to="screening").state == "screening"


def test_a_birth_date_that_a_look_alike_shares_tells_nobody_apart(
    team: Team, register: Register, jon: Student
) -> None:
    register.enter("Jon Kramer", identifier="B-200", grade="8", birth_date="2011-03-01")
    case = team.open(known_subject=False)
    with pytest.raises(DoesNotTellApart):
        confirm(team, case, jon, "name", "birth_date")
    assert confirm(team, case, jon, "name", "grade").student == jon


def test_confirming_says_who_compared_what_and_whether_there_is_a_plan_of_special_education(
    team: Team, register: Register, jon: Student
) -> None:
    case = confirm(team, team.open(known_subject=False), jon, "name", "student_id")
    assert (case.special_education, case.subject_set_by) == (True, team.tess)
    entry = Entry.objects.filter(verb="case.student_confirmed", thing=case.thing).get()
    assert entry.detail == {"student": str(jon.uuid), "compared": "name+student_id", "alike": 0}
    other = register.enter("Robin Hale", iep=False, section_504=False)
    case = confirm(team, case, other, "name", "photo")
    assert (case.student, case.special_education) == (other, False)


def test_f10_nobody_presses_away_the_plan_of_special_education_that_the_register_names(
    team: Team, register: Register, jon: Student
) -> None:
    case = confirm(team, team.open(known_subject=False), jon, "name", "student_id")
    with pytest.raises(school_removals.RegisterSaysSo):
        school_removals.set_special_education(actor=team.tess, case=case, has_plan=False)
    # Of whom the register says nothing
    case = confirm(team, case, register.enter("Robin Hale"), "name", "photo")
    assert school_removals.set_special_education(actor=team.tess, case=case, has_plan=True).special_education
    assert not school_removals.set_special_education(
        actor=team.tess, case=case, has_plan=False
    ).special_education


def test_another_districts_student_is_never_of_this_case(team: Team, jon: Student) -> None:
    elsewhere = register_actions.enter_student(
        actor=None, school=team.valley.cast.school_elsewhere, identifier="1", name="Jon Kramer", grade="9"
    )
    with pytest.raises(NotAllowed):
        confirm(team, team.open(), elsewhere, "name", "student_id")


def test_a_practice_case_is_about_no_real_student(team: Team, jon: Student) -> None:
    case = team.open(practice=True)
    with pytest.raises(PracticeIsMadeUp):
        student_identity.look_for_student(actor=team.tess, case=case, name="Jon Kramer")
    with pytest.raises(PracticeIsMadeUp):
        confirm(team, case, jon, "name", "student_id")


def test_somebody_whom_the_register_does_not_hold_is_written_down(team: Team, jon: Student) -> None:
    case = confirm(team, team.open(), jon, "name", "student_id")
    case = student_identity.describe_student(
        actor=team.tess, case=case, name="", facts="Blue jacket, came by bicycle."
    )
    assert (case.known_subject, case.student, case.special_education) == (False, None, False)
    with pytest.raises(TwoIdentifiersNeeded):
        student_identity.describe_student(
            actor=team.tess, case=case, name="Max Doe", facts="", compared=["name"]
        )
    with pytest.raises(student_identity.NameWanted):
        student_identity.describe_student(
            actor=team.tess, case=case, name=" ", facts="", compared=["photo", "schedule"]
        )
    assert student_identity.describe_student(
        actor=team.tess, case=case, name="Max Doe", facts="", compared=["name", "photo"]
    ).known_subject


def test_whoever_a_case_names_stays_when_the_import_that_brought_them_is_undone(
    team: Team, register: Register
) -> None:
    row = register.apply(
        "id,name,grade,school\n1,Ann Lee,9,Maple High School\n2,Bo Roe,9,Maple High School\n"
    )
    [match] = student_identity.look_for_student(actor=team.tess, case=team.open(), name="Ann Lee")
    case = confirm(team, team.open(), match.student, "name", "student_id")
    row = register_actions.undo_import(actor=team.valley.cast.ada, student_import=row)
    assert (row.kept, Student.objects.count(), Case.objects.get(pk=case.pk).student) == (1, 1, match.student)


# --- pages
# -----------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_look_alike_the_open_case_and_what_refuses(
    team: Team, register: Register, jon: Student, signed_in: SignIn
) -> None:
    register.enter("John Cramer", identifier="B-200", grade="9", birth_date="2011-08-09")
    earlier = confirm(team, team.open(), jon, "name", "student_id")
    case, client = team.open(known_subject=False, subject_name="Jon Kramer"), signed_in(team.tess)
    team.valley.stack.close()
    assert 'value="Jon Kramer"' in seen(client, case, "subject/")
    found = words(send(client, case, "subject/", "look", student_name="Jon Kramer", birth_date="2011-03-01"))
    for shown in (
        "A-100",
        "John Cramer",
        "a name that sounds alike",
        f"An open case is about this student already: {earlier.number}",
        "Room 4",
    ):
        assert shown in found
    assert "Marker-Custody" not in found
    refused = words(send(client, case, f"subject/{jon.uuid}/", "confirm", compared=["name", "grade"]))
    assert "Compare something that is different for them" in refused
    assert (
        words(send(client, case, f"subject/{jon.uuid}/", "confirm", compared=["name"])).count(
            "Compare at least two things"
        )
        >= 1
    )
    page = words(send(client, case, f"subject/{jon.uuid}/", "confirm", compared=["name", "student_id"]))
    for shown in (
        "Noted who the student is",
        "Household 2",
        "Al Kramer",
        "555-0102",
        "Marker-Custody",
        "Full name, Student number",
    ):
        assert shown in page


def test_an_officer_on_the_team_sees_who_it_is_but_not_the_records(
    team: Team, jon: Student, signed_in: SignIn
) -> None:
    case = confirm(team, team.open(), jon, "name", "student_id")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    team.valley.stack.close()
    page = seen(signed_in(team.sam), case)
    assert "A-100" in page
    assert "Marker-Custody" not in page
    assert "Dee Kramer" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"birth_date": "2011-03-01"}, "A date of birth alone finds nobody"),
        ({"student_name": "Zzz Qqq"}, "Nobody in the register fits"),
    ],
)
def test_a_look_that_finds_nobody_says_what_to_do(
    team: Team, jon: Student, signed_in: SignIn, fields: dict[str, str], said: str
) -> None:
    case = team.open(known_subject=False)
    team.valley.stack.close()
    assert said in words(send(signed_in(team.tess), case, "subject/", "look", **fields))


def test_a_district_without_a_register_writes_down_by_hand(team: Team, signed_in: SignIn) -> None:
    case = team.open(known_subject=False)
    team.valley.stack.close()
    client = signed_in(team.tess)
    assert "This district has not entered its students" in seen(client, case, "subject/")
    answer: Any = send(
        client,
        case,
        "subject/describe/",
        "describe",
        student_name="Marker-Max",
        facts="Grade 9",
        compared=["name", "grade"],
    )
    assert "Marker-Max" in words(answer)
    assert b"Marker-Max" not in everything_in_the_database()


def test_a_new_case_leads_to_the_look_up(team: Team, jon: Student, signed_in: SignIn) -> None:
    team.valley.stack.close()
    client = signed_in(team.tess)
    assert "What did you compare" not in words(client.get("/cases/new/"))
    given = {
        "concern": "He says it.",
        "life_safety": "no",
        "subject_name": "Jon Kramer",
        "origin": "staff",
        "disciplines": ["administration"],
    }
    answer = client.post(
        "/cases/new/", {**{f"open-{key}": value for key, value in given.items()}, "open-lead": team.tess.pk}
    )
    assert answer["Location"].endswith("/subject/")
