"""Who is told when somebody may read more, or fewer read."""

from __future__ import annotations

import pytest
from tests.cast import Cast

from security_center.center import actions
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions as organizations

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("person__email", flat=True))


@pytest.fixture
def desk(cast: Cast) -> Cast:
    actions.set_calendar(
        actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.rosa.pk, cast.ben.pk]
    )
    return cast


def test_an_access_session_is_announced_to_everybody_of_the_desk_at_once(desk: Cast) -> None:
    organizations.start_access_session(
        actor=desk.ada, organization=desk.school_a, reason="A reader cannot open a file since Monday."
    )
    assert told("center.access_session") == {
        person.email for person in (desk.rosa, desk.ben, desk.dana, desk.sam, desk.tess)
    }


def test_the_announcement_says_nothing_of_the_reason(desk: Cast) -> None:
    organizations.start_access_session(
        actor=desk.ada, organization=desk.school_a, reason="A reader cannot open a file since Monday."
    )
    for message in Message.objects.all():
        assert "Monday" not in message.subject + message.line + message.path


def test_without_a_calendar_those_who_read_there_are_told_all_the_same(cast: Cast) -> None:
    organizations.start_access_session(
        actor=cast.ada, organization=cast.school_b, reason="A reader cannot open a file since Monday."
    )
    assert told("center.access_session") == {cast.paul.email, cast.lena.email}


def test_a_new_reader_is_never_silent_at_a_working_desk(desk: Cast) -> None:
    organizations.assign_role(actor=desk.ada, person=desk.lena, organization=desk.school_a, role="reader")
    assert told("center.new_reader") == {
        person.email for person in (desk.rosa, desk.ben, desk.dana, desk.sam, desk.tess)
    }


def test_while_a_desk_is_set_up_nobody_gets_a_message_for_each_name(cast: Cast) -> None:
    organizations.assign_role(actor=cast.ada, person=cast.lena, organization=cast.school_a, role="reader")
    assert told("center.new_reader") == set()


def test_an_ended_role_is_told_to_those_who_must_fill_the_hours(desk: Cast) -> None:
    organizations.end_role(actor=desk.ada, assignment=desk.ben.role_assignments.get())
    assert told("center.reader_gone") == {desk.rosa.email, desk.dana.email}


def test_a_removed_second_factor_is_told_to_its_person(cast: Cast) -> None:
    organizations.reset_second_factor(actor=cast.ada, person=cast.rosa)
    assert told("center.second_factor_reset") == {cast.rosa.email}
