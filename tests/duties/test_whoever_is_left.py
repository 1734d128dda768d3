"""Whoever is left where a ladder ends in nobody."""

from __future__ import annotations

import pytest

from security_center.foundation.duties import audiences, left
from security_center.foundation.duties.audiences import Look
from security_center.foundation.duties.left import Circle, Left, whoever_is_left
from security_center.foundation.organizations.models import Organization, Person, Role, RoleAssignment

from .conftest import START, House, minutes

THING = "sort:1"


@pytest.fixture
def staffed(house: House) -> House:
    """Ben leads the school, Nia the district's safety, Omar administers the district."""
    for person, place, role in (
        (house.ben, house.school, Role.PRINCIPAL),
        (house.nia, house.district, Role.DISTRICT_SAFETY_LEAD),
        (house.omar, house.district, Role.ADMINISTRATOR),
    ):
        RoleAssignment.objects.create(person=person, organization=place, role=role, starts_at=minutes(-60))
    return house


def found(house: House, holder: Person | None = None) -> Left:
    look = Look([THING], [house.school], START)
    return whoever_is_left(kind="k", organization=house.school, thing=THING, holder=holder, look=look)


def leave(*people: Person) -> None:
    for person in people:
        Person.objects.filter(pk=person.pk).update(is_active=False)
        person.is_active = False


def test_the_nearest_is_told_and_administrators_only_when_nobody_else_is_left(staffed: House) -> None:
    assert found(staffed, staffed.rosa) == Left([staffed.rosa])
    assert found(staffed) == Left([staffed.ben])
    leave(staffed.ben)
    assert found(staffed) == Left([staffed.nia])
    leave(staffed.nia)
    assert found(staffed) == Left([staffed.omar], administrators=True)
    leave(staffed.omar)
    assert found(staffed) == Left([])


def test_who_is_away_is_passed_over_unless_all_are(staffed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    away = {staffed.ben.pk}
    monkeypatch.setattr(audiences, "_away", [lambda ids, _at: ids & away])
    assert found(staffed) == Left([staffed.nia])
    away |= {staffed.nia.pk, staffed.omar.pk}
    assert found(staffed) == Left([staffed.ben])


def test_who_works_on_the_thing_comes_first_and_a_room_may_leave_administrators_out(
    staffed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def around(kind: str, thing: str, place: Organization) -> Circle:
        asked.append((kind, thing, place))
        return Circle(close=[staffed.rosa], roles=frozenset(), administrators=False)

    monkeypatch.setattr(left, "_around", {})
    left.register("sort", around)
    assert found(staffed) == Left([staffed.rosa])
    assert asked == [("k", THING, staffed.school)]
    leave(staffed.rosa)
    assert found(staffed) == Left([])
