"""Who may do what: one role table, read over the tree and under the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast

from security_center.foundation.clock import clock_at, now
from security_center.foundation.organizations import actions, policies, queries
from security_center.foundation.organizations.looking import Looking, looking_of, made_for
from security_center.foundation.organizations.models import Role
from security_center.foundation.organizations.permissions import (
    DISCIPLINE,
    READING_ROLES,
    ROLE_PERMISSIONS,
    Permission,
)


def test_every_role_has_a_row_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_permissions_stand_in_the_order_of_the_alphabet() -> None:
    assert list(Permission) == sorted(Permission)


def test_an_administrator_an_auditor_and_a_superintendent_read_no_report() -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERINTENDENT):
        assert Permission.REPORT_READ not in ROLE_PERMISSIONS[role]
    assert Role.ADMINISTRATOR in READING_ROLES, "whoever decides who reads signs in as strongly as a reader"


def test_whoever_sees_a_list_of_reports_signs_in_with_a_second_factor(cast: Cast) -> None:
    """A list tells that there is a report, where, and how grave it is."""
    assert {
        role for role, held in ROLE_PERMISSIONS.items() if Permission.REPORT_LIST in held
    } <= READING_ROLES
    assert policies.needs_second_factor(cast.omar)
    assert not policies.needs_second_factor(cast.aud)


def test_nobody_of_another_district_holds_anything_here(cast: Cast) -> None:
    for name, person in cast.strangers.items():
        for permission in Permission:
            assert not policies.has(person, permission, cast.school_a), (name, permission)
            assert (
                not policies.organizations_with(person, permission)
                .filter(pk__in=[cast.school_a.pk, cast.district.pk])
                .exists()
            )


def test_a_role_at_a_school_counts_neither_above_nor_beside_it(cast: Cast) -> None:
    assert policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a)
    assert not policies.has(cast.rosa, Permission.REPORT_READ, cast.school_b)
    assert not policies.has(cast.rosa, Permission.REPORT_READ, cast.district)


def test_a_role_at_a_district_counts_at_its_schools(cast: Cast) -> None:
    assert policies.has(cast.ivy, Permission.REPORT_READ, cast.school_b)
    assert set(queries.visible_organizations(cast.ivy)) == {cast.district, cast.school_a, cast.school_b}
    assert set(queries.visible_organizations(cast.rosa)) == {cast.school_a}


def test_a_role_counts_from_its_start_until_its_end_by_the_clock(cast: Cast) -> None:
    assignment = policies.held(cast.rosa)[0]
    assignment.ends_at = now() + timedelta(hours=1)
    assignment.save()
    policies.forget(cast.rosa)
    assert policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a)
    with clock_at(now() + timedelta(hours=2)):
        assert not policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a), (
            "what was remembered does not outlive the clock"
        )
        assert queries.people_with_role(cast.school_a, Role.READER) == []
    with clock_at(assignment.starts_at - timedelta(minutes=1)):
        policies.forget(cast.rosa)
        assert not policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a)


def test_a_person_who_is_not_active_holds_nothing(cast: Cast) -> None:
    assert policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a)
    cast.rosa.is_active = False
    assert not policies.has(cast.rosa, Permission.REPORT_READ, cast.school_a)
    assert not queries.visible_organizations(cast.rosa).exists()


def test_what_is_missing_is_named(cast: Cast) -> None:
    with pytest.raises(policies.NotAllowed, match="people:edit"):
        policies.require(cast.rosa, Permission.PEOPLE_EDIT, cast.school_a)


def test_only_whoever_looks_after_every_place_of_a_person_may_edit_them(cast: Cast) -> None:
    assert policies.may_edit_person(cast.ada, cast.rosa)
    assert not policies.may_edit_person(cast.ada_elsewhere, cast.rosa)
    actions.assign_role(
        actor=cast.root, person=cast.rosa, organization=cast.school_elsewhere, role=Role.READER
    )
    assert not policies.may_edit_person(cast.ada, cast.rosa), "she now reads reports where Ada is nobody"
    assert policies.may_edit_person(cast.root, cast.rosa)


def test_people_with_a_role_are_found_nearest_first_and_only_once(cast: Cast) -> None:
    actions.assign_role(actor=cast.ada, person=cast.nia, organization=cast.district, role=Role.READER)
    assert queries.people_with_role(cast.school_a, Role.READER) == [cast.rosa]
    assert queries.people_with_role(cast.school_a, Role.READER, include_above=True) == [cast.rosa, cast.nia]
    assert queries.people_with_any_role(cast.district, [Role.READER, Role.DISTRICT_ON_CALL]) == [cast.nia]


def test_the_scope_of_a_person_is_the_districts_of_their_roles(cast: Cast) -> None:
    assert queries.district_ids(cast.rosa) == [cast.district.pk]
    assert queries.district_ids(cast.ada_elsewhere) == [cast.district_elsewhere.pk]
    assert queries.district_ids(cast.root) == sorted(
        [cast.state.pk, cast.district.pk, cast.district_elsewhere.pk]
    )


def test_lists_of_people_end_at_the_district(cast: Cast) -> None:
    seen = set(queries.visible_people(cast.ada))
    assert cast.rosa in seen
    assert not seen & set(cast.strangers.values())
    assert set(queries.people_of(cast.school_b)) == {cast.lena, cast.paul}
    assert cast.rosa in queries.people_of(cast.district)
    assert cast.rosa not in queries.people_of(cast.district, include_below=False)


@pytest.mark.parametrize("role", [Role.READER, Role.COUNSELOR, Role.TEAM_LEAD, Role.PRINCIPAL])
def test_whoever_may_be_on_a_schools_team_may_open_a_case_and_do_what_a_member_does(role: Role) -> None:
    assert {
        Permission.CASE_JOIN,
        Permission.CASE_READ,
        Permission.CASE_WRITE,
        Permission.CASE_OPEN,
        Permission.MEETING_WRITE,
        Permission.STUDENT_VIEW,
    } <= ROLE_PERMISSIONS[role]


def test_the_fields_that_count_as_another_discipline_are_five() -> None:
    """Stored with each approval that asks for a second one."""
    assert {
        field: [role for role in Role if DISCIPLINE.get(role) == field]
        for field in dict.fromkeys(DISCIPLINE.values())
    } == {
        "mental_health": [Role.COUNSELOR],
        "law_enforcement": [Role.SRO],
        "administration": [Role.READER, Role.TEAM_LEAD, Role.PRINCIPAL],
        "district": [Role.DISTRICT_ON_CALL],
        "safety": [Role.DISTRICT_SAFETY_LEAD],
    }


def test_what_was_asked_for_a_page_holds_for_that_person_and_that_very_row_alone(cast: Cast) -> None:
    looking = Looking(cast.rosa, cast.school_a, frozenset({Permission.REPORT_READ}))
    anew = type(cast.school_a).objects.get(pk=cast.school_a.pk)
    assert looking_of(cast.rosa, cast.school_a) is None, "outside the page"
    with made_for(looking):
        assert looking_of(cast.rosa, cast.school_a) is looking
        assert looking_of(cast.rosa, anew) is None
        assert looking_of(cast.omar, cast.school_a) is None
    assert looking_of(cast.rosa, cast.school_a) is None
