"""Entering people, changing them, their leaving and coming back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.cast import PASSWORD, Cast, give_totp

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, policies, queries, signals
from security_center.foundation.organizations.models import Person, Role


def test_only_an_administrator_of_the_place_enters_people(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "aud", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.add_person(
                actor=cast.everyone[name], organization=cast.school_a, name="New", email="new@example.org"
            )
    assert not Person.objects.filter(email="new@example.org").exists()


def test_a_new_person_can_do_nothing_yet(cast: Cast) -> None:
    person = actions.add_person(
        actor=cast.ada, organization=cast.school_a, name="Joy Hill", email=" Joy.Hill@Maple.example.org "
    )
    assert person.email == "joy.hill@maple.example.org"
    assert not person.has_usable_password()
    assert policies.held(person) == []
    assert policies.may_edit_person(cast.ada, person)


def test_an_address_belongs_to_one_person_whatever_its_case(cast: Cast) -> None:
    with pytest.raises(actions.AddressTaken):
        actions.add_person(
            actor=cast.ada, organization=cast.school_a, name="Other", email="ROSA.ortiz@maple.example.org"
        )
    with pytest.raises(actions.AddressTaken):
        actions.change_person(actor=cast.ada, person=cast.ben, email="rosa.ortiz@maple.example.org")


def test_an_administrator_of_another_district_changes_no_one_here(cast: Cast) -> None:
    for actor in (cast.ada_elsewhere, cast.rosa, cast.dana):
        with pytest.raises(policies.NotAllowed):
            actions.change_person(actor=actor, person=cast.ben, name="Taken Over")
        with pytest.raises(policies.NotAllowed):
            actions.leave(actor=actor, person=cast.ben)
        with pytest.raises(policies.NotAllowed):
            actions.reset_second_factor(actor=actor, person=cast.ben)
        with pytest.raises(policies.NotAllowed):
            actions.readmit(actor=actor, person=cast.ben)


def test_the_address_of_somebody_who_also_works_elsewhere_cannot_be_taken_over(cast: Cast) -> None:
    actions.assign_role(
        actor=cast.root, person=cast.rosa, organization=cast.school_elsewhere, role=Role.READER
    )
    with pytest.raises(policies.NotAllowed):
        actions.change_person(actor=cast.ada, person=cast.rosa, email="mine@example.org")
    with pytest.raises(policies.NotAllowed):
        actions.invite(actor=cast.ada, person=cast.rosa)


def test_the_ledger_names_the_changed_fields_and_nothing_typed(cast: Cast) -> None:
    actions.change_person(actor=cast.ada, person=cast.rosa, phone="555-777-marker", language="es")
    entry = Entry.objects.get(verb="person.changed")
    assert entry.detail == {"fields": "language,phone"}
    assert "marker" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_a_new_address_ends_the_link_that_went_to_the_old_one(cast: Cast) -> None:
    token = actions.invite(actor=cast.ada, person=cast.rosa).split("/")[2]
    actions.change_person(actor=cast.ada, person=cast.rosa, email="rosa@new.example.org")
    with pytest.raises(actions.InvitationExpired):
        actions.accept_invitation(token=token, password=PASSWORD)


def test_leaving_ends_everything_and_tells_the_rooms_above(cast: Cast, signed_in: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**facts: Any) -> None:
        facts["people_left"] = queries.people_with_role(cast.school_a, Role.READER)
        heard.append(facts)

    signals.person_leaving.connect(listen)
    try:
        client: Client = signed_in(cast.rosa)
        token = actions.invite(actor=cast.ada, person=cast.rosa).split("/")[2]
        actions.leave(actor=cast.ada, person=cast.rosa)
    finally:
        signals.person_leaving.disconnect(listen)
    assert len(heard) == 1
    assert heard[0]["person"] == cast.rosa
    assert heard[0]["actor"] == cast.ada
    assert heard[0]["roles"] == [(Role.READER, cast.school_a)]
    assert heard[0]["people_left"] == [], "whoever takes over is chosen among those who stay"
    cast.rosa.refresh_from_db()
    assert cast.rosa.left_at is not None
    assert policies.held(cast.rosa) == []
    assert client.get("/account/security/").status_code == 302, "signed out at once"
    with pytest.raises(actions.InvitationExpired):
        actions.open_invitation(token)
    assert Entry.objects.get(verb="person.left").detail == {"roles_ended": 1}


def test_a_receiver_that_fails_keeps_the_person(cast: Cast) -> None:
    def fail(**_facts: Any) -> None:
        raise RuntimeError("no one to hand over to")

    signals.person_leaving.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            actions.leave(actor=cast.ada, person=cast.rosa)
    finally:
        signals.person_leaving.disconnect(fail)
    assert Person.objects.get(pk=cast.rosa.pk).is_active
    assert queries.people_with_role(cast.school_a, Role.READER) == [cast.rosa]
    assert not Entry.objects.filter(verb="person.left").exists()


def test_the_last_administrator_cannot_leave(cast: Cast) -> None:
    for assignment in policies.held(cast.root):
        assert assignment.role == Role.ADMINISTRATOR
    with pytest.raises(actions.LastAdministrator):
        actions.leave(actor=cast.root, person=cast.root)
    actions.leave(actor=cast.root, person=cast.ada)
    assert not Person.objects.get(pk=cast.ada.pk).is_active


def test_somebody_who_comes_back_starts_without_a_role(cast: Cast) -> None:
    actions.leave(actor=cast.ada, person=cast.rosa)
    with pytest.raises(actions.PersonHasLeft):
        actions.invite(actor=cast.ada, person=cast.rosa)
    with pytest.raises(policies.NotAllowed):
        actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_a, role=Role.READER)
    actions.readmit(actor=cast.ada, person=cast.rosa)
    assert policies.held(cast.rosa) == []
    assert not Person.objects.get(pk=cast.rosa.pk).has_usable_password()
    assert actions.invite(actor=cast.ada, person=cast.rosa)


def test_taking_away_a_lost_second_factor_is_told_and_signs_out(cast: Cast, signed_in: Any) -> None:
    heard: list[Any] = []

    def listen(person: Person, actor: Person, **_rest: Any) -> None:
        heard.append((person, actor))

    give_totp(cast.rosa)
    assert queries.has_second_factor(cast.rosa)
    signals.second_factor_reset.connect(listen)
    try:
        actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    finally:
        signals.second_factor_reset.disconnect(listen)
    assert not queries.has_second_factor(cast.rosa)
    assert heard == [(cast.rosa, cast.ada)]
    assert Entry.objects.filter(verb="person.second_factor_reset", actor=f"person:{cast.ada.pk}").exists()


def test_a_person_chooses_the_language_of_their_own_pages(cast: Cast) -> None:
    actions.change_language(actor=cast.rosa, language="es")
    assert Person.objects.get(pk=cast.rosa.pk).language == "es"
    actions.change_language(actor=cast.rosa, language="xx")
    assert Person.objects.get(pk=cast.rosa.pk).language == "en"
