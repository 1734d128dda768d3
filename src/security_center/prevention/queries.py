"""What others may read of the plan and the calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.content_reader import LANGUAGES
from security_center.foundation.ledger.queries import things_to_which
from security_center.foundation.notifications.queries import sent_test_alert_within, unconfirmed
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has, remember
from security_center.foundation.organizations.queries import sought
from security_center.foundation.school_time import SchoolCalendar

from . import coverage
from .alternates import alternate_of as alternate_of
from .alternates import alternates_of as alternates_of
from .alternates import without_alternate as without_alternate
from .beginning import begin
from .case_rules import CaseRules
from .doctrine import management
from .models import Absence, CoverageShift, Holiday, Plan, PublishedForm, PublishedPlan
from .recent import recent

DAYS_A_TEST_ALERT_COUNTS = 120
DAYS_BEFORE_REMINDER = (
    100  # then a new one is asked for: a form that shuts by itself on day 121 is found out by a reporter
)
DAYS_BETWEEN_REMINDERS = 7
DAYS_LOOKED_AHEAD = 14
FEW = 20
FILLED = ("coverage.set", "coverage.added")  # verbs of the ledger


def adopted_plan(organization: Organization) -> Plan | None:
    """The plan the organization works by: its own adopted one, else that of the nearest organization above
    it."""
    return adopted_plans([organization])[organization.pk]


def adopted_plans(organizations: Iterable[Organization]) -> dict[int, Plan | None]:
    """The same for each of several organizations, which come with their parents, by id. One query."""
    lines = {place.pk: [above.pk for above in place.line()] for place in organizations}
    wanted = {pk for line in lines.values() for pk in line}
    plans = {
        plan.organization_id: plan
        for plan in Plan.objects.filter(organization__in=wanted, state=Plan.State.ADOPTED)
    }
    return {pk: next((plans[above] for above in line if above in plans), None) for pk, line in lines.items()}


def plan_above(organization: Organization) -> Plan | None:
    """The plan that binds this organization from above: that of its district, or of its state."""
    return adopted_plan(organization.parent) if organization.parent is not None else None


def stored_draft(organization: Organization) -> Plan | None:
    return (
        Plan.objects.filter(organization=organization, state=Plan.State.DRAFT)
        .select_related("changed_by")
        .first()
    )


def begun(organization: Organization) -> Plan:
    """The next version as it would begin: not stored."""
    before = Plan.objects.filter(organization=organization, state=Plan.State.ADOPTED).first()
    plan = begin(organization, before=before, above=plan_above(organization))
    plan.created_at = now()
    return plan


def draft_or_begun(organization: Organization) -> Plan:
    """The draft that is worked on, else one that begins with the version in force. It is measured against the
    plan that stands above it today."""
    draft = stored_draft(organization)
    if draft is None:
        return begun(organization)
    draft.organization, draft.above = organization, plan_above(organization)
    return draft


def plans_right_below(organization: Organization) -> list[Plan]:
    """Adopted plans of organizations for which this one's plan is the next above them."""
    direct = Plan.objects.filter(state=Plan.State.ADOPTED, organization__parent=organization)
    between = Plan.objects.filter(state=Plan.State.ADOPTED, organization__parent__parent=organization)
    between = between.exclude(organization__parent__in=direct.values("organization"))
    return list((direct | between).select_related("organization__parent__parent").order_by("pk"))


def case_rules(plan: Plan | None) -> CaseRules:
    """What a version of the plan says to the cases that were opened under it; the doctrine's own rules where
    there is none."""
    return CaseRules(plan)


def rules_of_versions(plans: Iterable[int | None]) -> dict[int | None, CaseRules]:
    """The same for many cases at once, by the id of their version. One query."""
    return {
        None: CaseRules(None),
        **{pk: CaseRules(plan) for pk, plan in Plan.objects.in_bulk([pk for pk in set(plans) if pk]).items()},
    }


def rules_at(organization: Organization) -> CaseRules:
    """What the plan that an organization works by says today. The plan is asked each time: a new version
    holds at once, in every program."""
    return CaseRules(adopted_plan(organization))


def ladder_facts(organization: Organization) -> dict[str, object]:
    """School hours, holidays and message hours as plain facts (see SchoolCalendar.from_facts)."""
    return ladder_facts_at([organization])[organization.pk]


def ladder_facts_at(organizations: Collection[Organization]) -> dict[int, dict[str, object]]:
    """The same for each of several organizations, which come with their parents, by id. Two queries."""
    plans, lines = (
        adopted_plans(organizations),
        {place.pk: {above.pk for above in place.line()} for place in organizations},
    )
    holidays = list(
        Holiday.objects.filter(organization__in={pk for line in lines.values() for pk in line}).order_by(
            "first_day", "pk"
        )
    )
    found: dict[int, dict[str, object]] = {}
    for place in organizations:
        plan = plans[place.pk]
        found[place.pk] = {
            "time_zone": place.time_zone,
            "school_hours": plan.school_hours if plan else {},
            "message_hours": plan.message_hours if plan else [],
            "holidays": [
                [h.first_day.isoformat(), h.last_day.isoformat()]
                for h in holidays
                if h.organization_id in lines[place.pk]
            ],
        }
    return found


