"""Writing down a report: for somebody on the phone, for somebody who told an adult, or as a member of
staff."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, organizations_with
from security_center.foundation.vault.receipts import BadSeed, Receipt, open_seed, seal_seed
from security_center.foundation.web.staff_forms import form_data
from security_center.prevention.queries import public_state

from .. import policies
from ..actions import intake as acts
from ..actions import told
from ..content_loader import bomb_threat_form, intake_script
from ..content_of_report import ReportContent
from ..forms_intake import BombThreatForm, IntakeForm, ToldForm
from ..models import Report
from ..queries.told import promises_of
from .lookups import current_person

# The channels that staff write down for, each with the name of its page.
CHANNELS = {
    Report.Channel.STAFF: _lazy("I have a concern myself"),
    Report.Channel.PHONE: _lazy("Somebody is on the phone"),
    Report.Channel.IN_PERSON: _lazy("Somebody told me"),
}


def _schools(person: Person) -> list[Organization]:
    found = (
        organizations_with(person, Permission.REPORT_CREATE_INTAKE)
        .filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
    )
    schools = list(found.select_related("parent__parent").order_by("-kind", "name")[:400])
    if not schools:
        raise NotAllowed(Permission.REPORT_CREATE_INTAKE)
    return schools


def _trail() -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("reporting:desk")), (_("Write down a report"), reverse("reporting:intake"))]


@require_GET
def intake(request: HttpRequest) -> HttpResponse:
    """Choose how it came."""
    schools = _schools(current_person(request))
    context = {
        "told_form": ToldForm(schools=schools),
        "promises": promises_of(current_person(request)),
        "trail": _trail()[:1],
    }
    return render(request, "reporting/desk/intake.html", context)


@require_POST
def intake_told(request: HttpRequest) -> HttpResponse:
    """I was told something and will write it down today."""
    form = ToldForm(request.POST, schools=_schools(current_person(request)))
    if not form.is_valid():
        return render(
            request,
            "reporting/desk/intake.html",
            {"told_form": form, "promises": promises_of(current_person(request)), "trail": _trail()[:1]},
        )
    told.promise_to_record(actor=current_person(request), organization=form.chosen)
    messages.success(
        request,
        _(
            "Noted. You will be reminded until you have written it down; at the end of the day the "
            "district is told."
        ),
    )
    return redirect("reporting:intake")


@require_http_methods(["GET", "POST"])
def intake_form(request: HttpRequest, channel: str) -> HttpResponse:
    if channel not in CHANNELS:
        raise Http404
    schools = _schools(current_person(request))
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = IntakeForm(
        *data,
        schools=schools,
        channel=channel,
        initial={"seed": seal_seed(Receipt.new()), "school": request.GET.get("school", "")},
    )
    if form.is_valid():
        content = form.content(get_language() or "en")
        sent = _receive(
            request,
            form,
            form.chosen,
            content,
            channel,
            form.cleaned_data.get("mode") or Report.Mode.ANONYMOUS,
        )
        if sent is not None:
            return sent
    context = {
        "form": form,
        "channel": channel,
        "title": CHANNELS[Report.Channel(channel)],
        "script": intake_script(),
        "trail": _trail(),
        "promises": promises_of(current_person(request)),
    }
    return render(request, "reporting/desk/intake_form.html", context)


@require_http_methods(["GET", "POST"])
def intake_bomb(request: HttpRequest) -> HttpResponse:
    """The form beside the phone for a bomb threat."""
    schools = _schools(current_person(request))
    form = BombThreatForm(
        form_data(request),
        schools=schools,
        initial={"seed": seal_seed(Receipt.new())},
    )
    if form.is_valid():
        language = get_language() or "en"
        given = form.cleaned_data
        content = ReportContent(
            what_happened=form.text(language),
            when_where=given.get("where_is_it", ""),
            weapon=given.get("what_kind", "") or _("bomb"),
            danger_now="yes",
            category="bomb_threat",
            may_we_message=False,
            language=language,
        )
        sent = _receive(request, form, form.chosen, content, Report.Channel.PHONE, Report.Mode.ANONYMOUS)
        if sent is not None:
            return sent
    return render(
        request,
        "reporting/desk/intake_bomb.html",
        {"form": form, "bomb": bomb_threat_form(), "trail": _trail()},
    )


def _receive(
    request: HttpRequest, form: Any, school: Organization, content: ReportContent, channel: str, mode: str
) -> HttpResponse | None:
    """Store it and show the receipt; None when it could not be taken, with the reason on the form."""
    person = current_person(request)
    try:
        receipt = open_seed(form.cleaned_data.get("seed", ""))
    except BadSeed:
        receipt = Receipt.new()
    by_name = channel == Report.Channel.STAFF
    try:
        received = acts.receive_report(
            actor=person,
            organization=school,
            content=content,
            receipt=receipt,
            files=getattr(form, "uploads", []),
            channel=channel,
            mode=mode,
            reporter_name=person.name if by_name else "",
            reporter_contact=person.email if by_name else "",
        )
    except acts.FormClosed:
        form.add_error("school", _("The form of this school is not set up yet. Tell your district at once."))
        return None
    except acts.NothingWritten:
        form.add_error("what_happened", _("Write what happened. A few words are enough."))
        return None
    if not public_state(school).open:
        messages.warning(
            request,
            _("No reader is named there. The district hears of it at once. Tell your administrator too."),
        )
    if channel != Report.Channel.PHONE:
        told.keep_promise(actor=person, organization=school)
    context = {
        "report": received.report,
        "words": received.receipt.words(content.language),
        "channel": channel,
        "script": intake_script(),
        "may_open": policies.can(person, Permission.REPORT_READ, received.report),
        "trail": _trail(),
    }
    return render(request, "reporting/desk/intake_sent.html", context)
