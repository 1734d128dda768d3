"""How far the set-up of a district has come. Computed from what is there, so that it can be left at any point and taken up again."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.notifications import queries as notifications
from security_center.foundation.notifications.models import TestAlert
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import those_editable
from security_center.prevention import pages as prevention_pages
from security_center.prevention import queries as prevention
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


def districts_of(person: Person) -> list[Organization]:
    """Districts that the person may set up."""
    found = organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).filter(kind=Organization.Kind.DISTRICT)
    return list(found.select_related("parent").order_by("name"))


def may_begin(person: Person) -> bool:
    """The first administrator, while nothing is entered."""
    return person.is_first_administrator and not organizations.any_organization_exists()


def states_of(person: Person) -> list[Organization]:
    """States in which the person may add a further district."""
    found = organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).filter(kind=Organization.Kind.STATE)
    return list(found.order_by("name"))


def desks_of(district: Organization) -> list[Organization]:
    """The district's own desk and those of its schools."""
    schools = organizations.schools_of(district).filter(active=True).select_related("parent__parent")
    return [*schools, district]


def progress(district: Organization | None) -> Progress:
    names = labels()
    if district is None:
        return Progress([Step(key, names[key], False) for key in STEPS])
    desks = desks_of(district)
    schools = desks[:-1]
    states = prevention.form_states(desks)
    unread = [desk for desk in desks if "no_reader" in states[desk.pk].missing]
    unproved = {person.pk for state in states.values() for person in state.readers_without_confirmed_alert}
    closed = [school for school in schools if not states[school.pk].open]
    missing_people = people_missing(district, schools)
    has_plan = prevention.adopted_plan(district) is not None
    notes = {
        "district": "" if district.dispatch_number else _("The dispatch number is missing."),
        "schools": _counted_schools(len(schools)) if schools else "",
        "people": missing_people[0] if missing_people else "",
        "coverage": _("No reader yet: %(names)s") % {"names": _few(unread)} if schools and unread else "",
        "plan": "",
        "alerts": ngettext("%(count)d reader has not confirmed", "%(count)d readers have not confirmed", len(unproved)) % {"count": len(unproved)}
        if unproved
        else "",
        "open": _("Closed: %(names)s") % {"names": _few(closed)} if schools and closed else "",
    }
    done = {
        "district": bool(district.dispatch_number),
        "schools": bool(schools),
        "people": bool(schools) and not missing_people,
        "coverage": bool(schools) and not unread,
        "plan": has_plan,
        "alerts": bool(schools) and not unread and not unproved,
        "open": bool(schools) and not closed,
    }
    return Progress([Step(key, names[key], done[key], notes[key]) for key in STEPS])


def _counted_schools(count: int) -> str:
    return ngettext("%(count)d school", "%(count)d schools", count) % {"count": count}


def _few(places: list[Organization], most: int = 3) -> str:
    listed = ", ".join(place.name for place in places[:most])
    return listed if len(places) <= most else _("%(names)s and %(more)d more") % {"names": listed, "more": len(places) - most}


def people_missing(district: Organization, schools: list[Organization]) -> list[str]:
    """What the people of a district still lack, as sentences. An alert that climbs must find somebody on each floor."""
    missing = []
    readers = prevention_pages.possible_readers_at(schools)
    without = [school for school in schools if not readers[school.pk]]
    if without:
        missing.append(_("Nobody reads reports at %(names)s.") % {"names": _few(without)})
    district_roles = (Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD)
    if not organizations.people_with_any_role(district, district_roles, include_above=True):
        missing.append(_("The district has nobody on call and no safety lead."))
    if not organizations.people_with_role(district, Role.SUPERINTENDENT, include_above=True):
        missing.append(_("No superintendent is entered: the last alert would reach nobody."))
    return missing


def without_password(actor: Person, district: Organization) -> list[Person]:
    """People who cannot sign in yet and whom the actor looks after; somebody who also works elsewhere gets their link from all their places'
    administrator."""
    waiting = [person for person in organizations.people_of(district) if not person.has_usable_password() and person.pk != actor.pk]
    return those_editable(actor, waiting)


@dataclass(frozen=True)
class DeskSetUp:
    """One desk in the step of the calendar."""

    organization: Organization
    readers: list[Person]  # in its calendar
    possible: list[Person]
    suggested: list[Person]
    gap: str


def desk_set_ups(district: Organization) -> list[DeskSetUp]:
    desks = desks_of(district)
    readers, gaps = prevention.readers_in_calendars(desks), prevention_pages.gap_sentences(desks)
    possible, suggested = prevention_pages.possible_readers_at(desks), prevention_pages.suggested_readers_at(desks)
    return [DeskSetUp(desk, readers[desk.pk], possible[desk.pk], suggested[desk.pk], gaps[desk.pk] if readers[desk.pk] else "") for desk in desks]


@dataclass(frozen=True)
class AlertLine:
    """Whether one person's alerts arrive."""

    person: Person
    desks: list[Organization]
    sent: TestAlert | None
    confirmed: TestAlert | None
    counts: bool  # confirmed in the last 120 days
    needed: bool  # a form stays closed without it


def alert_lines(district: Organization) -> list[AlertLine]:
    """Everybody whom the calendars name, then those whom an alert climbs to."""
    desks_by_person: dict[int, list[Organization]] = {}
    people: dict[int, Person] = {}
    desks = desks_of(district)
    calendars = prevention.readers_in_calendars(desks)
    for desk in desks:
        for person in calendars[desk.pk]:
            people[person.pk] = person
            desks_by_person.setdefault(person.pk, []).append(desk)
    upward = (Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT)
    for person in organizations.people_with_any_role(district, upward, include_above=True):
        people.setdefault(person.pk, person)
    alerts = notifications.alerts_of(people.values())
    unproved = {person.pk for person in notifications.unconfirmed(people.values())}
    lines = []
    for pk, person in people.items():
        sent, confirmed = alerts.get(pk, (None, None))
        lines.append(AlertLine(person, desks_by_person.get(pk, []), sent, confirmed, pk not in unproved, pk in desks_by_person))
    return sorted(lines, key=lambda line: (not line.needed, line.counts, line.person.name))


@dataclass(frozen=True)
class SchoolLine:
    """One school in the last step."""

    organization: Organization
    form: prevention.FormState
    address: str
    short_address: str
    arrival: Arrival | None


def school_lines(person: Person, district: Organization) -> list[SchoolLine]:
    schools = desks_of(district)[:-1]
    states, arrivals = prevention.form_states(schools), last_arrivals(person, schools)
    return [
        SchoolLine(
            desk,
            states[desk.pk],
            f"{settings.SSC_PUBLIC_URL}/report/{desk.slug}/",
            f"{settings.SSC_PUBLIC_URL}/r/{desk.slug}/",
            arrivals.get(desk.pk),
        )
        for desk in schools
    ]
