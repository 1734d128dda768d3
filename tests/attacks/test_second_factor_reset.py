"""B9: one administrator cannot become a reader unannounced. Whoever had their sign-in set anew reads nothing
until a colleague agrees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.cast import PASSWORD, TOTP_SECRET, Cast, everybody_has_been_in, fresh, give_totp, totp_code

from security_center.foundation.duties import audiences
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions, policies, queries, readmission
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed

WAITING = "/account/waiting/"
SignedIn = Callable[..., Client]


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody has been in: a password and a second factor."""
    return everybody_has_been_in(cast)


def reset(cast: Cast, person: Person | None = None) -> Person:
    actions.reset_second_factor(actor=cast.ada, person=person or cast.rosa)
    return fresh(person or cast.rosa)


def test_an_administrator_who_resets_a_readers_second_factor_and_signs_in_as_them_reads_nothing(
    cast: Cast,
) -> None:
    reset(cast)
    path = actions.invite(actor=cast.ada, person=cast.rosa)
    thief = Client()
    thief.post(path, {"password": "another-Harbor-51", "again": "another-Harbor-51"})
    give_totp(cast.rosa)
    thief = Client()
    thief.post("/account/login/", {"login": cast.rosa.email, "password": "another-Harbor-51"})
    thief.post("/account/2fa/authenticate/", {"code": totp_code(TOTP_SECRET)})
    for address in ("/", "/desk/", "/organizations/", "/cases/", "/people/"):
        answer = thief.get(address)
        assert (answer.status_code, answer["Location"]) == (302, WAITING), address
    page = thief.get(WAITING).content.decode()
    assert cast.ben.name in page
    assert "911" in page
    rosa = fresh(cast.rosa)
    assert policies.held(rosa) == []
    assert not any(policies.has(rosa, permission, cast.school_a) for permission in Permission)
    assert queries.district_ids(rosa) == []


def test_until_then_they_are_no_coverage_and_rungs_pass_on_at_once(cast: Cast) -> None:
    rosa = reset(cast)
    assert rosa not in queries.people_with_role(cast.school_a, Role.READER)
    assert rosa not in queries.people_with_any_role(
        cast.school_a, [Role.READER, Role.COUNSELOR], include_above=True
    )
    look = audiences.Look(["report:1"], [cast.school_a], timezone.now())
    told = audiences.resolve("holder", organization=cast.school_a, thing="report:1", holder=rosa, look=look)
    assert told == []
    actions.let_in(actor=cast.ben, person=rosa)
    assert rosa in queries.people_with_role(cast.school_a, Role.READER)


def test_the_colleagues_of_the_desk_are_asked_and_asked_again(cast: Cast) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        reset(cast)
        duty = Duty.objects.get(kind="center.colleague_waits")
        traveller.shift(1)
        advance_due_steps()
        asked = set(Message.objects.filter(kind=duty.kind).values_list("person", flat=True))
        assert {cast.ben.pk, cast.dana.pk, cast.ivy.pk} <= asked
        assert not asked & {cast.rosa.pk, cast.ada.pk, cast.lena.pk, cast.rosa_elsewhere.pk}
        traveller.shift(timedelta(hours=5))
        advance_due_steps()
        assert Message.objects.filter(kind=duty.kind, person=cast.ben).count() == 2


def test_a_colleague_agrees_on_a_page_and_the_reader_reads_again(cast: Cast, signed_in: SignedIn) -> None:
    rosa = reset(cast)
    page = f"/people/{rosa.pk}/let-in/"
    colleague = signed_in(cast.ben)
    shown = colleague.get(page).content.decode()
    assert cast.rosa.name in shown
    assert cast.ada.name in shown
    assert colleague.post(page).status_code == 302
    assert policies.has(fresh(rosa), Permission.REPORT_READ, cast.school_a)
    assert not Duty.objects.open().filter(kind="center.colleague_waits").exists()
    entry = Entry.objects.get(verb="person.let_back_in")
    assert (entry.actor, entry.thing) == (f"person:{cast.ben.pk}", f"person:{rosa.pk}")
    assert colleague.get(page).status_code == 404


def test_nobody_else_may_agree(cast: Cast, signed_in: SignedIn) -> None:
    rosa = reset(cast)
    give_totp(rosa)
    for person in (cast.ada, rosa, cast.lena, cast.rosa_elsewhere, cast.aud, cast.root, cast.omar):
        with pytest.raises(NotAllowed):
            actions.let_in(actor=person, person=rosa)
        if person != rosa:
            assert signed_in(person).post(f"/people/{rosa.pk}/let-in/").status_code == 404, person.name
    assert fresh(rosa).waits_since is not None


def test_an_administrator_who_also_reads_does_not_agree_to_their_own_reset(cast: Cast) -> None:
    actions.assign_role(actor=cast.root, person=cast.ada, organization=cast.school_a, role=Role.READER)
    rosa = reset(cast)
    with pytest.raises(NotAllowed):
        actions.let_in(actor=fresh(cast.ada), person=rosa)


def test_two_who_wait_do_not_let_each_other_in(cast: Cast) -> None:
    rosa, ben = reset(cast), reset(cast, cast.ben)
    with pytest.raises(NotAllowed):
        actions.let_in(actor=ben, person=rosa)


def alone(cast: Cast) -> None:
    """Nobody but Rosa is left of those who read in the district."""
    for person in (cast.ben, cast.dana, cast.sam, cast.tess, cast.nia, cast.ivy, cast.lena, cast.paul):
        for assignment in policies.given(person):
            assignment.delete()