def calendar_of(organization: Organization) -> SchoolCalendar:
    return SchoolCalendar.from_facts(ladder_facts(organization))


def _shifts_at(
    organizations: Iterable[Organization],
) -> tuple[dict[int, list[coverage.Shift]], dict[int, Person]]:
    """The shifts of each desk by its id, and the people in them: active people who may read there, since a
    shift of somebody who lost the role is no coverage. Two queries, however many desks, people and hours."""
    places = {place.pk: place for place in organizations}
    stored = CoverageShift.objects.filter(organization__in=places, person__is_active=True)
    if len(places) > FEW:  # one object for each person, and none for a shift: a state has a hundred thousand
        named = (
            "organization_id",
            "person_id",
            "weekday",
            "starts_minute",
            "ends_minute",
            "position",
            "valid_from",
            "valid_until",
        )
        rows = [(place, coverage.Shift(*facts)) for place, *facts in stored.values_list(*named)]
        people = {
            person.pk: person
            for person in Person.objects.filter(pk__in={shift.person_id for _place, shift in rows})
        }
    else:
        rows, people = [], {}
        for row in stored.select_related("person"):
            people[row.person_id] = row.person
            facts = (
                row.person_id,
                row.weekday,
                row.starts_minute,
                row.ends_minute,
                row.position,
                row.valid_from,
                row.valid_until,
            )
            rows.append((row.organization_id, coverage.Shift(*facts)))
    remember(people.values())
    pairs = {(place, shift.person_id) for place, shift in rows}
    may_read = {
        (place, person)
        for place, person in pairs
        if has(people[person], Permission.REPORT_READ, places[place])
    }
    found: dict[int, list[coverage.Shift]] = {pk: [] for pk in places}
    for place, shift in rows:
        if (place, shift.person_id) in may_read:
            found[place].append(shift)
    return found, people


def _absences(person_ids: set[int], until_after: datetime) -> list[coverage.Away]:
    rows = Absence.objects.filter(person_id__in=person_ids, ends_at__gt=until_after)
    return [coverage.Away(row.person_id, row.starts_at, row.ends_at) for row in rows]


def readers_on_duty(organization: Organization, at: datetime) -> list[Person]:
    """Readers at `at`, first reader first."""
    return readers_on_duty_at([organization], at)[organization.pk]


def readers_on_duty_at(organizations: Collection[Organization], at: datetime) -> dict[int, list[Person]]:
    """The same for each of several desks, by id. Four queries."""
    places = {place.pk: place for place in organizations}
    shifts, people = _shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, at)
    return {
        pk: [people[reader] for reader in coverage.readers_at(of_desk, absences, at, places[pk].zone)]
        for pk, of_desk in shifts.items()
    }


def coverage_from(
    organization: Organization, at: datetime, days: int
) -> tuple[list[Person], list[coverage.Stretch]]:
    """Readers at `at`, first reader first, and the covered stretches of the `days` that follow, from one
    reading of the calendar."""
    shifts, people = _shifts_at([organization])
    of_desk, zone = shifts[organization.pk], organization.zone
    absences = _absences({shift.person_id for shift in of_desk}, at)
    readers = [people[pk] for pk in coverage.readers_at(of_desk, absences, at, zone)]
    return readers, coverage.covered(of_desk, absences, at, at + timedelta(days=days), zone)


def readers_to_remind(organizations: Collection[Organization]) -> list[Person]:
    """Those in the calendars of these desks whose proof runs out soon, ran out or never was, and who got no
    test alert in the last days."""
    named = people_in_calendars(Organization.objects.filter(pk__in=[place.pk for place in organizations]))
    people = unconfirmed(named, DAYS_BEFORE_REMINDER)
    sent = set(sent_test_alert_within(people, DAYS_BETWEEN_REMINDERS))
    return [person for person in people if person.pk not in sent]


def readers_in_calendar(organization: Organization) -> list[Person]:
    """Everybody whom the calendar names and who may read, in order of first position."""
    return readers_in_calendars([organization])[organization.pk]


