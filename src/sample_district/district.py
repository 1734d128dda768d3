"""One invented state, two districts, eight schools, and people in every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from security_center.foundation.clock import now
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.prevention import actions as prevention

from . import plans

STATE = ("Evergreen", "evergreen")
# name, slug, city, mail domain, dispatch number, schools: (name, slug, level, enrollment)
DISTRICTS = (
    (
        (
            "Cedar Valley School District",
            "cedar-valley",
            "Cedar Falls Junction",
            "cedarvalley.example",
            "555-0140",
        ),
        (
            ("Lincoln Middle School", "lincoln-middle", Organization.Level.MIDDLE, 640),
            ("North High School", "north-high", Organization.Level.HIGH, 1180),
            ("Willow Creek Elementary", "willow-creek", Organization.Level.ELEMENTARY, 410),
            ("Riverside Elementary", "riverside", Organization.Level.ELEMENTARY, 385),
            ("Maple Ridge School", "maple-ridge", Organization.Level.COMBINED, 270),
        ),
    ),
    (
        ("Harbor Point Unified", "harbor-point", "Harbor Point", "harborpoint.example", "555-0170"),
        (
            ("Harbor High School", "harbor-high", Organization.Level.HIGH, 930),
            ("Lighthouse Middle School", "lighthouse-middle", Organization.Level.MIDDLE, 520),
            ("Seaside Elementary", "seaside", Organization.Level.ELEMENTARY, 300),
        ),
    ),
)
DISTRICT_PEOPLE = {
    "cedar-valley": (
        ("Nia Ward", Role.DISTRICT_ON_CALL, "Student services, on call"),
        ("Ivy Chen", Role.DISTRICT_SAFETY_LEAD, "Director of safety"),
        ("Omar Reyes", Role.SUPERINTENDENT, "Superintendent"),
        ("Audrey Kim", Role.AUDITOR, "Auditor"),
        ("Ada Stone", Role.ADMINISTRATOR, "IT coordinator"),
    ),
    "harbor-point": (
        ("Leo Marsh", Role.DISTRICT_ON_CALL, "Student services, on call"),
        ("Tess Okafor", Role.DISTRICT_SAFETY_LEAD, "Director of safety"),
        ("Helen Brandt", Role.SUPERINTENDENT, "Superintendent"),
        ("Paul Nilsen", Role.AUDITOR, "Auditor"),
        ("Gus Romero", Role.ADMINISTRATOR, "IT coordinator"),
    ),
}
SCHOOL_PEOPLE = {
    "lincoln-middle": ("Rosa Ortiz", "Ben Cole", "Dana Price", "Sam Lee", "Mia Torres"),
    "north-high": ("Joan Abbott", "Luis Vega", "Carla Quinn", "Earl Dobbs", "Priya Nair"),
    "willow-creek": ("Kate Moss-Hill", "Amir Haddad", "Gail Sutton", "", ""),
    "riverside": ("Tom Baird", "Lena Fox", "Ruth Adler", "", ""),
    "maple-ridge": ("Iris Lund", "", "Walt Penn", "", ""),
    "harbor-high": ("Nora Finch", "Diego Salas", "Beth Crane", "Ray Holt", "Yusuf Aziz"),
    "lighthouse-middle": ("Clara Voss", "Hugo Lima", "Finn Doyle", "", ""),
    "seaside": ("Eva Brandao", "Otis Wren", "Joy Marlow", "", ""),
}
SCHOOL_ROLES = (
    (Role.READER, "Assistant principal"),
    (Role.COUNSELOR, "School counselor"),
    (Role.PRINCIPAL, "Principal"),
    (Role.SRO, "School resource officer"),
    (Role.TEAM_LEAD, "Threat assessment team lead"),
)
SPANISH = {"Luis Vega", "Diego Salas"}


@dataclass
class SampleDistrict:
    state: Organization
    districts: dict[str, Organization] = field(default_factory=dict)
    schools: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)  # by name
    roles: list[tuple[Person, Role, Organization]] = field(default_factory=list)

    def holder(self, role: Role, organization: Organization) -> Person | None:
        return next((p for p, r, o in self.roles if r == role and o.pk == organization.pk), None)

    def fresh(self, person: Person) -> Person:
        """The person without remembered roles, so that each sample action asks anew."""
        return Person.objects.get(pk=person.pk)


def build() -> SampleDistrict:
    """Make the tree, its people, plans and calendars. Called under the clock of the day the district
    began."""
    first = Person.objects.create_user(
        "state.admin@evergreen.example", "Mara Quist", None, is_first_administrator=True
    )
    state = organizations.create_organization(
        actor=first, kind=Organization.Kind.STATE, name=f"State of {STATE[0]}", slug=STATE[1]
    )
    sample = SampleDistrict(state)
    _remember(sample, Person.objects.get(pk=first.pk), Role.ADMINISTRATOR, state)
    _add(sample, first, state, "Frank Osei", "evergreen.example", Role.AUDITOR, "State analyst")
    for (name, slug, city, domain, dispatch), schools in DISTRICTS:
        district = organizations.create_organization(
            actor=first,
            kind=Organization.Kind.DISTRICT,
            name=name,
            slug=slug,
            parent=state,
            city=city,
            dispatch_number=dispatch,
        )
        sample.districts[slug] = district
        for person, role, title in DISTRICT_PEOPLE[slug]:
            _add(sample, first, district, person, domain, role, title)
        for school_name, school_slug, level, enrollment in schools:
            school = organizations.create_organization(
                actor=first,
                kind=Organization.Kind.SCHOOL,
                name=school_name,
                slug=school_slug,
                parent=district,
                level=level,
                city=city,
                enrollment=enrollment,
            )
            sample.schools[school_slug] = school
            for (role, title), person in zip(SCHOOL_ROLES, SCHOOL_PEOPLE[school_slug], strict=True):
                if person:
                    _add(sample, first, school, person, domain, role, title)
            _supervise(sample, first, school)
        _plan(sample, district)
    return sample


def _add(
    sample: SampleDistrict,
    actor: Person,
    organization: Organization,
    name: str,
    domain: str,
    role: Role,
    title: str,
) -> None:
    address = f"{name.lower().replace(' ', '.')}@{domain}"
    person = organizations.add_person(
        actor=sample.fresh(actor),
        organization=organization,
        name=name,
        email=address,
        job_title=title,
        language="es" if name in SPANISH else "en",
    )
    organizations.assign_role(actor=sample.fresh(actor), person=person, organization=organization, role=role)
    _remember(sample, person, role, organization)


def _remember(sample: SampleDistrict, person: Person, role: Role, organization: Organization) -> None:
    sample.people[person.name] = person
    sample.roles.append((person, role, organization))


def _supervise(sample: SampleDistrict, actor: Person, school: Organization) -> None:
    """The principal directs the others of the school; the superintendent directs the principal."""
    principal = sample.holder(Role.PRINCIPAL, school)
    superintendent = sample.holder(Role.SUPERINTENDENT, school.district)
    if principal is None or superintendent is None:
        return
    organizations.set_supervision(actor=sample.fresh(actor), supervisor=superintendent, supervised=principal)
    for role in (Role.READER, Role.COUNSELOR, Role.TEAM_LEAD):
        person = sample.holder(role, school)
        if person is not None:
            organizations.set_supervision(actor=sample.fresh(actor), supervisor=principal, supervised=person)


def _plan(sample: SampleDistrict, district: Organization) -> None:
    lead = sample.holder(Role.DISTRICT_SAFETY_LEAD, district)
    on_call = sample.holder(Role.DISTRICT_ON_CALL, district)
    if lead is None or on_call is None:
        raise RuntimeError("The sample district names a safety lead and an on-call person.")
    plans.adopt(sample, district, lead, other_line_name=f"{STATE[0]} Safe Line", other_line_number="555-0199")
    if plans.TIGHTENED in {
        school.slug for school in sample.schools.values() if school.parent_id == district.pk
    }:
        plans.tighten_one_school(sample, lead)
    for first_day, last_day, name in (
        (first, last, name)
        for year in range(now().year, now().year + 3)
        for first, last, name in (
            (date(year, 11, 25), date(year, 11, 27), "Thanksgiving break"),
            (date(year, 12, 21), date(year + 1, 1, 1), "Winter break"),
        )
    ):
        prevention.add_holiday(
            actor=sample.fresh(lead), organization=district, first_day=first_day, last_day=last_day, name=name
        )
    prevention.set_alternate(actor=sample.fresh(lead), organization=district, person=on_call)
    prevention.set_coverage(
        actor=sample.fresh(lead), organization=district, rows=_around_the_clock([on_call, lead])
    )
    for school in (s for s in sample.schools.values() if s.parent_id == district.pk):
        readers = [sample.holder(role, school) for role in (Role.READER, Role.COUNSELOR, Role.PRINCIPAL)]
        named = [person for person in readers if person is not None]
        # One small school cannot staff its nights: the page says so, and the administrator sees the gap.
        rows = _school_hours_only(named) if school.slug == "maple-ridge" else _around_the_clock(named)
        prevention.set_coverage(actor=sample.fresh(lead), organization=school, rows=rows)


def _around_the_clock(people: list[Person]) -> list[prevention.ShiftRow]:
    """Day shifts by the school's people in order; evenings and nights begin with another person each day."""
    rows = []
    for day in range(7):
        for place, person in enumerate(people, start=1):
            rows.append(prevention.ShiftRow(person.pk, day, 6 * 60, 18 * 60, place))
        for place in range(len(people)):
            person = people[(day + place) % len(people)]
            rows.append(prevention.ShiftRow(person.pk, day, 18 * 60, 6 * 60, place + 1))
    return rows


def _school_hours_only(people: list[Person]) -> list[prevention.ShiftRow]:
    return [
        prevention.ShiftRow(p.pk, day, 7 * 60, 17 * 60, place)
        for day in range(5)
        for place, p in enumerate(people, start=1)
    ]
