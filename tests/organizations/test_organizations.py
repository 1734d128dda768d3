"""The tree: what may stand where, and who may put it there."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.cast import Cast

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, policies, queries
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.vault import queries as vault


def test_somebody_without_the_permission_creates_and_changes_nothing(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "aud", "ada_elsewhere", "rosa_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.create_organization(
                actor=cast.everyone[name], kind="school", parent=cast.district, name="Elm School"
            )
        with pytest.raises(policies.NotAllowed):
            actions.change_organization(actor=cast.everyone[name], organization=cast.school_a, name="Other")
    assert not Organization.objects.filter(name__in=["Elm School", "Other"]).exists()


def test_a_second_tree_is_raised_by_nobody(cast: Cast) -> None:
    for person in (cast.ada, cast.root):
        with pytest.raises(policies.NotAllowed):
            actions.create_organization(actor=person, kind="district", name="Lone District")


def test_a_new_school_gets_the_keys_of_its_desk_and_an_entry(cast: Cast) -> None:
    school = actions.create_organization(
        actor=cast.ada, kind="school", parent=cast.district, name="Elm School"
    )
    assert vault.current_keys([f"desk:{school.pk}"])
    entry = Entry.objects.get(verb="organization.created", thing=f"organization:{school.pk}")
    assert entry.actor == f"person:{cast.ada.pk}"
    assert entry.organization_id == school.pk
    assert (school.slug, school.time_zone, school.dispatch_number) == (
        "elm-school",
        cast.district.time_zone,
        "555-0100",
    )


def test_the_first_administrator_raises_the_tree_and_becomes_its_administrator(open_vault: None) -> None:
    beginner = Person.objects.create_user(email="a@example.org", name="A", is_first_administrator=True)
    with pytest.raises(actions.WrongParent):
        actions.create_organization(actor=beginner, kind="school", name="Lone School")
    district = actions.create_organization(actor=beginner, kind="district", name="Small District")
    assert policies.roles_at(beginner, district) == {Role.ADMINISTRATOR}
    assert beginner.organization == district
    assert Entry.objects.filter(verb="role.given", thing=f"person:{beginner.pk}").exists()


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        ("school", "state"),
        ("school", "school_a"),
        ("district", "district"),
        ("state", "state"),
        ("school", None),
    ],
)
def test_a_kind_in_the_wrong_place_is_refused(cast: Cast, kind: str, parent: str | None) -> None:
    with pytest.raises(actions.WrongParent):
        actions.create_organization(
            actor=cast.root, kind=kind, parent=getattr(cast, parent) if parent else None, name="Elm"
        )


def test_one_name_stands_once_under_one_parent_whatever_its_case(cast: Cast) -> None:
    with pytest.raises(actions.NameTaken):
        actions.create_organization(
            actor=cast.ada, kind="school", parent=cast.district, name="MAPLE high school"
        )
    with pytest.raises(actions.NameTaken):
        actions.change_organization(actor=cast.ada, organization=cast.school_b, name="Maple High School")
    twin = actions.create_organization(
        actor=cast.ada_elsewhere, kind="school", parent=cast.district_elsewhere, name="Maple High School"
    )
    assert twin.slug == "maple-high-school-2"


def test_the_short_address_stays_when_the_name_changes(cast: Cast) -> None:
    actions.change_organization(
        actor=cast.ada, organization=cast.school_a, name="Maple Valley High School", enrollment=700
    )
    cast.school_a.refresh_from_db()
    assert (cast.school_a.name, cast.school_a.slug) == ("Maple Valley High School", "maple-high-school")
    entry = Entry.objects.get(verb="organization.changed")
    assert entry.detail == {"fields": "enrollment,name"}, "which fields, never what was typed"


def test_an_unknown_time_zone_is_refused(cast: Cast) -> None:
    with pytest.raises(actions.UnknownTimeZone):
        actions.change_organization(actor=cast.ada, organization=cast.school_a, time_zone="Mars/Olympus")
    with pytest.raises(actions.SlugTaken):
        actions.change_organization(actor=cast.ada, organization=cast.school_a, slug=cast.school_b.slug)


def test_a_refused_action_leaves_no_trace(cast: Cast) -> None:
    before = Entry.objects.count()
    with pytest.raises(actions.NameTaken), transaction.atomic():
        actions.create_organization(
            actor=cast.ada, kind="school", parent=cast.district, name=cast.school_a.name
        )
    assert Entry.objects.count() == before


def test_the_tree_is_shown_from_where_the_person_stands(cast: Cast) -> None:
    assert [(place.name, depth) for place, depth in queries.tree(cast.ada)] == [
        ("Maple Valley School District", 0),
        ("Birch Middle School", 1),
        ("Maple High School", 1),
    ]
    assert [depth for _place, depth in queries.tree(cast.root)] == [0, 1, 2, 2, 1, 2, 2]