def readers_in_calendars(organizations: Iterable[Organization]) -> dict[int, list[Person]]:
    """The same for each of several desks, by id. Three queries, which read a row for each person and desk,
    not one for each hour."""
    places = {place.pk: place for place in organizations}
    rows = CoverageShift.objects.filter(organization__in=places, person__is_active=True).values(
        "organization", "person"
    )
    named = list(
        rows.annotate(first=Min("position")).order_by("first", "person").values_list("organization", "person")
    )
    people = Person.objects.in_bulk({person for _place, person in named})
    remember(people.values())
    found: dict[int, list[Person]] = {pk: [] for pk in places}
    for place, person in named:
        if has(people[person], Permission.REPORT_READ, places[place]):
            found[place].append(people[person])
    return found


def desks_with_a_calendar(organizations: QuerySet[Organization]) -> set[int]:
    """Ids of those whose calendar names anybody."""
    return set(
        organizations.order_by()
        .filter(Exists(CoverageShift.objects.filter(organization=OuterRef("pk"))))
        .values_list("pk", flat=True)
    )


def desks_that_had_a_calendar(organizations: QuerySet[Organization]) -> set[int]:
    """Ids of those whose calendar names somebody now or did once: whoever empties it does not make the desk
    one that never worked."""
    ids = {f"organization:{pk}": pk for pk in organizations.order_by().values_list("pk", flat=True)}
    return desks_with_a_calendar(organizations) | {ids[thing] for thing in things_to_which(ids, FILLED)}


def people_in_calendars(organizations: QuerySet[Organization]) -> QuerySet[Person]:
    """Everybody whom the calendars of these desks name, by name; for lists that need no order of reading."""
    named = CoverageShift.objects.filter(
        person=OuterRef("pk"), organization__in=organizations.order_by().values("pk")
    )
    return Person.objects.filter(Exists(named), is_active=True).order_by("name", "pk")


def coverage_gaps_at(
    organizations: Iterable[Organization], start: datetime | None = None, days: int = DAYS_LOOKED_AHEAD
) -> dict[int, list[coverage.Stretch]]:
    """The stretches of the next days in which nobody reads, of each desk, by id. Three queries."""
    places, at = {place.pk: place for place in organizations}, start or now()
    end = at + timedelta(days=days)
    shifts, _people = _shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, at)
    return {
        pk: coverage.gaps(coverage.covered(of_desk, absences, at, end, places[pk].zone), at, end)
        for pk, of_desk in shifts.items()
    }


