"""How far the set-up of a district has come. Computed from what is there, so that it can be left at any point
and taken up again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import Place, by_district, light
from security_center.prevention import pages as prevention_pages
from security_center.prevention import plan_gaps
from security_center.prevention import queries as prevention
from security_center.prevention.pages import READING
from security_center.reporting.queries import Arrival, last_arrivals

STEPS = ("district", "schools", "people", "coverage", "plan", "alerts", "open")


def labels() -> dict[str, str]:
    return {
        "district": _("Your district"),
        "schools": _("Schools"),
        "people": _("People and roles"),
        "coverage": _("Who reads when"),
        "plan": _("What the plan says"),
        "alerts": _("Do alerts arrive?"),
        "open": _("Open and print the poster"),
    }


@dataclass(frozen=True)
class Step:
    key: str
    label: str
    done: bool
    note: str = ""


@dataclass(frozen=True)
class Progress:
    steps: list[Step] = field(default_factory=list)

    @property
    def next(self) -> Step:
        """Where to go on: the first step that is not done."""
        return next((step for step in self.steps if not step.done), self.steps[-1])

    @property
    def done(self) -> bool:
        return all(step.done for step in self.steps)


def districts_of(person: Person) -> list[Place]:
    """Districts that the person may set up."""
    return light(
        organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).filter(
            kind=Organization.Kind.DISTRICT
        )
    )


def may_begin(person: Person) -> bool:
    """The first administrator, while nothing is entered."""
    return person.is_first_administrator and not organizations.any_organization_exists()


def states_of(person: Person) -> list[Organization]:
    """States in which the person may add a further district."""
    found = organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).filter(
        kind=Organization.Kind.STATE
    )
    return list(found.order_by("name"))


def desks_of(district: Organization) -> list[Organization]:
    """The district's own desk and those of its schools."""
    schools = organizations.schools_of(district).filter(active=True).select_related("parent__parent")
    return [*schools, district]


@dataclass(frozen=True)
class Facts:
    """What the steps of one district are told by. `unread`, `closed`: names of its schools."""

    dispatch_number: str
    schools: int
    people_missing: list[str]
    unread: list[str]
    has_plan: bool
    unproved: int  # readers whose alerts are not known to arrive
    closed: list[str]


def progress(district: Organization | None) -> Progress:
    """From what is there this moment."""
    if district is None:
        return Progress([Step(key, label, False) for key, label in labels().items()])
    desks = desks_of(district)
    schools = desks[:-1]
    states = prevention.form_states(desks)
    return _progress(
        Facts(
            district.dispatch_number,
            len(schools),
            people_missing(district),
            [desk.name for desk in desks if "no_reader" in states[desk.pk].missing],
            "no_plan" not in states[district.pk].missing,
            len({person.pk for state in states.values() for person in state.readers_without_confirmed_alert}),
            [school.name for school in schools if not states[school.pk].open],
        )
    )


def progress_of_each(
    districts: Iterable[Place], published: prevention_pages.Published
) -> dict[int, Progress]:
    """The same of many districts side by side, by what is published, which is at most a minute old. Five
    queries."""
    wanted = [district.pk for district in districts]
    asked = Organization.objects.filter(pk__in=wanted)
    desks = Organization.objects.filter(Q(pk__in=wanted) | Q(parent__in=wanted), active=True).exclude(
        kind=Organization.Kind.STATE
    )
    numbers, with_plan = dict(asked.values_list("pk", "dispatch_number")), plan_gaps.with_plan(asked)
    held, read = (
        organizations.where_held([*READING, Role.SUPERINTENDENT], desks),
        prevention.desks_with_a_calendar(desks),
    )
    found = {}
    for one in by_district(light(desks)):
        names = {place.pk: place.name for place in one.places if place.pk != one.pk}
        unread = [
            place.name
            for place in one.places
            if published.closed_because.get(place.pk) == "no_reader" or place.pk not in read
        ]
        unproved = [
            place for place in one.places if published.closed_because.get(place.pk) == "unproved_reader"
        ]
        state = next((place.parent_id for place in one.places if place.pk == one.pk), None)
        closed = [name for pk, name in names.items() if pk not in published.open]
        facts = Facts(
            numbers.get(one.pk, ""),
            len(names),
            _people_missing(one.pk, state, names, held),
            unread,
            one.pk in with_plan,
            len(unproved),
            closed,
        )
        found[one.pk] = _progress(facts)
    return found


def _progress(facts: Facts) -> Progress:
    names, schools, unread, unproved = labels(), facts.schools, facts.unread, facts.unproved
    notes = {
        "district": "" if facts.dispatch_number else _("The dispatch number is missing."),
        "schools": _counted_schools(schools) if schools else "",
        "people": facts.people_missing[0] if facts.people_missing else "",
        "coverage": _("No reader yet: %(names)s") % {"names": _few(unread)} if schools and unread else "",
        "plan": "",
        "alerts": ngettext(
            "%(count)d reader has not confirmed", "%(count)d readers have not confirmed", unproved
        )
        % {"count": unproved}
        if unproved
        else "",
        "open": _("Closed: %(names)s") % {"names": _few(facts.closed)} if schools and facts.closed else "",
    }
    done = {
        "district": bool(facts.dispatch_number),
        "schools": bool(schools),
        "people": bool(schools) and not facts.people_missing,
        "coverage": bool(schools) and not unread,
        "plan": facts.has_plan,
        "alerts": bool(schools) and not unread and not unproved,
        "open": bool(schools) and not facts.closed,
    }
    return Progress([Step(key, names[key], done[key], notes[key]) for key in STEPS])


