"""B9 in another order: whoever ends a reader's role first, sets the sign-in anew and gives the role back
reads nothing either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.cast import PASSWORD, Cast, everybody_has_been_in, fresh, give_totp

from security_center.foundation.duties.models import Duty
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions, policies, readmission
from security_center.foundation.organizations.models import Person, Role, RoleAssignment
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody has been in: a password and a second factor."""
    return everybody_has_been_in(cast)


def end(cast: Cast, person: Person | None = None) -> None:
    for assignment in RoleAssignment.objects.filter(person=person or cast.rosa, ends_at__isnull=True):
        actions.end_role(actor=cast.ada, assignment=assignment)


def leave(cast: Cast) -> None:
    actions.leave(actor=cast.ada, person=fresh(cast.rosa))


def readmit(cast: Cast) -> None:
    actions.readmit(actor=cast.ada, person=fresh(cast.rosa))


def reset(cast: Cast) -> None:
    actions.reset_second_factor(actor=cast.ada, person=fresh(cast.rosa))


def enrol(cast: Cast) -> None:
    """Whoever holds the link sets a password and an app of their own up."""
    path = actions.invite(actor=cast.ada, person=fresh(cast.rosa))
    Client().post(path, {"password": "another-Harbor-51", "again": "another-Harbor-51"})
    give_totp(cast.rosa)


def give(cast: Cast) -> None:
    actions.assign_role(actor=cast.ada, person=fresh(cast.rosa), organization=cast.school_a, role=Role.READER)


def give_by_a_list(cast: Cast) -> None:
    row = f"{cast.rosa.name},{cast.rosa.email},{cast.school_a.name},reader"
    assert (
        actions.import_people(
            actor=cast.ada, district=cast.district, text=f"name,email,school,role\n{row}\n"
        ).roles
        == 1
    )


def leave_and_come_back(cast: Cast) -> None:
    leave(cast)
    readmit(cast)


ORDERS: dict[str, list[Callable[[Cast], None]]] = {
    "role ended, reset, link, role": [end, reset, enrol, give],
    "role ended, reset, role, link": [end, reset, give, enrol],
    "role ended, reset, link, role by a list": [end, reset, enrol, give_by_a_list],
    "left, back, reset, link, role": [leave_and_come_back, reset, enrol, give],
    "left, back, reset, role, link": [leave_and_come_back, reset, give, enrol],
    "reset, link, left, back, role": [reset, enrol, leave_and_come_back, give, enrol],
    "reset, left, back, link, role": [reset, leave_and_come_back, enrol, give],
    "reset, role ended, link, role": [reset, end, enrol, give],
    "role ended, reset, link, left, back, role": [end, reset, enrol, leave_and_come_back, give],
}


@pytest.mark.parametrize("order", ORDERS)
def test_in_no_order_of_steps_does_an_administrator_read_in_a_readers_name(cast: Cast, order: str) -> None:
    for step in ORDERS[order]:
        step(cast)
    rosa = fresh(cast.rosa)
    assert policies.given(rosa) != []
    assert policies.held(rosa) == []
    assert not policies.has(rosa, Permission.REPORT_READ, cast.school_a)
    assert Duty.objects.open().filter(kind="center.colleague_waits", thing=f"person:{rosa.pk}").count() == 1
    assert not readmission.may_let_in(cast.ada, rosa)
    actions.let_in(actor=cast.ben, person=rosa)
    assert policies.has(fresh(rosa), Permission.REPORT_READ, cast.school_a)


def test_nobody_waits_by_the_clock_for_a_role_that_they_do_not_hold(cast: Cast) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        reset(cast)
        end(cast)
        actions.look_after_those_who_wait()
        traveller.shift(timedelta(hours=25))
        actions.look_after_those_who_wait()
        give(cast)
        assert policies.held(fresh(cast.rosa)) == []