def windows_to_publish(organizations: Collection[Organization]) -> dict[int, list[list[str]]]:
    """The covered stretches of the next days of each desk, as the public page reads them. They begin and end
    with a day, so that they are the same until the day or the calendar is another."""
    places = {place.pk: place for place in organizations}
    start = (now() - timedelta(hours=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    shifts, _people = _shifts_at(places.values())
    absences = _absences({shift.person_id for of_desk in shifts.values() for shift in of_desk}, start)
    found = {}
    for pk, of_desk in shifts.items():
        readers = {shift.person_id for shift in of_desk}
        away = tuple(absence for absence in absences if absence.person_id in readers)
        found[pk] = coverage.windows(tuple(of_desk), away, start, DAYS_LOOKED_AHEAD + 2, places[pk].zone)
    return found


@dataclass(frozen=True)
class FormState:
    """Whether a school's form may be open, and what each missing thing is, as codes the pages turn into
    sentences."""

    open: bool
    missing: list[str] = field(default_factory=list)
    readers_without_confirmed_alert: list[Person] = field(default_factory=list)
    open_until: datetime | None = None


def form_state(organization: Organization) -> FormState:
    """A school's form opens only for an adopted plan whose calendar names readers, and, outside the demo,
    only when somebody reads at each of its hours who proved in the last 120 days that a test alert reaches
    them: an alert that goes to a mailbox nobody reads is the failure this system exists to end. Somebody
    unproved beside them closes nothing, and is named."""
    return form_states([organization])[organization.pk]


def form_states(organizations: Iterable[Organization]) -> dict[int, FormState]:
    """The same for each of several desks, which come with their parents, by id. Five queries."""
    places = list(organizations)
    calendars = readers_in_calendars(places)
    above = {one.pk for place in places for one in place.line()}
    with_plan = set(
        Plan.objects.filter(organization__in=above, state=Plan.State.ADOPTED).values_list(
            "organization_id", flat=True
        )
    )
    named = {person.pk: person for readers in calendars.values() for person in readers}
    unproved = (
        set()
        if settings.SSC_DEMO
        else {person.pk for person in unconfirmed(named.values(), DAYS_A_TEST_ALERT_COUNTS)}
    )
    proved_at_each_hour = _proved_at_each_hour(
        [place for place in places if any(one.pk in unproved for one in calendars[place.pk])], unproved
    )
    found = {}
    for place in places:
        waiting = [person for person in calendars[place.pk] if person.pk in unproved]
        lacking = {
            "no_plan": not any(one.pk in with_plan for one in place.line()),
            "no_reader": not calendars[place.pk],
            "unproved_reader": bool(waiting) and place.pk not in proved_at_each_hour,
        }
        missing = [code for code, lacks in lacking.items() if lacks]
        found[place.pk] = FormState(
            open=not missing and place.active, missing=missing, readers_without_confirmed_alert=waiting
        )
    return found


def _proved_at_each_hour(organizations: Collection[Organization], unproved: set[int]) -> set[int]:
    """Ids of those desks where beside the unproved readers somebody who is proved reads at each hour.
    Absences do not count here: they end."""
    if not organizations:
        return set()
    start = now().replace(minute=0, second=0, microsecond=0)
    end, zones = start + timedelta(days=DAYS_LOOKED_AHEAD), {place.pk: place.zone for place in organizations}
    shifts, _people = _shifts_at(organizations)
    found = set()
    for pk, of_desk in shifts.items():
        of_proved = [shift for shift in of_desk if shift.person_id not in unproved]
        if coverage.covered(of_desk, [], start, end, zones[pk]) == coverage.covered(
            of_proved, [], start, end, zones[pk]
        ):
            found.add(pk)
    return found


@dataclass(frozen=True)
class PublicState:
    """What the public page says about a school's form right now."""

    form: PublishedForm | None
    open: bool
    covered_until: datetime | None  # somebody reads now, until then
    next_covered_at: datetime | None  # nobody reads now; the next person does from then


def published_form(organization: Organization) -> PublishedForm | None:
    """The row that the public program may know of this desk's plan."""
    return recent(
        ("form", organization.pk), lambda: PublishedForm.objects.filter(organization=organization).first()
    )


@dataclass(frozen=True)
class PublishedStep:
    name: str
    paragraphs: list[str]


@dataclass(frozen=True)
class PublishedSteps:
    """What the public page says of an organization's plan, in one language."""

    version: int
    adopted_on: date
    adopted_for: str
    steps: list[PublishedStep]


def published_steps(organization: Organization, language: str) -> PublishedSteps | None:
    """None where no plan is adopted. Reads the published row only."""
    row = recent(
        ("plan", organization.pk), lambda: PublishedPlan.objects.filter(organization=organization).first()
    )
    if row is None:
        return None
    known, spoken = management.starting_plan().steps, language[:2] if language[:2] in LANGUAGES else "en"
    said = [
        PublishedStep(str(known[step["key"]].name), step["words"][spoken])
        for step in row.steps
        if step["key"] in known
    ]
    return PublishedSteps(row.version, row.adopted_on, row.adopted_for, said)


def public_state(organization: Organization) -> PublicState:
    """Reads the published row only: the public program may know no people and no calendar."""
    form = published_form(organization)
    if form is None:
        return PublicState(None, open=False, covered_until=None, next_covered_at=None)
    at = now()
    is_open = form.is_open_at(at)
    windows = [
        coverage.Stretch(datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in form.windows
    ]
    until = next((w.ends_at for w in windows if w.starts_at <= at < w.ends_at), None)
    upcoming = next((w.starts_at for w in windows if w.starts_at > at), None)
    return PublicState(form, open=is_open, covered_until=until, next_covered_at=None if until else upcoming)


def schools_matching(words: str, limit: int = 50) -> list[Organization]:
    """Schools whose name or city holds each of the words; for the public page that helps a reporter find
    their school."""
    found = Organization.objects.filter(kind=Organization.Kind.SCHOOL, active=True)
    for word in map(sought, words.split()[:6]):
        found = found.filter(Q(name__icontains=word) | Q(city__icontains=word))
    return list(found.select_related("parent").order_by("name", "pk")[:limit])


def desk_by_slug(slug: str) -> Organization | None:
    """The active school or district whose form stands at /report/<slug>/, with all above it; None when there
    is none."""

    def find() -> Organization | None:
        found = Organization.objects.filter(slug=slug, active=True).exclude(kind=Organization.Kind.STATE)
        return found.select_related("parent__parent").first()

    return recent(("desk", slug), find)


def desks_below(organization: Organization) -> list[Organization]:
    """The organization itself and every active one below it: each has a desk and a published form."""
    below = Organization.objects.filter(
        Q(pk=organization.pk) | Q(parent=organization) | Q(parent__parent=organization), active=True
    )
    return list(below.select_related("parent", "parent__parent"))


def desks_of_reader(person: Person) -> list[Organization]:
    """Active ones whose calendar names the person."""
    named = Organization.objects.filter(
        active=True, pk__in=CoverageShift.objects.filter(person=person).values("organization")
    )
    return list(named.select_related("parent", "parent__parent"))


def desks_with_plans() -> list[Organization]:
    """Active schools and districts: each has a form that is published as open or as closed."""
    rows = Organization.objects.filter(active=True).exclude(kind=Organization.Kind.STATE)
    return list(rows.select_related("parent", "parent__parent"))
