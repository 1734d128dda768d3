"""One-time links: for whom, how long, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import resolve
from tests.cast import PASSWORD, Cast, give_totp, totp_code

from security_center.foundation.clock import clock_at, now
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, policies
from security_center.foundation.organizations.models import Invitation, Organization, Person

NEW_PASSWORD = "a-Quiet-harbor-72"


def token_of(path: str) -> str:
    return path.split("/")[2]


def test_only_whoever_looks_after_a_person_invites_them(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.invite(actor=cast.everyone[name], person=cast.ben)
    assert not Invitation.objects.exists()


def test_the_link_is_an_address_of_the_staff_program(cast: Cast) -> None:
    assert resolve(actions.invite(actor=cast.ada, person=cast.ben)).view_name == "organizations:invitation"


def test_the_stored_row_opens_nothing(cast: Cast) -> None:
    token = token_of(actions.invite(actor=cast.ada, person=cast.ben))
    stored = Invitation.objects.get()
    assert token not in str(stored.__dict__)
    assert token.encode() not in bytes(stored.token_digest)
    assert not Entry.objects.filter(detail__icontains=token).exists()


def test_a_link_works_once(cast: Cast) -> None:
    token = token_of(actions.invite(actor=cast.ada, person=cast.ben))
    assert actions.accept_invitation(token=token, password=NEW_PASSWORD) == cast.ben
    assert Person.objects.get(pk=cast.ben.pk).check_password(NEW_PASSWORD)
    with pytest.raises(actions.InvitationUsed):
        actions.accept_invitation(token=token, password="another-Password-93")
    assert Person.objects.get(pk=cast.ben.pk).check_password(NEW_PASSWORD)
    assert Entry.objects.get(verb="invitation.accepted").actor == f"person:{cast.ben.pk}"


def test_a_link_ends_after_seven_days(cast: Cast) -> None:
    token = token_of(actions.invite(actor=cast.ada, person=cast.ben))
    with clock_at(now() + timedelta(days=6, hours=23)):
        assert actions.open_invitation(token).person == cast.ben
    with clock_at(now() + timedelta(days=7, seconds=1)), pytest.raises(actions.InvitationExpired):
        actions.accept_invitation(token=token, password=NEW_PASSWORD)


def test_a_newer_link_ends_the_older(cast: Cast) -> None:
    older = token_of(actions.invite(actor=cast.ada, person=cast.ben))
    newer = token_of(actions.invite(actor=cast.ada, person=cast.ben))
    with pytest.raises(actions.InvitationExpired):
        actions.open_invitation(older)
    assert actions.open_invitation(newer).person == cast.ben


@pytest.mark.usefixtures("db")
def test_a_token_that_was_never_made_opens_nothing() -> None:
    for token in ("", "x", "a" * 43, "é" * 20):
        with pytest.raises(actions.InvitationUnknown):
            actions.open_invitation(token)


def test_the_page_takes_the_password_once_and_leads_to_the_second_factor(cast: Cast) -> None:
    path = actions.invite(actor=cast.ada, person=cast.ben)
    client = Client()
    page = client.get(path)
    assert page.status_code == 200
    assert cast.ben.email in page.content.decode()
    assert not Invitation.objects.filter(used_at__isnull=False).exists(), (
        "looking uses nothing up: mail programs look too"
    )
    answer = client.post(path, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")
    assert client.get("/account/second-factor/").status_code == 200
    assert client.get("/account/2fa/totp/activate/").status_code == 200, (
        "the password just given is not asked for again"
    )
    assert Client().get(path).status_code == 410
    assert Client().post(path, {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        ("password123456", "password123456", "too common"),
        (NEW_PASSWORD, NEW_PASSWORD + "x", "not the same"),
        ("", "", "required"),
    ],
)
def test_a_weak_or_mistyped_password_does_not_use_the_link_up(
    cast: Cast, password: str, again: str, said: str
) -> None:
    path = actions.invite(actor=cast.ada, person=cast.ben)
    page = Client().post(path, {"password": password, "again": again})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert actions.open_invitation(token_of(path)).person == cast.ben


def test_a_stolen_link_does_not_pass_the_second_factor(cast: Cast) -> None:
    secret = give_totp(cast.ben)
    path = actions.invite(actor=cast.ada, person=cast.ben)
    client = Client()
    answer = client.post(path, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get("/organizations/").status_code == 302, "not in yet"
    client.post("/account/2fa/authenticate/", {"code": totp_code(secret)})
    assert client.get("/organizations/").status_code == 200


def test_opening_a_link_signs_out_whoever_was_signed_in_there(cast: Cast, signed_in: object) -> None:
    client: Client = signed_in(cast.ada)  # type: ignore[operator]
    path = actions.invite(actor=cast.ada, person=cast.rosa)
    client.post(path, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.rosa.pk)


def test_the_first_administrator_gets_a_link_until_it_was_used(open_vault: None) -> None:
    first = actions.first_administrator_link(actor=None)
    person = Person.objects.get()
    assert (person.email, person.is_first_administrator) == ("admin@localhost", True)
    again = actions.first_administrator_link(actor=None)
    assert first != again
    with pytest.raises(actions.InvitationExpired):
        actions.open_invitation(token_of(first))
    actions.accept_invitation(token=token_of(again), password=NEW_PASSWORD)
    assert actions.first_administrator_link(actor=None) == ""
    assert Person.objects.count() == 1
    actions.create_organization(actor=person, kind=Organization.Kind.DISTRICT, name="Small District")
    assert actions.first_administrator_link(actor=None) == ""


def test_the_first_administrator_is_not_needed_where_people_are(cast: Cast) -> None:
    assert actions.first_administrator_link(actor=None, email="intruder@example.org") == ""
    assert not Person.objects.filter(email="intruder@example.org").exists()
    assert cast.root.check_password(PASSWORD)
