"""What the public pages read: the published rows, and the schools and districts that have a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from security_center.foundation import languages
from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import sought

from .. import coverage
from ..doctrine import management
from ..models import PublishedForm, PublishedPlan
from ..recent import recent


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
    known, spoken, english = (
        management.starting_plan().steps,
        languages.offered(language),
        languages.fallback(),
    )
    said = [
        PublishedStep(str(known[step["key"]].name), step["words"].get(spoken) or step["words"][english])
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


def desks_with_plans() -> list[Organization]:
    """Active schools and districts: each has a form that is published as open or as closed."""
    rows = Organization.objects.filter(active=True).exclude(kind=Organization.Kind.STATE)
    return list(rows.select_related("parent", "parent__parent"))
