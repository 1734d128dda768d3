"""Links that set a password (one's own reset, an administrator's invitation), in other hands, too late,
twice, or eight times at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from tests.cast import PASSWORD, TOTP_SECRET, Cast, give_totp, sign_in, totp_code
from tests.reporting.acts import everything_in_the_database

from security_center.foundation.clock import now
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Invitation, Person
from security_center.foundation.organizations.tasks import send_password_link

RESET, CODE, LOGIN = "/account/password/reset/", "/account/2fa/authenticate/", "/account/login/"
NEW, OTHER = "a-Quiet-harbor-72", "another-Harbor-51"


def reset_link(person: Person, **asked: Any) -> str:
    """The path of the link that comes by mail when somebody asks for it."""
    Client().post(RESET, {"email": person.email}, **asked)
    cache.delete(f"password-link:{person.pk}")  # ten minutes pass
    send_password_link.func(person.pk)
    (link,) = (word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    assert link.startswith(settings.SSC_STAFF_URL)
    return str(link.removeprefix(settings.SSC_STAFF_URL))


def used(path: str, password: str = NEW, client: Client | None = None) -> HttpResponse:
    """Open the link and type a password twice, on either kind of page."""
    client = client or Client()
    page = client.get(path, follow=True)
    return client.post(
        page.request["PATH_INFO"], dict.fromkeys(("password1", "password2", "password", "again"), password)
    )


def sets(path: str, person: Person, password: str = NEW) -> bool:
    used(path, password)
    return bool(Person.objects.get(pk=person.pk).check_password(password))


@pytest.fixture(params=["reset", "invitation"])
def link(request: pytest.FixtureRequest, cast: Cast) -> str:
    """One of the two kinds, for Rosa, who has a second factor."""
    give_totp(cast.rosa)
    return (
        reset_link(cast.rosa)
        if request.param == "reset"
        else actions.invite(actor=cast.ada, person=cast.rosa)
    )


def test_a_link_sets_one_password(cast: Cast, link: str) -> None:
    assert sets(link, cast.rosa)
    assert not sets(link, cast.rosa, OTHER)


def test_a_page_that_was_open_when_the_link_was_used_sets_none(cast: Cast, link: str) -> None:
    late = Client()
    page = late.get(link, follow=True)
    assert sets(link, cast.rosa)
    late.post(
        page.request["PATH_INFO"], dict.fromkeys(("password1", "password2", "password", "again"), OTHER)
    )
    assert Person.objects.get(pk=cast.rosa.pk).check_password(NEW)


def test_a_link_dies_when_the_password_changes_in_another_way(cast: Cast, link: str) -> None:
    client = sign_in(cast.rosa)
    answer = client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    )
    assert answer.status_code == 302
    assert not sets(link, cast.rosa)


def test_each_kind_of_link_dies_when_the_other_is_used(cast: Cast) -> None:
    for first, second in ((0, 1), (1, 0)):
        links = (actions.invite(actor=cast.ada, person=cast.rosa), reset_link(cast.rosa))
        assert sets(links[first], cast.rosa, f"{NEW}-{first}")
        assert not sets(links[second], cast.rosa, OTHER)


def test_of_two_links_that_were_asked_for_one_is_used(cast: Cast) -> None:
    """An older invitation is dead at once. Of two reset links either works: the first to be used is the
    last."""
    older = actions.invite(actor=cast.ada, person=cast.ben)
    newer = actions.invite(actor=cast.ada, person=cast.ben)
    assert not sets(older, cast.ben)
    assert sets(newer, cast.ben)
    with time_machine.travel(now(), tick=False) as traveller:
        older = reset_link(cast.rosa)
        traveller.shift(timedelta(minutes=11))
        newer = reset_link(cast.rosa)
        assert older != newer
        assert sets(older, cast.rosa)
        assert not sets(newer, cast.rosa, OTHER)


def test_a_link_ends(cast: Cast) -> None:
    with time_machine.travel(now(), tick=False) as traveller:
        reset, invitation = reset_link(cast.rosa), actions.invite(actor=cast.ada, person=cast.ben)
        traveller.shift(timedelta(days=3, seconds=1))
        assert not sets(reset, cast.rosa)
        traveller.shift(timedelta(days=4))
        assert not sets(invitation, cast.ben)


def test_a_link_dies_when_the_person_signs_in_with_the_password_they_remembered(cast: Cast) -> None:
    """So whoever gets at an old mail later finds nothing in it."""
    link = reset_link(cast.aud)
    Client().post(LOGIN, {"login": cast.aud.email, "password": PASSWORD})
    assert not sets(link, cast.aud)


def test_a_link_that_went_to_an_old_address_is_dead(cast: Cast, link: str) -> None:
    actions.change_person(actor=cast.ada, person=cast.rosa, email="rosa.new@maple.example.org")
    assert not sets(link, cast.rosa)


def test_a_link_of_somebody_who_left_is_dead_also_when_they_come_back(cast: Cast, link: str) -> None:
    actions.leave(actor=cast.ada, person=cast.rosa)
    assert not sets(link, cast.rosa)
    actions.readmit(actor=cast.ada, person=Person.objects.get(pk=cast.rosa.pk))
    assert not sets(link, cast.rosa)


def test_a_person_who_left_gets_no_link(cast: Cast) -> None:
    actions.leave(actor=cast.ada, person=cast.rosa)
    Client().post(RESET, {"email": cast.rosa.email})
    send_password_link.func(cast.rosa.pk)
    assert mail.outbox == []


def test_a_link_leads_past_no_second_factor(cast: Cast, link: str) -> None:
    client = Client()
    used(link, client=client)
    assert client.get("/organizations/").status_code == 302
    client.post(LOGIN, {"login": cast.rosa.email, "password": NEW})
    assert client.get("/organizations/").status_code == 302
    client.post(CODE, {"code": totp_code(TOTP_SECRET)})
    assert client.get("/organizations/").status_code == 200


@pytest.mark.parametrize("kind", ["reset", "invitation"])
def test_a_link_ends_the_sessions_of_whoever_had_the_old_password(cast: Cast, kind: str) -> None:
    thief = sign_in(cast.aud)
    cast.aud.refresh_from_db()
    assert thief.get("/organizations/").status_code == 200
    assert sets(
        reset_link(cast.aud) if kind == "reset" else actions.invite(actor=cast.ada, person=cast.aud), cast.aud
    )
    assert thief.get("/organizations/").status_code == 302


def test_a_copied_database_holds_no_link(cast: Cast) -> None:
    reset, invitation = reset_link(cast.rosa), actions.invite(actor=cast.ada, person=cast.ben)
    stored = everything_in_the_database()
    for secret in (reset.rstrip("/").rpartition("-")[2], invitation.strip("/").rpartition("/")[2]):
        assert len(secret) > 20
        assert secret.encode() not in stored
    row = Invitation.objects.get(person=cast.ben)
    digest = bytes(row.token_digest)
    for forged in (digest.hex(), digest.decode("latin-1"), row.pk):
        assert not sets(f"/invitation/{forged}/", cast.ben)


def test_the_host_that_somebody_names_does_not_get_into_the_mail(cast: Cast) -> None:
    for asked in (
        {"headers": {"host": "evil.example.net"}},
        {"headers": {"x-forwarded-host": "evil.example.net"}},
        {"SERVER_NAME": "evil.example.net"},
    ):
        reset_link(cast.rosa, **asked)
        assert "evil" not in mail.outbox[-1].body


def test_a_link_of_one_person_sets_no_password_of_another(cast: Cast) -> None:
    mine, theirs = reset_link(cast.rosa), reset_link(cast.ben)
    crossed = theirs.replace(
        theirs.rpartition("/key/")[2].partition("-")[0] + "-",
        mine.rpartition("/key/")[2].partition("-")[0] + "-",
        1,
    )
    assert crossed not in {mine, theirs}
    assert not sets(crossed, cast.rosa)
    client = Client()
    client.get(mine, follow=True)  # the key of one link lies in the session; the address names the other
    client.post(
        theirs.rpartition("-")[0].rpartition("-")[0] + "-set-password/",
        {"password1": OTHER, "password2": OTHER},
    )
    assert not Person.objects.get(pk=cast.ben.pk).check_password(OTHER)


def test_of_eight_who_use_one_link_at_once_one_sets_the_password(raced: Any) -> None:
    found = raced["links"]
    assert found["reset"] == {"in": 1, "200": 7}
    assert found["invited"] == {"in": 1, "410": 7}
    assert found["changes"] == [1, 1]
    assert found["one of the eight"] == 1


def test_what_was_set_by_a_link_is_in_the_ledger_and_the_link_is_not(cast: Cast, link: str) -> None:
    assert sets(link, cast.rosa)
    written = [f"{entry.verb} {entry.detail}" for entry in Entry.objects.all()]
    assert sum(line.startswith(("person.password_changed", "invitation.accepted")) for line in written) == 1
    assert not any(link.strip("/").rpartition("/")[2] in line for line in written)
