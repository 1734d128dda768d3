"""Roles and lines of supervision: nobody gives more than they look after."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, policies, queries, signals
from security_center.foundation.organizations.models import Role, RoleAssignment, Supervision


def test_nobody_without_the_permission_gives_a_role_to_anybody(cast: Cast) -> None:
    for name in ("rosa", "dana", "tess", "ivy", "omar", "aud", "rosa_elsewhere", "ada_elsewhere"):
        for role in Role:
            with pytest.raises(policies.NotAllowed):
                actions.assign_role(
                    actor=cast.everyone[name], person=cast.ben, organization=cast.school_a, role=role
                )


def test_an_administrator_gives_no_role_outside_of_their_tree(cast: Cast) -> None:
    for place in (cast.state, cast.district_elsewhere, cast.school_elsewhere):
        for person in (cast.ada, cast.rosa):
            with pytest.raises(policies.NotAllowed):
                actions.assign_role(
                    actor=cast.ada, person=person, organization=place, role=Role.ADMINISTRATOR
                )


def test_an_administrator_gives_no_role_to_somebody_of_another_district(cast: Cast) -> None:
    with pytest.raises(policies.NotAllowed):
        actions.assign_role(
            actor=cast.ada, person=cast.rosa_elsewhere, organization=cast.school_a, role=Role.READER
        )


def test_an_administrator_does_not_make_themself_a_reader_while_there_is_another(cast: Cast) -> None:
    with pytest.raises(actions.NotForYourself):
        actions.assign_role(actor=cast.ada, person=cast.ada, organization=cast.district, role=Role.READER)
    actions.assign_role(actor=cast.root, person=cast.ada, organization=cast.district, role=Role.READER)
    assert Role.READER in policies.roles_at(cast.ada, cast.district)


def test_a_lone_administrator_may_read_too_and_it_is_never_silent(cast: Cast) -> None:
    heard: list[Any] = []

    def listen(assignments: list[RoleAssignment], actor: Any, **_rest: Any) -> None:
        heard.extend((assignment.person, assignment.role, actor) for assignment in assignments)

    signals.reading_roles_given.connect(listen)
    try:
        actions.assign_role(actor=cast.root, person=cast.root, organization=cast.state, role=Role.READER)
        actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_b, role=Role.AUDITOR)
    finally:
        signals.reading_roles_given.disconnect(listen)
    assert heard == [(cast.root, Role.READER, cast.root)], "an auditor reads nothing, so no desk is told"
    assert Entry.objects.filter(verb="role.given").order_by("-sequence")[1].detail["to_self"] is True


def test_a_role_counts_at_once_and_is_held_once(cast: Cast) -> None:
    assert not policies.roles_at(cast.rosa, cast.school_b)
    actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_b, role=Role.COUNSELOR)
    assert policies.roles_at(cast.rosa, cast.school_b) == {Role.COUNSELOR}
    with pytest.raises(actions.AlreadyHolds):
        actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_b, role=Role.COUNSELOR)


def test_ending_a_role_takes_the_permission_and_keeps_the_history(cast: Cast) -> None:
    assignment = policies.held(cast.rosa)[0]
    for name in ("rosa", "dana", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.end_role(actor=cast.everyone[name], assignment=assignment)
    actions.end_role(actor=cast.ada, assignment=assignment)
    assert policies.held(cast.rosa) == []
    stored = RoleAssignment.objects.get(pk=assignment.pk)
    assert stored.ends_at is not None
    assert Entry.objects.get(verb="role.ended").detail == {"role": "reader", "assignment": assignment.pk}
    actions.end_role(actor=cast.ada, assignment=stored)
    assert Entry.objects.filter(verb="role.ended").count() == 1, "ended once"
    actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_a, role=Role.READER)


def test_the_last_administrator_keeps_the_role(cast: Cast) -> None:
    with pytest.raises(actions.LastAdministrator):
        actions.end_role(actor=cast.root, assignment=policies.held(cast.root)[0])
    actions.end_role(actor=cast.root, assignment=policies.held(cast.ada)[0])
    assert policies.held(cast.ada) == []


def test_lines_of_supervision_run_through_others(cast: Cast) -> None:
    actions.set_supervision(actor=cast.ada, supervisor=cast.omar, supervised=cast.dana)
    actions.set_supervision(actor=cast.ada, supervisor=cast.dana, supervised=cast.rosa)
    assert queries.supervises(cast.omar, cast.rosa)
    assert not queries.supervises(cast.rosa, cast.omar)
    assert queries.all_supervised_by(cast.omar) == {cast.dana.pk, cast.rosa.pk}
    assert queries.all_supervised_by(cast.rosa) == set()
    assert list(queries.supervisors_of(cast.rosa)) == [cast.dana]


def test_a_circle_of_supervision_is_refused_and_would_not_hang(cast: Cast) -> None:
    actions.set_supervision(actor=cast.ada, supervisor=cast.omar, supervised=cast.dana)
    actions.set_supervision(actor=cast.ada, supervisor=cast.dana, supervised=cast.rosa)
    for supervisor, supervised in ((cast.rosa, cast.omar), (cast.rosa, cast.rosa), (cast.dana, cast.omar)):
        with pytest.raises(actions.SupervisionCircle):
            actions.set_supervision(actor=cast.ada, supervisor=supervisor, supervised=supervised)
    # As an older fault might have left it
    Supervision.objects.create(supervisor=cast.rosa, supervised=cast.omar)
    assert queries.all_supervised_by(cast.omar) == {cast.dana.pk, cast.rosa.pk}


def test_nobody_is_put_under_a_stranger_or_by_one(cast: Cast) -> None:
    with pytest.raises(policies.NotAllowed):
        actions.set_supervision(actor=cast.ada, supervisor=cast.omar_elsewhere, supervised=cast.rosa)
    for actor in (cast.ada_elsewhere, cast.dana, cast.rosa):
        with pytest.raises(policies.NotAllowed):
            actions.set_supervision(actor=actor, supervisor=cast.dana, supervised=cast.rosa)
        with pytest.raises(policies.NotAllowed):
            actions.remove_supervision(actor=actor, supervisor=cast.dana, supervised=cast.rosa)
    assert not Supervision.objects.exists()


def test_a_line_can_be_removed_again(cast: Cast) -> None:
    actions.set_supervision(actor=cast.ada, supervisor=cast.root, supervised=cast.omar)
    actions.remove_supervision(actor=cast.ada, supervisor=cast.root, supervised=cast.omar)
    assert not queries.supervises(cast.root, cast.omar)
    assert [
        entry.verb for entry in Entry.objects.filter(verb__startswith="supervision").order_by("sequence")
    ] == [
        "supervision.set",
        "supervision.removed",
    ]
