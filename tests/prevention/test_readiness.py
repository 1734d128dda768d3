"""What a school still lacks to work by its plan: what is missing or expired, what to do, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from tests.reporting.acts import Valley, every_hour

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.permissions import Permission
from security_center.prevention import actions, readiness
from security_center.prevention.models import Plan

SignIn = Callable[..., Client]


def lacking(valley: Valley) -> set[str]:
    own = {
        "no_plan",
        "plan_old",
        "team_left",
        "no_reader",
        "coverage_gap",
        "unproved_reader",
        "no_district_alternate",
    }
    own |= {"no_leader", "no_alternate", "no_team", "no_team_alternates", "no_police_contact"}
    return {one.item.key for one in readiness.lines([valley.school])[0].lacking} & own


def whole_team(valley: Valley) -> list[dict[str, Any]]:
    wanted = (
        "instruction",
        "counseling",
        "coaching",
        "school_resource_officer",
        "law_enforcement",
        "mental_health",
        "administration",
    )
    row = {
        "person": valley.cast.tess.pk,
        "name": "Tess Moran",
        "alternate": valley.cast.ben.pk,
        "alternate_name": "Ben Cole",
    }
    return [{"expertise": key, **row} for key in wanted]


NAMES = {"leader": "Tess Moran", "alternate": "Dana Price", "police_contact": "Sam Lee"}


def test_what_is_missing_is_named_until_it_is_there(valley: Valley) -> None:
    Plan.objects.all().delete()
    assert "no_plan" in lacking(valley)
    actions.adopt_plan(actor=None, organization=valley.cast.district)
    assert lacking(valley) == {"no_leader", "no_alternate", "no_team", "no_police_contact"}
    actions.adopt_plan(actor=None, organization=valley.cast.district, names=NAMES, team=whole_team(valley))
    assert lacking(valley) == set()


def test_what_was_there_and_is_no_more_is_named_again(valley: Valley) -> None:
    team = [{**row, "alternate": None} for row in whole_team(valley)]
    actions.adopt_plan(actor=None, organization=valley.cast.district, names=NAMES, team=team)
    assert lacking(valley) == {"no_team_alternates"}
    people.leave(actor=valley.cast.ada, person=valley.cast.tess)
    assert "team_left" in lacking(valley)
    valley.pass_time(days=400)
    assert "plan_old" in lacking(valley)


def test_a_gap_in_the_calendar_is_named(valley: Valley) -> None:
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(valley.cast.rosa)[:3])
    assert "coverage_gap" in lacking(valley)
    actions.set_coverage(actor=None, organization=valley.school, rows=[])
    assert "no_reader" in lacking(valley)


def test_the_page_lists_each_desk_once_with_the_way_to_mend_it(valley: Valley, signed_in: SignIn) -> None:
    page = signed_in(valley.cast.ivy).get("/readiness/").content.decode()
    assert "The plan names no leader of the team." in page
    assert f'href="/plan/{valley.school.slug}/build/"' in page
    assert "desks have all they need." in page


def test_nobody_is_shown_a_way_that_turns_them_away(valley: Valley, signed_in: SignIn) -> None:
    for person in (valley.cast.ivy, valley.cast.tess, valley.cast.ada, valley.cast.aud):
        client = signed_in(person)
        ways = [
            one.address
            for line in readiness.lines([valley.school, valley.cast.district], person)
            for one in line.lacking
            if one.address
        ]
        assert {client.get(way).status_code for way in ways} <= {200}
    assert not any(
        one.address.endswith("/build/")
        for one in readiness.lines([valley.school], valley.cast.tess)[0].lacking
    )


def test_nothing_is_said_twice() -> None:
    sentences = [str(item.sentence) for item in readiness.items()]
    assert len(set(sentences)) == len(sentences)
    tests = [item.test for item in readiness.items()]
    assert len(set(tests)) == len(tests)


def test_a_room_above_adds_an_item(valley: Valley) -> None:
    readiness.register(
        "no_drill",
        "No drill was held.",
        "Hold one",
        lambda places: {place.pk for place in places},
        link="prevention:plan",
        needs=Permission.PLAN_VIEW,
        order=99,
    )
    try:
        line = readiness.lines([valley.school])[0]
        assert (line.lacking[-1].item.key, line.ready) == ("no_drill", False)
    finally:
        readiness._items.pop("no_drill")


def test_it_costs_the_same_however_many_desks_there_are(
    valley: Valley, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    from security_center.prevention.queries import desks_with_plans

    places = desks_with_plans()
    # Some things are asked of schools alone, some of districts
    each = list({place.kind: place for place in places}.values())
    with django_assert_max_num_queries(60) as few:
        readiness.lines(each)
    with django_assert_max_num_queries(len(few.captured_queries)):
        readiness.lines(places)
