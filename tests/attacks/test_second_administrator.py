"""One administrator cannot be two in silence: a new one is announced, and nobody who had a hand in a sign-in
agrees to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast, everybody_has_been_in, fresh, give_totp, told

from security_center.center import actions as center
from security_center.foundation.clock import now
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions, policies, readmission
from security_center.foundation.organizations.models import Person, Role, RoleAssignment
from security_center.foundation.organizations.policies import NotAllowed

NEW, RESET = "center.new_administrator", "center.administrator_reset"


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody has been in, and a desk works."""
    everybody_has_been_in(cast)
    center.set_calendar(
        actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.rosa.pk, cast.ben.pk]
    )
    return cast


def invented(cast: Cast, role: Role, by: Person | None = None) -> Person:
    person = actions.add_person(
        actor=by or cast.ada,
        organization=cast.district,
        name="Zed Quill",
        email="zed@maple.example",
        role=role,
    )
    give_totp(person)
    return fresh(person)


def test_a_new_administrator_is_told_to_the_others_the_safety_lead_and_the_superintendent(cast: Cast) -> None:
    invented(cast, Role.ADMINISTRATOR)
    assert told(NEW) == {cast.root.name, cast.ivy.name, cast.omar.name}
    message = Message.objects.filter(kind=NEW).first()
    assert message is not None
    assert "Zed" not in message.subject + message.line


def test_an_administrator_of_a_school_is_told_to_the_district_too(cast: Cast) -> None:
    actions.assign_role(actor=cast.ada, person=cast.aud, organization=cast.school_b, role=Role.ADMINISTRATOR)
    assert told(NEW) == {cast.root.name, cast.ivy.name, cast.omar.name}


def test_in_a_first_set_up_nobody_gets_a_message_for_each_administrator(cast: Cast) -> None:
    actions.assign_role(
        actor=cast.root,
        person=cast.aud_elsewhere,
        organization=cast.district_elsewhere,
        role=Role.ADMINISTRATOR,
    )
    assert told(NEW) == set()


def test_whoever_takes_over_another_administrator_is_announced_as_well(cast: Cast) -> None:
    zed = invented(cast, Role.ADMINISTRATOR, by=cast.root)
    actions.reset_second_factor(actor=cast.ada, person=zed)
    assert told(RESET) == {cast.root.name, cast.ivy.name, cast.omar.name}
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    assert Message.objects.filter(kind=RESET).count() == 3


def test_the_page_that_the_message_leads_to_opens_for_whoever_is_told(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    invented(cast, Role.ADMINISTRATOR)
    for message in Message.objects.filter(kind=NEW).select_related("person"):
        assert signed_in(message.person).get(message.path).status_code == 200, message.person.name


def test_a_second_reset_by_another_does_not_make_the_first_a_colleague(cast: Cast) -> None:
    actions.assign_role(actor=cast.root, person=cast.ada, organization=cast.school_a, role=Role.READER)
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    actions.reset_second_factor(actor=cast.root, person=fresh(cast.rosa))
    actions.invite(actor=cast.root, person=fresh(cast.rosa))
    assert set(fresh(cast.rosa).set_anew_by.all()) == {cast.ada, cast.root}
    with pytest.raises(NotAllowed):
        actions.let_in(actor=fresh(cast.ada), person=fresh(cast.rosa))


def test_an_administrator_whom_an_invented_one_made_a_reader_does_not_agree(cast: Cast) -> None:
    zed = invented(cast, Role.ADMINISTRATOR)
    actions.assign_role(actor=zed, person=fresh(cast.ada), organization=cast.school_a, role=Role.COUNSELOR)
    actions.reset_second_factor(actor=zed, person=cast.rosa)
    rosa = fresh(cast.rosa)
    with pytest.raises(NotAllowed):
        actions.let_in(actor=fresh(cast.ada), person=rosa)
    assert readmission.may_let_in(cast.ben, rosa)


def test_a_reader_whom_the_administrator_invented_does_not_agree_while_one_of_before_is_left_in_the_district(
    cast: Cast,
) -> None:
    actions.add_person(
        actor=cast.ada,
        organization=cast.school_a,
        name="Zed Quill",
        email="zed@maple.example",
        role=Role.READER,
    )
    zed = Person.objects.get(email="zed@maple.example")
    give_totp(zed)
    for person in (cast.ben, cast.dana, cast.sam, cast.tess, cast.nia, cast.ivy):
        for assignment in policies.given(person):
            actions.end_role(actor=cast.ada, assignment=assignment)
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    assert set(readmission.colleagues(fresh(cast.rosa))) == {cast.lena, cast.paul}


def test_in_the_first_month_of_a_district_new_readers_agree_since_there_are_no_others(cast: Cast) -> None:
    RoleAssignment.objects.update(starts_at=now())
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    actions.let_in(actor=cast.ben, person=fresh(cast.rosa))
    assert fresh(cast.rosa).waits_since is None
    assert not fresh(cast.rosa).set_anew_by.exists()


def test_the_colleague_reads_the_names_of_all_who_set_it_anew(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    for actor in (cast.ada, cast.root):
        actions.reset_second_factor(actor=actor, person=fresh(cast.rosa))
    page = signed_in(cast.ben).get(f"/people/{cast.rosa.pk}/let-in/").content.decode()
    assert f"It was done by {cast.ada.name}, {cast.root.name}." in page