def test_where_nobody_is_left_a_day_passes_and_the_superintendent_is_told_at_once(cast: Cast) -> None:
    alone(cast)
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        rosa = reset(cast)
        assert rosa.waits_until == timezone.now() + timedelta(hours=24)
        told = Message.objects.filter(kind="center.waits_alone")
        assert [message.person for message in told] == [cast.omar]
        traveller.shift(timedelta(hours=23, minutes=59))
        actions.look_after_those_who_wait()
        assert policies.held(fresh(rosa)) == []
        traveller.shift(timedelta(minutes=2))
        actions.look_after_those_who_wait()
        assert policies.held(fresh(rosa)) != []
        assert Entry.objects.get(verb="person.let_back_in").actor == "system"


def test_whoever_empties_the_desks_alone_is_not_helped_by_the_clock(cast: Cast) -> None:
    """One administrator reset every reader of a district; a day later the clock let all of them in, with
    whatever app had been set up meanwhile."""
    readers = [
        person
        for person in queries.people_of(cast.district)
        if person.pk != cast.ada.pk and readmission.desks_of(fresh(person))
    ]
    leads = {cast.omar, cast.dana} & set(readers)
    for person in readers:
        if person.pk != cast.omar.pk:
            reset(cast, person)
    waiting = [fresh(person) for person in readers if person.pk != cast.omar.pk]
    assert len(waiting) > 3, leads
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=False):
        actions.look_after_those_who_wait()
        assert all(fresh(person).waits_since is not None for person in waiting)
        assert not any(readmission.may_let_in(cast.ada, fresh(person)) for person in waiting)
        actions.let_in(actor=fresh(cast.omar), person=fresh(cast.rosa))
    assert fresh(cast.rosa).waits_since is None


def test_the_wait_begins_when_the_last_colleague_goes(cast: Cast) -> None:
    rosa = reset(cast)
    assert rosa.waits_until is None
    alone(cast)
    actions.look_after_those_who_wait()
    assert fresh(rosa).waits_until is not None


def test_a_new_link_or_another_address_leads_past_no_second_factor(cast: Cast) -> None:
    """While the reader's own second factor stands, neither gets anybody in, and nobody has to wait: a change
    of name is no alarm."""
    actions.invite(actor=cast.ada, person=cast.rosa)
    actions.change_person(actor=cast.ada, person=cast.rosa, email="rosa.new@maple.example")
    assert fresh(cast.rosa).waits_since is None


@pytest.mark.parametrize("way", ["link", "address"])
def test_without_a_second_factor_both_make_the_reader_wait(cast: Cast, way: str) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=cast.rosa.pk).delete()
    if way == "link":
        actions.invite(actor=cast.ada, person=cast.rosa)
    else:
        actions.change_person(actor=cast.ada, person=cast.rosa, email="rosa.new@maple.example")
    assert fresh(cast.rosa).waits_since is not None


def test_a_new_reader_who_was_never_in_waits_for_nobody(cast: Cast) -> None:
    """The desk was told when the role was given; nobody has ever read in this name."""
    person = actions.add_person(
        actor=cast.ada,
        organization=cast.school_a,
        name="Nora New",
        email="nora@maple.example",
        role=Role.READER,
    )
    actions.invite(actor=cast.ada, person=person)
    assert fresh(person).waits_since is None


def test_who_reads_nothing_waits_for_nobody(cast: Cast) -> None:
    assert reset(cast, cast.aud).waits_since is None


def test_the_superintendent_who_sees_what_there_is_waits_too(cast: Cast) -> None:
    omar = reset(cast, cast.omar)
    assert omar.waits_since is not None
    assert readmission.may_let_in(cast.ivy, omar)


def test_a_reader_who_waits_still_needs_a_second_factor(cast: Cast) -> None:
    rosa = reset(cast)
    assert policies.needs_second_factor(rosa)
    client = Client()
    client.post("/account/login/", {"login": rosa.email, "password": PASSWORD})
    assert client.get("/desk/")["Location"] == "/account/second-factor/"


def test_whoever_leaves_waits_no_more_and_nobody_is_asked(cast: Cast) -> None:
    rosa = reset(cast)
    actions.leave(actor=cast.ada, person=rosa)
    assert fresh(rosa).waits_since is None
    assert not Duty.objects.open().filter(kind="center.colleague_waits").exists()


def test_an_open_browser_of_the_reader_ends_with_the_reset(cast: Cast, signed_in: SignedIn) -> None:
    browser: Any = signed_in(cast.rosa)
    assert browser.get("/organizations/").status_code == 200
    reset(cast)
    assert browser.get("/organizations/").status_code == 302
    assert readmission.may_let_in(cast.ben, fresh(cast.rosa))


def test_a_reader_whose_sign_in_was_reset_is_told_why_by_whom_and_that_a_colleague_must_agree(
    cast: Cast, signed_in: SignedIn
) -> None:
    reset(cast)
    client = Client()
    client.force_login(fresh(cast.rosa), backend="allauth.account.auth_backends.AuthenticationBackend")
    first = client.get("/account/second-factor/").content.decode()
    assert "set anew by Ada Stone" in first
    assert "a colleague has to agree that it is you" in first
    waiting = signed_in(fresh(cast.rosa)).get(WAITING).content.decode()
    assert "set anew by Ada Stone" in waiting
    assert "Someone may be in danger now" not in waiting, "no alarm is running"
    assert queries.time_zone_of(fresh(cast.rosa)) == cast.school_a.zone, (
        "hours are those of the school, not of Greenwich"
    )
    assert (
        "set anew by" not in signed_in(cast.dana).get("/account/second-factor/", follow=True).content.decode()
    )