def test_a_day_that_had_begun_begins_anew_with_the_next_role(cast: Cast) -> None:
    for person in (cast.ben, cast.dana, cast.sam, cast.tess, cast.nia, cast.ivy, cast.lena, cast.paul):
        end(cast, person)
    # Nobody is left to ask
    RoleAssignment.objects.filter(ends_at__isnull=False).update(ends_at=timezone.now() - timedelta(days=40))
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        reset(cast)
        assert fresh(cast.rosa).waits_until is not None
        end(cast)
        traveller.shift(timedelta(hours=25))
        actions.look_after_those_who_wait()
        give(cast)
        assert policies.held(fresh(cast.rosa)) == []
        assert fresh(cast.rosa).waits_until == timezone.now() + timedelta(hours=24)
    assert Message.objects.filter(kind="center.waits_alone", person=cast.omar).count() == 2


def test_whoever_is_given_a_role_where_nobody_reads_is_asked_about_where_they_read_before(cast: Cast) -> None:
    end(cast)
    actions.reset_second_factor(actor=cast.root, person=fresh(cast.rosa))
    give_totp(cast.rosa)
    empty = actions.create_organization(
        actor=cast.root, kind="district", parent=cast.state, name="Empty District"
    )
    actions.assign_role(actor=cast.root, person=fresh(cast.rosa), organization=empty, role=Role.READER)
    rosa = fresh(cast.rosa)
    assert policies.held(rosa) == []
    assert rosa.waits_until is None
    assert cast.ben in readmission.colleagues(rosa)


def test_whoever_set_it_anew_while_no_role_was_held_does_not_agree_to_what_another_gives(cast: Cast) -> None:
    actions.assign_role(actor=cast.root, person=cast.ada, organization=cast.school_a, role=Role.READER)
    end(cast)
    reset(cast)
    give_totp(cast.rosa)
    actions.assign_role(
        actor=cast.root, person=fresh(cast.rosa), organization=cast.school_a, role=Role.READER
    )
    with pytest.raises(NotAllowed):
        actions.let_in(actor=fresh(cast.ada), person=fresh(cast.rosa))


def test_a_reader_who_moves_to_another_school_waits_for_nobody(cast: Cast) -> None:
    end(cast)
    actions.assign_role(actor=cast.ada, person=fresh(cast.rosa), organization=cast.school_b, role=Role.READER)
    assert policies.has(fresh(cast.rosa), Permission.REPORT_READ, cast.school_b)


def test_a_reader_who_is_back_with_their_own_second_factor_waits_for_nobody(cast: Cast) -> None:
    leave_and_come_back(cast)
    Client().post(
        actions.invite(actor=cast.ada, person=fresh(cast.rosa)), {"password": PASSWORD, "again": PASSWORD}
    )
    give(cast)
    assert policies.has(fresh(cast.rosa), Permission.REPORT_READ, cast.school_a)


def test_a_further_role_for_a_reader_whom_a_colleague_let_in_is_no_new_question(cast: Cast) -> None:
    end(cast)
    reset(cast)
    enrol(cast)
    give(cast)
    actions.let_in(actor=cast.ben, person=fresh(cast.rosa))
    actions.assign_role(actor=cast.ada, person=fresh(cast.rosa), organization=cast.school_b, role=Role.READER)
    end(cast)
    give(cast)
    assert policies.held(fresh(cast.rosa)) != []


def test_who_never_read_and_was_set_anew_waits_for_nobody_when_they_first_read(cast: Cast) -> None:
    actions.reset_second_factor(actor=cast.ada, person=cast.aud)
    give_totp(cast.aud)
    actions.assign_role(actor=cast.ada, person=fresh(cast.aud), organization=cast.school_a, role=Role.READER)
    assert policies.has(fresh(cast.aud), Permission.REPORT_READ, cast.school_a)


def test_a_name_that_was_entered_at_the_wrong_school_and_never_used_waits_for_nobody(cast: Cast) -> None:
    person = actions.add_person(
        actor=cast.ada,
        organization=cast.school_a,
        name="Nora New",
        email="nora@maple.example",
        role=Role.READER,
    )
    end(cast, person)
    actions.assign_role(actor=cast.ada, person=fresh(person), organization=cast.school_b, role=Role.READER)
    actions.invite(actor=cast.ada, person=fresh(person))
    assert fresh(person).waits_since is None
