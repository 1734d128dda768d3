"""What others may read of the plan: which version binds whom, and what it says to cases and clocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.school_time import SchoolCalendar

from ..beginning import begin
from ..case_rules import CaseRules
from ..models import Holiday, Plan


def adopted_plan(organization: Organization) -> Plan | None:
    """The plan the organization works by: its own adopted one, else that of the nearest organization above
    it."""
    return adopted_plans([organization])[organization.pk]


def adopted_plans(organizations: Iterable[Organization]) -> dict[int, Plan | None]:
    """The same for each of several organizations, which come with their parents, by id. One query."""
    lines = {place.pk: [above.pk for above in place.line()] for place in organizations}
    wanted = {pk for line in lines.values() for pk in line}
    adopted = Plan.objects.filter(organization__in=wanted, state=Plan.State.ADOPTED)
    plans = {plan.organization_id: plan for plan in adopted}
    return {pk: next((plans[above] for above in line if above in plans), None) for pk, line in lines.items()}


def plan_above(organization: Organization) -> Plan | None:
    """The plan that binds this organization from above: that of its district, or of its state."""
    return adopted_plan(organization.parent) if organization.parent is not None else None


def stored_draft(organization: Organization) -> Plan | None:
    drafts = Plan.objects.filter(organization=organization, state=Plan.State.DRAFT)
    return drafts.select_related("changed_by").first()


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
    found = Plan.objects.in_bulk([pk for pk in set(plans) if pk])
    return {None: CaseRules(None), **{pk: CaseRules(plan) for pk, plan in found.items()}}


def rules_at(organization: Organization) -> CaseRules:
    """What the plan that an organization works by says today. The plan is asked each time: a new version
    holds at once, in every program."""
    return CaseRules(adopted_plan(organization))


def ladder_facts(organization: Organization) -> dict[str, object]:
    """School hours, holidays and message hours as plain facts (see SchoolCalendar.from_facts)."""
    return ladder_facts_at([organization])[organization.pk]


def ladder_facts_at(organizations: Collection[Organization]) -> dict[int, dict[str, object]]:
    """The same for each of several organizations, which come with their parents, by id. Two queries."""
    plans = adopted_plans(organizations)
    lines = {place.pk: {above.pk for above in place.line()} for place in organizations}
    wanted = {pk for line in lines.values() for pk in line}
    holidays = list(Holiday.objects.filter(organization__in=wanted).order_by("first_day", "pk"))
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