def _counted_schools(count: int) -> str:
    return ngettext("%(count)d school", "%(count)d schools", count) % {"count": count}


def _few(names: list[str], most: int = 3) -> str:
    listed = ", ".join(names[:most])
    return (
        listed
        if len(names) <= most
        else _("%(names)s and %(more)d more") % {"names": listed, "more": len(names) - most}
    )


def people_missing(district: Organization) -> list[str]:
    """What the people of a district still lack, as sentences. An alert that climbs must find somebody on each
    floor."""
    schools = organizations.schools_of(district).filter(active=True)
    held = organizations.where_held(
        [*READING, Role.SUPERINTENDENT], Organization.objects.filter(Q(pk=district.pk) | Q(parent=district))
    )
    return _people_missing(district.pk, district.parent_id, dict(schools.values_list("pk", "name")), held)


def _people_missing(
    district: int, state: int | None, schools: dict[int, str], held: set[tuple[int, str]]
) -> list[str]:
    missing = []
    above = {role for place, role in held if place in {district, state}}
    with_reader = {place for place, role in held if role in READING}
    without = [] if above & set(READING) else [name for pk, name in schools.items() if pk not in with_reader]
    if without:
        missing.append(_("Nobody reads reports at %(names)s.") % {"names": _few(without)})
    if not above & {Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD}:
        missing.append(_("The district has nobody on call and no safety lead."))
    if Role.SUPERINTENDENT not in above:
        missing.append(_("No superintendent is entered: the last alert would reach nobody."))
    return missing


def without_password(actor: Person, district: Organization) -> QuerySet[Person]:
    """People who cannot sign in yet and whom the actor looks after; somebody who also works elsewhere gets
    their link from all their places' administrator."""
    waiting = (
        organizations.people_of(district)
        .filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .exclude(pk=actor.pk)
    )
    return organizations.editable(actor, waiting)


def addresses_in(text: str) -> set[str]:
    """Every e-mail address of a pasted list, in small letters, whatever its columns are."""
    return set(re.findall(r"[^\s,;<>\"'()|]+@[^\s,;<>\"'()|]+", text.lower()))


def not_among(actor: Person, district: Organization, emails: Collection[str]) -> list[Person]:
    """Who is entered in the district, looked after by `actor`, and not on the list: they may have left."""
    there = (
        organizations.people_of(district).filter(is_active=True).exclude(pk=actor.pk).order_by("name", "pk")
    )
    gone = [pk for pk, email in there.values_list("pk", "email") if email.lower() not in emails]
    return [
        person
        for some in batched(gone, 500)
        for person in organizations.editable(actor, there.filter(pk__in=some))
    ]


@dataclass(frozen=True)
class DeskSetUp:
    """One desk in the step of the calendar."""

    organization: Organization
    readers: list[Person]  # in its calendar
    possible: list[Person]
    suggested: list[Person]
    gap: str


def desk_set_ups(desks: list[Organization]) -> list[DeskSetUp]:
    """Everything that is chosen from, for a few desks."""
    readers, gaps = prevention.readers_in_calendars(desks), prevention_pages.gap_sentences(desks)
    possible, suggested = (
        prevention_pages.possible_readers_at(desks),
        prevention_pages.suggested_readers_at(desks),
    )
    return [
        DeskSetUp(
            desk,
            readers[desk.pk],
            possible[desk.pk],
            suggested[desk.pk],
            gaps[desk.pk] if readers[desk.pk] else "",
        )
        for desk in desks
    ]


@dataclass(frozen=True)
class DeskBrief:
    """One desk of a long list: who reads there, and what it lacks by what is published."""

    organization: Organization
    readers: list[Person]
    gap: str
    open: bool


def desk_briefs(desks: list[Organization]) -> list[DeskBrief]:
    readers, lines = prevention.readers_in_calendars(desks), prevention_pages.desk_lines(desks, plans=False)
    return [
        DeskBrief(line.organization, readers[line.organization.pk], line.gap, line.open) for line in lines
    ]


def empty_calendars(desks: Iterable[Organization]) -> list[Organization]:
    """Desks without a reader where somebody may read: the press for all fills them."""
    places = list(desks)
    readers = prevention.readers_in_calendars(places)
    held = {
        place
        for place, _role in organizations.where_held(
            READING, Organization.objects.filter(pk__in=[one.pk for one in places])
        )
    }
    return [
        desk for desk in places if not readers[desk.pk] and any(above.pk in held for above in desk.line())
    ]


@dataclass(frozen=True)
class SchoolLine:
    """One school in the last step."""

    organization: Organization
    form: prevention.FormState
    address: str
    arrival: Arrival | None


def school_lines(person: Person, schools: list[Organization]) -> list[SchoolLine]:
    states, arrivals = prevention.form_states(schools), last_arrivals(person, schools)
    return [
        SchoolLine(
            desk,
            states[desk.pk],
            f"{settings.SSC_PUBLIC_URL}/report/{desk.slug}/",
            arrivals.get(desk.pk),
        )
        for desk in schools
    ]
