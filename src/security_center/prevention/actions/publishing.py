"""What the public program may know of the plan and the calendar, renewed by whatever changes them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization

from .. import queries
from ..beginning import words_of
from ..content_loader import categories
from ..models import Plan, PublishedForm, PublishedPlan
from ..steps import FIELDS


@transaction.atomic
def publish_form(*, organization: Organization) -> PublishedForm:
    """Renews what the public program may know. Called by the worker each minute and by each action that changes the plan; it writes no ledger,
    since it states nothing new."""
    plan = queries.adopted_plan(organization)
    state = queries.form_state(organization)
    known = categories()
    hidden = set(plan.hidden_categories) if plan else set()
    at = now()
    stretches = queries.covered_stretches(organization, at - timedelta(hours=1)) if state.open else []
    alternate = queries.alternate_of(organization.district)
    form, _ = PublishedForm.objects.update_or_create(
        organization=organization,
        defaults={
            "open": state.open,
            "open_until": state.open_until,
            "closed_because": state.missing[0] if state.missing else "",
            "languages": plan.languages if plan else [code for code, _name in settings.LANGUAGES],
            "categories": [key for key, category in known.items() if category.shown and key not in hidden],
            "urgencies": plan.stricter_urgencies if plan else {},
            "windows": [[s.starts_at.isoformat(), s.ends_at.isoformat()] for s in stretches],
            "ladder_facts": {**queries.ladder_facts(organization), "alternate": alternate.pk if alternate else None},
            "other_line_name": plan.other_line_name if plan else "",
            "other_line_number": plan.other_line_number if plan else "",
            "renewed_at": at,
        },
    )
    _publish_plan(organization, plan)
    return form


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
        "steps": [{"key": step, "words": words_of(plan, step)} for step in FIELDS if step in plan.public_steps],
    }
    PublishedPlan.objects.update_or_create(organization=organization, defaults=facts)


def publish_below(organization: Organization) -> None:
    for school in queries.desks_below(organization):
        publish_form(organization=school)
