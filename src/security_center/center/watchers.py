"""Who works at a place or leads there, and so hears of what an administrator does to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.queries import people_with_any_role_at
from security_center.foundation.organizations.readmission import read_now_or_lately
from security_center.prevention.queries import adopted_plans, desks_that_had_a_calendar, readers_in_calendars

LEADS = (Role.ADMINISTRATOR, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT)


def desks_of(organizations: Collection[Organization]) -> dict[int, list[Person]]:
    """Of each: everybody in the desk's calendar, and who answers for the place."""
    schools = [place for place in organizations if place.kind == Organization.Kind.SCHOOL]
    others = [place for place in organizations if place.kind != Organization.Kind.SCHOOL]
    answer = people_with_any_role_at(schools, [Role.PRINCIPAL])
    answer |= people_with_any_role_at(others, [Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT])
    named = readers_in_calendars(organizations)
    return {
        pk: list({person.pk: person for person in [*named[pk], *answer[pk]] if person.is_active}.values())
        for pk in named
    }


def working(places: Collection[Organization]) -> list[Organization]:
    """Those of a district, or of a state, in which a desk works: while it is being set up, its principals
    would get a message for every name entered. A calendar that was emptied since is no set-up, nor is a
    school that comes later."""
    tops = {place.district.pk for place in places}
    within = Organization.objects.filter(Q(pk__in=tops) | Q(parent__in=tops) | Q(parent__parent__in=tops))
    begun = desks_that_had_a_calendar(within) if tops else set()
    above = {
        pk
        for line in Organization.objects.filter(pk__in=begun).values_list("pk", "parent", "parent__parent")
        for pk in line
    }
    return [place for place in {place.pk: place for place in places}.values() if place.district.pk in above]


def watchers(places: Collection[Organization], new: dict[int, set[int]]) -> dict[int, list[Person]]:
    """Of each place everybody who would know a stranger at its desk: its desk, who reads there and who did
    until lately, whatever the calendar says now. Where none reads there but the new ones, and those of the
    last 30 days, whom the same administrator may have invented, whoever leads above it as well; where it is a
    state, whoever leads a district of it. By its id."""
    named, readers = desks_of(places), read_now_or_lately(places)
    empty = [
        place
        for place in places
        if not any(
            settled and one.pk not in new.get(place.pk, ()) for one, settled in readers[place.pk].items()
        )
    ]
    above, below = people_with_any_role_at(empty, LEADS, include_above=True), leads_below(places)
    return {
        pk: list(
            {
                one.pk: one for one in [*named[pk], *readers[pk], *above.get(pk, []), *below.get(pk, [])]
            }.values()
        )
        for pk in named
    }


def leads_below(places: Collection[Organization]) -> dict[int, list[Person]]:
    """A role at a state opens what is below it, and nobody may stand beside it there. By the id of the
    state."""
    states = [place for place in places if place.kind == Organization.Kind.STATE]
    districts = list(Organization.objects.filter(parent__in=states)) if states else []
    leads = people_with_any_role_at(districts, LEADS)
    return {
        state.pk: [
            one for district in districts if district.parent_id == state.pk for one in leads[district.pk]
        ]
        for state in states
    }


def at_and_above(place: Organization) -> list[Person]:
    """Whom another name or a closed form concerns: the desk, the desks of a district's schools, and whoever
    leads there or above, since those who read there now may all be of one administrator's making."""
    schools = (
        Organization.objects.filter(parent=place).select_related("parent__parent")
        if place.kind == Organization.Kind.DISTRICT
        else []
    )
    lead = people_with_any_role_at([place], LEADS, include_above=True)[place.pk]
    return [*lead, *(one for people in watchers([place, *schools], {}).values() for one in people)]


def leads_beside(districts: Collection[Organization]) -> list[Person]:
    """Whoever leads a working district of the same state, and at the state: they would know one that stands
    for another. Nobody where none works."""
    states = {place.parent_id for place in districts if place.parent_id is not None}
    others = (
        Organization.objects.filter(parent__in=states)
        .exclude(pk__in=[place.pk for place in districts])
        .select_related("parent")
    )
    beside = working(list(others))
    return [
        person
        for people in people_with_any_role_at(beside, LEADS, include_above=True).values()
        for person in people
    ]


def who_works_by(place: Organization, since: datetime) -> dict[Person, tuple[Organization, int]]:
    """Whoever reads or leads where a version of the place's plan holds that was adopted since then, or one
    that it made stricter below: each with the highest such place and the number of the version that holds
    there. Only where a desk works."""
    below = Organization.objects.filter(Q(pk=place.pk) | Q(parent=place) | Q(parent__parent=place)).exclude(
        kind=Organization.Kind.STATE
    )
    desks = working(list(below.select_related("parent__parent").order_by("kind", "pk")))  # districts first
    in_force = adopted_plans(desks).items()
    versions = {
        pk: plan.version
        for pk, plan in in_force
        if plan is not None and plan.adopted_at is not None and plan.adopted_at >= since
    }
    desks = [desk for desk in desks if desk.pk in versions]
    lead = people_with_any_role_at(
        [desk for desk in desks if desk.kind == Organization.Kind.DISTRICT or desk.pk == place.pk],
        LEADS,
        include_above=True,
    )
    read, found = watchers(desks, {}), dict[Person, tuple[Organization, int]]()
    for desk in desks:
        for person in [*lead.get(desk.pk, []), *read[desk.pk]]:
            found.setdefault(person, (desk, versions[desk.pk]))
    return found


def namesakes(schools: Collection[Organization]) -> list[Organization]:
    """Working schools of the same name in other districts of the state: of two in the list, a reporter may
    take the one that is not theirs. Whatever else is made for a school in a new district, nobody beside it
    hears of that while no desk works there."""
    states = {school.parent.parent_id for school in schools if school.parent is not None} - {None}
    names = {(school.name.lower(), school.parent_id) for school in schools}
    found = Organization.objects.filter(
        parent__parent__in=states, kind=Organization.Kind.SCHOOL
    ).select_related("parent__parent")
    alike = (
        found.alias(small=Lower("name")).filter(small__in={name for name, _parent in names}) if states else []
    )
    return working(
        [
            one
            for one in alike
            if any(name == one.name.lower() and parent != one.parent_id for name, parent in names)
        ]
    )
