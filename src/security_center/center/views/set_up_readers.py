"""The set-up, steps 4 to 7: the calendar, the plan, the test alerts, opening."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from security_center.foundation.duties import heartbeat
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.views.lookups import me
from security_center.prevention import actions as prevention
from security_center.prevention import pages, plan_words, wording
from security_center.prevention import queries as plan_queries
from security_center.prevention.forms import AlternateForm, PlanForm, PresetForm
from security_center.prevention.presets import Preset

from .. import actions
from ..queries import set_up
from .set_up import district_of, page


@require_http_methods(["GET", "POST"])
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """For every desk at once, or for one with its own choice."""
    place = district_of(request, slug)
    failed: PresetForm | None = None
    desk_slug = request.POST.get("desk", "")
    if request.method == "POST" and not desk_slug:
        return _fill(request, place)
    lines = set_up.desk_set_ups(place)
    if request.method == "POST":
        line = next((one for one in lines if one.organization.slug == desk_slug), None)
        if line is None:
            raise Http404
        failed = PresetForm(request.POST, readers=line.possible, suggested=[], prefix=desk_slug)
        if failed.is_valid():
            try:
                actions.set_calendar(actor=me(request), desk=line.organization, preset=failed.cleaned_data["preset"], people=failed.people())
            except prevention.PlanFault as fault:
                failed.add_error(None, wording.fault_in_words(fault.code, fault.facts))
            else:
                messages.success(request, _("The calendar of %(name)s is saved.") % {"name": line.organization.name})
                return redirect("center:set_up_coverage", slug=place.slug)
    desks = [
        (
            line,
            failed
            if failed is not None and line.organization.slug == desk_slug
            else PresetForm(readers=line.possible, suggested=line.readers or line.suggested, prefix=line.organization.slug),
        )
        for line in lines
    ]
    empty = [line for line in lines if not line.readers and line.suggested]
    return page(request, "coverage", place, status=422 if failed else 200, desks=desks, failed=failed, empty=empty, presets=Preset)


def _fill(request: HttpRequest, place: Organization) -> HttpResponse:
    if request.POST.get("all") not in list(Preset):
        raise Http404
    filled = actions.fill_calendars(actor=me(request), district=place, preset=request.POST["all"])
    if filled:
        told = ngettext("%(count)d calendar is filled.", "%(count)d calendars are filled.", len(filled)) % {"count": len(filled)}
        messages.success(request, told)
    else:
        messages.info(request, _("No calendar is empty, or nobody may read there yet."))
    return redirect("center:set_up_coverage", slug=place.slug)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The starting plan can be adopted as it is; `?change=1` shows its fields."""
    place = district_of(request, slug)
    adopted = plan_queries.adopted_plan(place)
    shown = adopted or plan_queries.begun(place)
    readers = pages.possible_readers(place)
    act = request.POST.get("act", "")
    form = PlanForm(request.POST if act == "change" else None, plan=shown)
    alternate_form = AlternateForm(
        request.POST if act == "alternate" else None,
        readers=readers,
        prefix="alternate",
        initial={"person": plan_queries.alternate_of(place)},
    )
    try:
        if act == "adopt" and adopted is None:
            prevention.adopt_plan(actor=me(request), organization=place)
            return _kept(request, place)
        if act == "change" and form.is_valid():
            prevention.adopt_plan(actor=me(request), organization=place, **form.choices())
            return _kept(request, place)
        if act == "alternate" and alternate_form.is_valid():
            prevention.set_alternate(actor=me(request), organization=place, person=alternate_form.cleaned_data["person"])
            return _kept(request, place)
    except prevention.PlanFault as fault:
        (alternate_form if act == "alternate" else form).add_error(None, wording.fault_in_words(fault.code, fault.facts))
    return page(
        request,
        "plan",
        place,
        status=422 if form.errors or alternate_form.errors else 200,
        form=form,
        changing=request.GET.get("change") == "1" or act == "change",
        adopted=adopted,
        facts=plan_words.facts_of(shown, "reporting"),
        promises=plan_words.promises(),
        alternate=plan_queries.alternate_of(place),
        alternate_form=alternate_form,
        failed=[one for one in (form, alternate_form) if one.errors],
        may_choose_alternate=bool(readers),
    )


def _kept(request: HttpRequest, place: Organization) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("center:set_up_plan", slug=place.slug)


@require_http_methods(["GET", "POST"])
def alerts(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    if request.method == "POST":
        only = request.POST.get("person", "")
        if only and not (only.isdecimal() and len(only) < 19):
            raise Http404
        sent = actions.send_test_alerts(actor=me(request), district=place, only=int(only) if only else None)
        if sent:
            told = (
                ngettext("%(count)d test alert is on its way.", "%(count)d test alerts are on their way.", sent)
                if settings.SSC_EMAIL_CONFIGURED
                else ngettext("%(count)d test alert waits in its reader’s inbox.", "%(count)d test alerts wait in their readers’ inboxes.", sent)
            )
            messages.success(request, told % {"count": sent})
        else:
            messages.info(request, _("There is nobody to send one to."))
        return redirect("center:set_up_alerts", slug=place.slug)
    with timezone.override(place.zone):
        lines = set_up.alert_lines(place)
        return page(
            request,
            "alerts",
            place,
            lines=lines,
            waiting=[line for line in lines if not line.counts],
            some_unsent=any(line.sent is None for line in lines if not line.counts),
            mail_is_set_up=settings.SSC_EMAIL_CONFIGURED,
            worker_lives=heartbeat.is_alive(),
            me=me(request),
        )


@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    if request.method == "POST":
        opened = actions.open_forms(actor=me(request), district=place)
        if opened:
            told = ngettext("%(count)d form is open.", "%(count)d forms are open.", len(opened)) % {"count": len(opened)}
            messages.success(request, told)
        else:
            messages.warning(request, _("No form could open yet. What is missing is listed below."))
        return redirect("center:set_up_open", slug=place.slug)
    with timezone.override(place.zone):
        lines = set_up.school_lines(me(request), place)
        return page(request, "open", place, lines=lines, worker_lives=heartbeat.is_alive(), all_open=all(line.form.open for line in lines))
