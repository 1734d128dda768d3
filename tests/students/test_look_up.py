"""One student is found by name or number; whoever is easily taken for them is shown beside; every look is
recorded."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.reporting.acts import everything_in_the_database
from tests.students.people import Register

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.students import actions, queries
from security_center.foundation.students.households import Guardian, Household
from security_center.foundation.students.queries import AlikeBy, Match, NothingToLookFor

pytestmark = pytest.mark.django_db


def look(register: Register, who: str = "tess", **words: str) -> list[Match]:
    return actions.look_up(
        actor=getattr(register.valley.cast, who), organization=register.valley.school, **words
    )


def names(matches: list[Match]) -> list[str]:
    return [match.identity.name for match in matches]


@pytest.mark.parametrize("who", ["ada", "aud", "omar", "rosa_elsewhere", "lena"])
def test_whoever_may_not_work_on_cases_of_the_school_looks_nobody_up(register: Register, who: str) -> None:
    register.enter("Jordan Avery")
    with pytest.raises(NotAllowed):
        look(register, who, name="Jordan Avery")


def test_an_administrator_enters_students_and_a_reader_does_not(register: Register) -> None:
    cast = register.valley.cast
    given = {"school": cast.school_a, "identifier": "1", "name": "Jordan Avery", "grade": "9"}
    with pytest.raises(NotAllowed):
        actions.enter_student(actor=cast.tess, **given)
    assert actions.enter_student(actor=cast.ada, **given).grade == "9"
    with pytest.raises(actions.IdentifierTaken):
        actions.enter_student(actor=cast.ada, **given | {"identifier": " 1 "})


@pytest.mark.parametrize("words", [{}, {"name": " "}, {"birth_date": "2011-03-01"}, {"identifier": "-"}])
def test_nobody_leafs_through_the_register(register: Register, words: dict[str, str]) -> None:
    register.enter("Jordan Avery")
    with pytest.raises(NothingToLookFor):
        look(register, **words)


@pytest.mark.parametrize(
    "name", ["Ana María García López", "garcia lopez, ana maria", "Ana García", "Ana Lopez", "ANA GARCÍA"]
)
def test_a_student_is_found_by_their_name_as_people_write_it(register: Register, name: str) -> None:
    register.enter("Ana María García López")
    register.enter("Robin Hale")
    assert names(look(register, name=name)) == ["Ana María García López"]


def test_a_number_finds_one_student_and_a_birth_date_puts_the_right_one_first(register: Register) -> None:
    register.enter("Jordan Avery", birth_date="2010-01-31")
    second = register.enter("Jordan Avery", birth_date="2011-02-28", identifier="A-77")
    assert [match.student for match in look(register, identifier="a77")] == [second]
    found = look(register, name="Jordan Avery", birth_date="2011-02-28")
    assert (found[0].student, found[0].agrees) == (second, ("birth_date", "name", "phonetic"))
    assert len(found) == 2


def test_who_has_the_same_name_or_one_that_sounds_alike_is_shown_beside_with_what_tells_them_apart(
    register: Register,
) -> None:
    cast = register.valley.cast
    register.enter("Jon Kramer", identifier="100")
    register.enter("John Cramer", school=cast.school_b, grade="7")
    register.enter("Robin Hale")
    found = look(register, name="Jon Kramer")
    assert names(found) == ["Jon Kramer"]
    [alike] = found[0].look_alikes
    assert (alike.identity.name, alike.by, alike.student.grade, alike.student.school) == (
        "John Cramer",
        AlikeBy.SOUND,
        "7",
        cast.school_b,
    )
    register.enter("Kramer, Jon", grade="11")
    assert [alike.by for alike in look(register, identifier="100")[0].look_alikes] == [
        AlikeBy.NAME,
        AlikeBy.SOUND,
    ]


def test_a_name_that_only_sounds_alike_is_found_when_there_is_no_other(register: Register) -> None:
    register.enter("Jiménez Ortiz")
    assert names(look(register, name="Gimenes Ortis")) == ["Jiménez Ortiz"]


def test_another_district_finds_nobody_and_shares_no_token(register: Register) -> None:
    cast = register.valley.cast
    register.enter("Jordan Avery", identifier="100")
    with scope(district=[cast.district_elsewhere.pk]):
        found = actions.look_up(
            actor=cast.rosa_elsewhere, organization=cast.school_elsewhere, name="Jordan Avery"
        )
        assert found == []
        assert queries.student_of_identifier(cast.district_elsewhere, "100") is None
    assert queries.student_of_identifier(cast.district, "100") is not None


def test_every_look_is_recorded_without_a_name(register: Register) -> None:
    student = register.enter("Jordan Avery")
    look(register, name="Jordan Avery", birth_date="2011-03-01")
    entry = Entry.objects.get(verb="student.looked_up")
    assert (entry.thing, entry.detail) == (student.thing, {"by": "name,birth_date", "found": 1})


def test_guardians_custody_and_supports_are_read_back(register: Register) -> None:
    homes = [
        Household((Guardian("Dee Avery", "mother", "555-0101", "es"), Guardian("Al Avery"))),
        Household((Guardian("Bo Roe", "father"),)),
    ]
    student = register.enter(
        "Jordan Avery",
        households=homes,
        custody_note="No contact with the father.",
        iep=True,
        section_504=False,
    )
    found = queries.file_of(student)
    assert found is not None
    assert (found.households, found.custody_note) == (homes, "No contact with the father.")
    assert (found.supports.iep, found.supports.section_504, found.supports.any) == (True, False, True)
    nothing = queries.file_of(register.enter("Robin Hale"))
    assert nothing is not None
    assert not nothing.supports.said


def test_no_word_of_a_student_is_in_the_database(register: Register) -> None:
    register.enter(
        "Markername Markerson",
        identifier="MARKER-77",
        birth_date="2009-09-09",
        households=[Household((Guardian("Markermother", "mother", "555-7777"),))],
        custody_note="MARKERNOTE",
        recognize="MARKERHAIR",
        schedule="MARKERROOM",
    )
    look(register, name="Markername Markerson", birth_date="2009-09-09")
    everything = everything_in_the_database().lower()
    assert b"marker" not in everything
    assert b"2009-09-09" not in everything
    assert b"555-7777" not in everything
