"""One administrator leads nobody to a school or district of their own, and closes no form, in silence:
whatever was announced before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from tests.cast import Cast, everybody_has_been_in, fresh

from security_center.center import actions as center
from security_center.foundation.clock import now
from security_center.foundation.notifications.models import Delivery, Message
from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.prevention import actions as prevention
from security_center.prevention.models import PublishedForm

NEW, ADDED, CHANGED, CLOSED = (
    "center.new_reader",
    "center.school_added",
    "center.place_changed",
    "center.form_closed",
)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody has been in, and the desks of one school and of the district work; so does the other
    district's."""
    everybody_has_been_in(cast)
    center.set_calendar(
        actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.rosa.pk, cast.ben.pk]
    )
    center.set_calendar(
        actor=cast.ada, desk=cast.district, preset="around_the_clock", people=[cast.nia.pk, cast.ivy.pk]
    )
    center.set_calendar(
        actor=cast.ada_elsewhere,
        desk=cast.district_elsewhere,
        preset="around_the_clock",
        people=[cast.nia_elsewhere.pk],
    )
    return cast


def names(*people: Person) -> set[str]:
    return {person.email for person in people}


def told(kind: str) -> set[str]:
    """By their addresses: the two districts have people of the same names."""
    return set(Message.objects.filter(kind=kind).values_list("person__email", flat=True))


def add(actor: Person, place: Organization, name: str, role: Role = Role.READER) -> Person:
    email = f"{name.replace(' ', '.').lower()}@maple.example"
    return fresh(actions.add_person(actor=actor, organization=place, name=name, email=email, role=role))


def test_a_second_reader_of_a_new_school_is_told_to_those_above_as_the_first_was(cast: Cast) -> None:
    new = actions.create_organization(
        actor=cast.ada, kind="school", parent=cast.district, name="Evening classes (trial)"
    )
    first = add(cast.ada, new, "Zed Quill", Role.PRINCIPAL)
    Message.objects.all().delete()
    add(cast.ada, new, "Yan Quill")
    assert told(NEW) == names(first, cast.ivy, cast.omar, cast.root)
    Message.objects.all().delete()
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        add(cast.ada, new, "Wim Quill")
    assert told(NEW) >= names(first)
    assert not told(NEW) & names(cast.ivy, cast.omar, cast.root)


def test_a_new_school_that_takes_the_name_of_another_is_told_to_those_above_whoever_reads_there(
    cast: Cast,
) -> None:
    new = actions.create_organization(
        actor=cast.ada, kind="school", parent=cast.district, name="Evening classes (trial)"
    )
    first = add(cast.ada, new, "Zed Quill", Role.PRINCIPAL)
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        actions.change_organization(
            actor=cast.ada, organization=cast.school_a, name="Maple High School (before)", active=False
        )
        assert (
            told(CHANGED)
            == told(CLOSED)
            == names(cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.ivy, cast.omar, cast.root)
        )
        Message.objects.all().delete()
        actions.change_organization(actor=cast.ada, organization=new, name="Maple High School")
    assert told(CHANGED) == names(first, cast.ivy, cast.omar, cast.root)
    assert "Maple High School" in str(Message.objects.get(person=cast.ivy).line)


def test_a_new_district_beside_working_ones_is_told_to_those_who_lead_them(cast: Cast) -> None:
    leads = names(cast.ada, cast.ivy, cast.omar, cast.ada_elsewhere, cast.ivy_elsewhere, cast.omar_elsewhere)
    new = actions.create_organization(
        actor=cast.root, kind="district", parent=cast.state, name="Harmless Valley"
    )
    assert told("center.district_added") == leads
    message = Message.objects.get(person=cast.ivy)
    assert ("Harmless Valley" in str(message.line), message.path) == (True, "")
    Message.objects.all().delete()
    actions.change_organization(actor=cast.root, organization=cast.district, name="Maple Valley (2025)")
    elsewhere = names(cast.ada_elsewhere, cast.ivy_elsewhere, cast.omar_elsewhere)
    at_the_desk = names(cast.nia, cast.ivy, cast.omar, cast.ada)
    at_its_schools = names(cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.lena, cast.paul)
    assert told(CHANGED) == elsewhere | at_the_desk | at_its_schools
    paths = dict(Message.objects.values_list("person__email", "path"))
    assert (paths[cast.ivy.email], paths[cast.ivy_elsewhere.email]) == (
        f"/organizations/{cast.district.pk}/",
        "",
    )
    Message.objects.all().delete()
    actions.change_organization(actor=cast.root, organization=new, name="Maple Valley School District")
    assert told(CHANGED) == leads


def test_a_districts_closed_form_is_told_to_its_leads_and_to_the_readers_of_its_schools(cast: Cast) -> None:
    actions.change_organization(actor=cast.ada, organization=cast.district, active=False)
    at_its_schools = names(cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.lena, cast.paul)
    assert told(CLOSED) == at_its_schools | names(cast.nia, cast.ivy, cast.omar, cast.root)
    assert Message.objects.values("kind").distinct().count() == 1


