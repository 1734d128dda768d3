"""What the public program may know of the plan and the calendar, renewed by whatever changes them and by the
worker each minute.

A state has thousands of desks: what they say is worked out for many at once, and only what changed is
written."""

from __future__ import annotations

from collections.abc import Collection
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization

from .. import queries
from ..beginning import words_of
from ..content_loader import categories
from ..models import Plan, PublishedForm, PublishedPlan
from ..steps import FIELDS

AT_ONCE = 100  # desks that are worked out together, and renewed by the action that changes something for them


def publish_form(*, organization: Organization) -> PublishedForm:
    """Renews what the public program may know of one desk. Writes no ledger, since it states nothing new."""
    publish_forms(organizations=[organization])
    return PublishedForm.objects.get(organization=organization)


def publish_forms(*, organizations: Collection[Organization]) -> int:
    """The same for many, which come with their parents. Returns how many had changed."""
    return sum(_publish(list(some)) for some in batched(organizations, AT_ONCE))


def _publish(organizations: list[Organization]) -> int:
    plans = queries.adopted_plans(organizations)
    said = _said(organizations, plans)
    held = {
        form.organization_id: form for form in PublishedForm.objects.filter(organization__in=organizations)
    }
    changed = [
        pk
        for pk, facts in said.items()
        if pk not in held or any(getattr(held[pk], name) != value for name, value in facts.items())
    ]
    with_plans = _plans_to_publish(organizations, plans)
    if not changed and not with_plans:
        return 0
    with transaction.atomic():
        if changed:
            at = now()
            rows = [PublishedForm(organization_id=pk, renewed_at=at, **said[pk]) for pk in changed]
            names = [*said[changed[0]], "renewed_at"]
            PublishedForm.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["organization"], update_fields=names
            )
        for organization in with_plans:
            _publish_plan(organization, plans[organization.pk])
    return len(changed)


def _said(organizations: list[Organization], plans: dict[int, Plan | None]) -> dict[int, dict[str, Any]]:
    known, states = categories(), queries.form_states(organizations)
    windows = queries.windows_to_publish([place for place in organizations if states[place.pk].open])
    facts, alternates = queries.ladder_facts_at(organizations), queries.alternates_of(organizations)
    found: dict[int, dict[str, Any]] = {}
    for place in organizations:
        plan, state = plans[place.pk], states[place.pk]
        hidden = set(plan.hidden_categories) if plan else set()
        found[place.pk] = {
            "open": state.open,
            "open_until": state.open_until,
            "closed_because": state.missing[0] if state.missing else "",
            "languages": plan.languages if plan else [code for code, _name in settings.LANGUAGES],
            "categories": [key for key, category in known.items() if category.shown and key not in hidden],
            "urgencies": plan.stricter_urgencies if plan else {},
            "windows": windows.get(place.pk, []),
            "ladder_facts": {**facts[place.pk], "alternate": alternates.get(place.district.pk)},
            "other_line_name": plan.other_line_name if plan else "",
            "other_line_number": plan.other_line_number if plan else "",
        }
    return found


def _plans_to_publish(organizations: list[Organization], plans: dict[int, Plan | None]) -> list[Organization]:
    """Those whose published steps are not those of the plan that they work by."""
    held = dict(
        PublishedPlan.objects.filter(organization__in=organizations).values_list(
            "organization_id", "version_of"
        )
    )
    found = []
    for place in organizations:
        plan = plans[place.pk]
        wanted = plan.pk if plan is not None and plan.adopted_at is not None else None
        if held.get(place.pk) != wanted:
            found.append(place)
    return found


def _publish_plan(organization: Organization, plan: Plan | None) -> None:
    """The words of the public steps, once for each version. Where no plan is adopted nothing stands."""
    if plan is None or plan.adopted_at is None:
        PublishedPlan.objects.filter(organization=organization).delete()
        return
    held = PublishedPlan.objects.filter(organization=organization).first()
    if held is not None and held.version_of == plan.pk:
        return
    facts = {
        "version_of": plan.pk,
        "version": plan.version,
        "adopted_on": plan.decided_on or plan.adopted_at.astimezone(organization.zone).date(),
        "adopted_for": plan.adopted_for,
        "steps": [
            {"key": step, "words": words_of(plan, step)} for step in FIELDS if step in plan.public_steps
        ],
    }
    PublishedPlan.objects.update_or_create(organization=organization, defaults=facts)


def publish_below(organization: Organization) -> None:
    """Renews the desk of an organization and those below it. Where there are more of them the worker does it
    within the minute: whoever changes something for a whole state must not keep everybody else from writing
    meanwhile."""
    below = Q(pk=organization.pk) | Q(parent=organization) | Q(parent__parent=organization)
    if Organization.objects.filter(below, active=True)[: AT_ONCE + 1].count() <= AT_ONCE:
        publish_forms(organizations=queries.desks_below(organization))
