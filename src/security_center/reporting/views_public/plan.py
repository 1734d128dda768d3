"""What a school does to prevent violence: how to report, what happens then, and the words of its plan that it
has published."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from security_center.prevention import content_loader as plan
from security_center.prevention.plan_words import promises
from security_center.prevention.queries import desk_by_slug, public_state, published_steps

from .shared import coverage_of, outside_numbers

FIRST_NUMBERS = ("emergency", "lifeline_988", "state_line")  # the others stand on the pages of the form


@require_safe
def school_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """404 where nothing is adopted, as where there is no such school."""
    organization = desk_by_slug(slug)
    published = published_steps(organization, get_language() or "en") if organization is not None else None
    if organization is None or published is None:
        raise Http404
    state = public_state(organization)
    context = {
        "organization": organization,
        "published": published,
        "state": state,
        "coverage": coverage_of(organization, state),
        "promises": [(plan.urgencies()[key].name, promise) for key, promise in promises()],
        "page": plan.anonymity_page(),
        "numbers": outside_numbers(state, FIRST_NUMBERS),
        "not_in_trouble": plan.text("you_are_not_in_trouble"),
    }
    return render(request, "reporting/public/plan.html", context)