def test_a_readers_first_page_says_that_the_form_of_their_place_is_closed(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    closed = "The report form of Maple High School is closed"
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    PublishedForm.objects.filter(organization=cast.school_a).update(open=True)
    assert closed not in signed_in(cast.rosa).get("/").content.decode()
    actions.change_organization(actor=cast.ada, organization=cast.school_a, active=False)
    assert closed in signed_in(cast.rosa).get("/").content.decode()
    assert closed not in signed_in(cast.lena).get("/").content.decode()


def test_an_import_of_districts_is_one_message_for_each_and_none_while_no_district_works(cast: Cast) -> None:
    rows = "district,school\nAlder District,Alder School\nBeech District,Beech School\n"
    actions.import_districts(actor=cast.root, state=cast.state, text=rows)
    assert list(Message.objects.filter(person=cast.ivy).values_list("kind", "organization")) == [
        ("center.district_added", cast.state.pk)
    ]
    Message.objects.all().delete()
    [alder] = Organization.objects.filter(name="Alder District")
    add(cast.root, alder, "Zed Quill", Role.DISTRICT_SAFETY_LEAD)
    actions.create_organization(actor=cast.root, kind="school", parent=alder, name="Cherry School")
    assert not Message.objects.filter(person__name="Zed Quill").exists()


def test_the_second_other_address_of_a_day_is_told_at_the_first_one(cast: Cast) -> None:
    before = cast.rosa.email
    for email in ("rosa@new.example", "thief@away.example") * 5:
        actions.change_person(actor=cast.ada, person=fresh(cast.rosa), email=email)
    told_at = list(
        Delivery.objects.filter(message__kind="center.address_changed")
        .order_by("pk")
        .values_list("address", flat=True)
    )
    assert told_at[:3] == [before, "rosa@new.example", "thief@away.example"]
    assert Counter(told_at) == {before: 1, "rosa@new.example": 3, "thief@away.example": 3}, (
        "nobody's mailbox is filled by it"
    )


def test_a_namesake_in_a_district_where_no_desk_works_is_told_to_whoever_reads_at_the_one_that_works(
    cast: Cast,
) -> None:
    """A district with a harmless name is announced once. What is made in it afterwards stands in the
    reporters' list beside the real schools."""
    new = actions.create_organization(
        actor=cast.root, kind="district", parent=cast.state, name="Adult Education Office"
    )
    actions.create_organization(actor=cast.root, kind="school", parent=new, name="Evening classes")
    assert not told("center.namesake")
    other = actions.create_organization(
        actor=cast.root, kind="school", parent=new, name=cast.school_a.name.upper()
    )
    readers = names(cast.rosa, cast.ben, cast.ivy, cast.omar)
    assert told("center.namesake") >= readers
    assert (
        Message.objects.filter(kind="center.namesake").values_list("organization", flat=True).distinct().get()
        == cast.school_a.pk
    )
    Message.objects.all().delete()
    actions.change_organization(actor=cast.root, organization=other, name="Another")
    actions.change_organization(actor=cast.root, organization=other, name=cast.school_a.name)
    assert told("center.namesake") >= readers


def test_another_city_which_reporters_see_beside_the_name_is_told(cast: Cast) -> None:
    actions.change_organization(actor=cast.ada, organization=cast.school_a, city="CLOSED, choose Riverside")
    assert told(CHANGED) >= names(cast.rosa, cast.ben, cast.ivy, cast.omar)


def test_an_address_put_right_and_changed_again_the_same_day_is_told_each_time(cast: Cast) -> None:
    before = cast.rosa.email
    for email in ("rosa.mistyped@maple.example", before, "thief@away.example"):
        actions.change_person(actor=cast.ada, person=fresh(cast.rosa), email=email)
    told_at = (
        Delivery.objects.filter(message__kind="center.address_changed")
        .order_by("pk")
        .values_list("address", flat=True)
    )
    assert list(told_at) == [before, "rosa.mistyped@maple.example", before]


def test_an_adopted_plan_is_told_to_those_who_work_by_it_and_its_page_shows_all_that_changed(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    kind, everybody = (
        "center.plan_changed",
        [
            cast.rosa,
            cast.ben,
            cast.dana,
            cast.sam,
            cast.tess,
            cast.lena,
            cast.paul,
            cast.nia,
            cast.ivy,
            cast.omar,
        ],
    )
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    assert told(kind) == names(*everybody, cast.root)
    Message.objects.all().delete()
    prevention.adopt_plan(
        actor=cast.ada, organization=cast.district, other_line_number="555-0199", retention_days=30
    )
    prevention.adopt_plan(actor=cast.ada, organization=cast.district, languages=["en"])
    assert sorted(Message.objects.values_list("person__email", flat=True)) == sorted(
        names(*everybody, cast.root)
    )
    paths = dict(Message.objects.values_list("person__email", "path"))
    assert paths[cast.ivy.email] == f"/plan/{cast.district.slug}/compare/?from=1"
    assert paths[cast.rosa.email] == f"/plan/{cast.school_a.slug}/compare/?from=1"
    for reader in (cast.ivy, cast.rosa):
        page = signed_in(reader).get(paths[reader.email]).content.decode()
        assert "555-0199" in page
        assert cast.ada.name in page
    prevention.adopt_plan(actor=cast.ada, organization=cast.district, retention_days=40)
    assert list(
        Message.objects.filter(path__endswith="?from=3")
        .values_list("person__email", flat=True)
        .order_by("person__email")
    ) == sorted(names(cast.ivy, cast.rosa))


def test_a_schools_own_plan_is_told_there_and_above_and_to_nobody_while_a_district_is_set_up(
    cast: Cast,
) -> None:
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    Message.objects.all().delete()
    prevention.adopt_plan(actor=cast.ada, organization=cast.school_a)
    assert told("center.plan_changed") == names(
        cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.ivy, cast.omar, cast.root
    )
    Message.objects.all().delete()
    new = actions.create_organization(
        actor=cast.root, kind="district", parent=cast.state, name="Harmless Valley"
    )
    add(cast.root, new, "Zed Quill", Role.DISTRICT_SAFETY_LEAD)
    prevention.adopt_plan(actor=cast.root, organization=new)
    assert not told("center.plan_changed")
