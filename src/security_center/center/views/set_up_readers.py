"""The set-up, steps 4 to 7: the calendar, the plan, the test alerts, opening."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from security_center.foundation.duties import heartbeat
from security_center.foundation.notifications.queries import alerts_leave
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.places import Place, after_page
from security_center.foundation.organizations.views.lookups import current_person, listed
from security_center.foundation.refusals import blame
from security_center.prevention import actions as prevention
from security_center.prevention import pages, plan_words
from security_center.prevention import queries as plan_queries
from security_center.prevention.forms import AlternateForm, PlanForm, PresetForm
from security_center.prevention.presets import Preset

from .. import actions
from ..queries import alert_proofs, set_up
from .set_up import district_of, page

FORMS_AT_ONCE = 12  # desks of a district whose calendars are chosen on one page


@require_http_methods(["GET", "POST"])
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """For every desk of a small district at once; of a large one desk by desk, each on a page of its own
    (`?desk=`)."""
    place = district_of(request, slug)
    desk_slug = request.POST.get("desk", "") or request.GET.get("desk", "")
    if request.method == "POST" and "desk" not in request.POST:
        return _fill(request, place)
    desks = set_up.desks_of(place)
    if desk_slug:
        chosen = next((one for one in desks if one.slug == desk_slug), None)
        if chosen is None:
            raise Http404
        if len(desks) > FORMS_AT_ONCE:
            return _desk(request, place, [chosen], chosen, one=chosen)
        return _desk(request, place, desks, chosen if request.method == "POST" else None)
    if len(desks) <= FORMS_AT_ONCE:
        return _desk(request, place, desks, None)
    found = listed([Place.of(desk) for desk in desks], request)
    by_pk = {desk.pk: desk for desk in desks}
    lines = set_up.desk_briefs([by_pk[one.pk] for one in found.desks])
    return page(request, "coverage", place, list=found, briefs=lines, empty=set_up.empty_calendars(desks))


def _desk(
    request: HttpRequest,
    place: Organization,
    desks: list[Organization],
    sent: Organization | None,
    **context: object,
) -> HttpResponse:
    """The forms of these desks. `sent`: the one whose form this request carries, when it is a post."""
    lines = set_up.desk_set_ups(desks)
    failed: PresetForm | None = None
    if request.method == "POST" and sent is not None:
        line = next(one for one in lines if one.organization.pk == sent.pk)
        failed = PresetForm(request.POST, readers=line.possible, suggested=[], prefix=sent.slug)
        if failed.is_valid():
            try:
                actions.set_calendar(
                    actor=current_person(request),
                    desk=sent,
                    preset=failed.cleaned_data["preset"],
                    people=failed.people(),
                )
            except prevention.PlanFault as fault:
                blame(failed, fault)
            else:
                messages.success(request, _("The calendar of %(name)s is saved.") % {"name": sent.name})
                return redirect("center:set_up_coverage", slug=place.slug)
    forms = [
        (
            line,
            failed
            if failed is not None and sent is not None and line.organization.pk == sent.pk
            else PresetForm(
                readers=line.possible, suggested=line.readers or line.suggested, prefix=line.organization.slug
            ),
        )
        for line in lines
    ]
    empty = [] if context else [line for line in lines if not line.readers and line.suggested]
    return page(
        request,
        "coverage",
        place,
        status=422 if failed else 200,
        desks=forms,
        failed=failed,
        empty=empty,
        **context,
    )


def _fill(request: HttpRequest, place: Organization) -> HttpResponse:
    if request.POST.get("all") not in list(Preset):
        raise Http404
    filled = actions.fill_calendars(actor=current_person(request), district=place, preset=request.POST["all"])
    if filled:
        told = ngettext("%(count)d calendar is filled.", "%(count)d calendars are filled.", len(filled)) % {
            "count": len(filled)
        }
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
            prevention.adopt_plan(actor=current_person(request), organization=place)
            return _kept(request, place)
        if act == "change" and form.is_valid():
            prevention.adopt_plan(actor=current_person(request), organization=place, **form.choices())
            return _kept(request, place)
        if act == "alternate" and alternate_form.is_valid():
            prevention.set_alternate(
                actor=current_person(request),
                organization=place,
                person=alternate_form.cleaned_data["person"],
            )
            return _kept(request, place)
    except prevention.PlanFault as fault:
        blame(alternate_form if act == "alternate" else form, fault)
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
        sent = actions.send_test_alerts(
            actor=current_person(request), district=place, only=int(only) if only else None
        )
        if sent:
            told = (
                ngettext(
                    "%(count)d test alert is on its way.", "%(count)d test alerts are on their way.", sent
                )
                if alerts_leave()
                else ngettext(
                    "%(count)d test alert waits in its reader’s inbox.",
                    "%(count)d test alerts wait in their readers’ inboxes.",
                    sent,
                )
            )
            messages.success(request, told % {"count": sent})
        else:
            messages.info(request, _("There is nobody to send one to."))
        return redirect("center:set_up_alerts", slug=place.slug)
    with timezone.override(place.zone):
        people = alert_proofs.alert_people(place)
        shown, next_after = after_page(people.ordered, request.GET.get("after", ""))
        lines = alert_proofs.alert_lines(people, shown)
        return page(
            request,
            "alerts",
            place,
            lines=lines,
            waiting=len(people.waiting),
            some_unsent=any(line.sent is None for line in lines if not line.counts),
            next_url=f"?after={next_after}" if next_after else "",
            previous_url="?" if request.GET.get("after") else "",
            mail_is_set_up=alerts_leave(),
            worker_lives=heartbeat.is_alive(),
            me=current_person(request),
        )


@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    if request.method == "POST":
        opened = actions.open_forms(actor=current_person(request), district=place)
        if opened:
            told = ngettext("%(count)d form is open.", "%(count)d forms are open.", len(opened)) % {
                "count": len(opened)
            }
            messages.success(request, told)
        else:
            messages.warning(request, _("No form could open yet. What is missing is listed below."))
        return redirect("center:set_up_open", slug=place.slug)
    with timezone.override(place.zone):
        schools = {school.pk: school for school in set_up.desks_of(place)[:-1]}
        found = listed([Place.of(school) for school in schools.values()], request)
        lines = set_up.school_lines(current_person(request), [schools[one.pk] for one in found.desks])
        return page(request, "open", place, list=found, lines=lines, worker_lives=heartbeat.is_alive())
