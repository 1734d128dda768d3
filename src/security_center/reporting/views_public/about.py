"""What we promise about anonymity, what we cannot promise, and what happens after sending."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from security_center.prevention import content_loader as plan
from security_center.prevention.queries import desk_by_slug

from .shared import who_reads


@require_safe
def about(request: HttpRequest, slug: str = "") -> HttpResponse:
    organization = desk_by_slug(slug) if slug else None
    if slug and organization is None:
        raise Http404
    context = {
        "organization": organization,
        "mode": plan.anonymity_modes()["anonymous"],
        "page": plan.anonymity_page(),
        "who_reads": who_reads(organization) if organization else "",
        "small_school": plan.text("small_school"),
        "not_in_trouble": plan.text("you_are_not_in_trouble"),
        "email_not_anonymous": plan.text("email_not_anonymous"),
    }
    return render(request, "reporting/public/about.html", context)
