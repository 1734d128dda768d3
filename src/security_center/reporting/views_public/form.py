"""The report form of a school or district. It stays at one address: before sending, with errors, and
after."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import BadSeed, Receipt, SeedTooOld, open_seed, seal_seed
from security_center.foundation.web.middleware import offered, wanted_by_browser
from security_center.prevention import content_loader as plan
from security_center.prevention.queries import PublicState, desk_by_slug, public_state

from ..actions.bursts import admit_files
from ..actions.intake import FormClosed, Received, receive_report
from ..content_loader import danger_now
from ..content_of_report import names_a_weapon
from ..forms import ReportForm
from ..models import Report
from . import sent
from .shared import (
    Coverage,
    coverage_of,
    file_sentences,
    forget,
    from_elsewhere,
    language_of,
    outside_numbers,
    who_reads,
)

log = logging.getLogger("security_center.reporting")

SEGMENT = 64 * 1024
LONGEST_REST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Whose form it is, and what its plan has published."""

    organization: Organization
    state: PublicState

    @property
    def categories(self) -> list[str] | None:
        return self.state.form.categories if self.state.form is not None else None


def _place(slug: str) -> Place | None:
    organization = desk_by_slug(slug)
    return Place(organization, public_state(organization)) if organization is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _redraw(request, slug) if "redraw" in request.POST else _send(request, slug)
    place = _place(slug)
    if place is None:
        raise Http404
    if not place.state.open:
        return _closed(request, place)
    receipt = Receipt.new()
    form = ReportForm(
        initial={"language": language_of(request), "seed": seal_seed(receipt)}, categories=place.categories
    )
    return _form_page(request, place, form, receipt)


def _receipt_of(given: QueryDict, language: str, *, elsewhere: bool) -> tuple[Receipt, bool]:
    """The receipt that the form showed. A seed that is missing, old or not ours never refuses the text: a new
    receipt takes its place, as it does for one that came from another site, where whoever made the page would
    know it."""
    ours = False
    try:
        receipt = open_seed(given.get("seed", ""))
        ours = not elsewhere
    except SeedTooOld as error:
        receipt = error.instead
    except BadSeed:
        receipt = Receipt.new()
    if elsewhere:
        receipt = Receipt.new()
    given["seed"] = seal_seed(receipt)
    given["language"] = language
    return receipt, ours


def _redraw(request: HttpRequest, slug: str) -> HttpResponse:
    """The same form with the same receipt and all that was typed, in another language."""
    place = _place(slug)
    given = request.POST.copy()
    language = offered(given.get("redraw", "")) or language_of(request)
    with translation.override(language):
        request.LANGUAGE_CODE = language
        request.chosen_language = language  # type: ignore[attr-defined]
        elsewhere = from_elsewhere(request)
        receipt, _ours = _receipt_of(given, language, elsewhere=elsewhere)
        form = ReportForm.redrawn(given, place.categories if place else None)
        return _form_page(request, place, form, receipt, redrawn=True, elsewhere=elsewhere)


def _send(request: HttpRequest, slug: str) -> HttpResponse:
    given = request.POST.copy()
    elsewhere = from_elsewhere(request)
    receipt, ours = _receipt_of(given, language_of(request), elsewhere=elsewhere)
    place: Place | None = None
    form: ReportForm | None = None
    try:
        place = _place(slug)
        form = ReportForm(given, request.FILES, categories=place.categories if place else None)
        if place is None:
            raise FormClosed
        if elsewhere or not form.is_valid():
            forget(form.uploads)
            return _form_page(request, place, form, receipt, elsewhere=elsewhere)
        # Asked before anything is stored: after that nothing may fail between the report and its receipt.
        coverage = coverage_of(place.organization, place.state)
        admit_files(organization=place.organization, uploads=form.uploads)
        received = receive_report(
            actor=None,
            organization=place.organization,
            content=form.content(language_of(request)),
            receipt=receipt,
            files=form.uploads,
            channel=Report.Channel.QR_LINK if request.GET.get("via") == "qr" else Report.Channel.WEB,
        )
    except FormClosed:
        form = form or ReportForm(given, request.FILES)
        forget(form.uploads)
        return _closed(request, place, form)
    except Exception as error:
        # Whatever failed (a locked or full database, a fault of ours): whoever has no script would lose every
        # word with an error page.
        log.error("a report could not be stored", exc_info=error)
        form = form or ReportForm(given, request.FILES)
        forget(form.uploads)
        return _form_page(request, place, form, receipt, status=503, not_stored=True)
    return _sent(request, place, form, received, coverage, new_words=not ours or received.receipt != receipt)


def _form_page(
    request: HttpRequest,
    place: Place | None,
    form: ReportForm,
    receipt: Receipt,
    *,
    status: int = 200,
    not_stored: bool = False,
    redrawn: bool = False,
    elsewhere: bool = False,
) -> HttpResponse:
    """The form. With `not_stored` nothing is asked of the database: it may be what failed."""
    language = language_of(request)
    organization = place.organization if place else None
    context: dict[str, Any] = {
        "organization": organization,
        "form": form,
        "words": receipt.words(language),
        "keep_words": plan.text("receipt_keep"),
        "anonymity": plan.anonymity_modes()["anonymous"].sentence,
        "who_reads": who_reads(organization) if organization else "",
        "not_in_trouble": plan.text("you_are_not_in_trouble"),
        # The style sheet shows it once "yes" or "not sure" is marked, so no script is needed
        "advice": danger_now(),
        "coverage": coverage_of(organization, place.state)
        if organization and place and not not_stored
        else None,
        "not_stored": not_stored,
        "elsewhere": elsewhere,
        "redrawn": redrawn,  # its address in the browser is still that of the other language
        "query": request.GET.urlencode(),
        "numbers": outside_numbers(place.state if place else None)[:4] if not_stored else [],
        "lost_files": [upload.name for upload in form.uploads],
        "offline_worker": False,
    }
    return render(request, "reporting/public/form.html", context, status=status)


def _sent(
    request: HttpRequest,
    place: Place,
    form: ReportForm,
    received: Received,
    coverage: Coverage,
    *,
    new_words: bool,
) -> HttpResponse:
    report, given, organization = received.report, form.cleaned_data, place.organization
    said = sent.Sent(
        organization=organization,
        name=organization.name,
        slug=organization.slug,
        language=language_of(request),
        chosen=str(getattr(request, "chosen_language", "")),
        coverage=coverage,
        promise=str(plan.urgencies()[report.urgency].promise) if coverage.calm else "",
        new_words=new_words,
        in_danger=given["danger_now"] in {"yes", "unsure"},
        about_suicide=report.crisis_lock,
        weapon=names_a_weapon(given["weapon"]),
        may_we_message=given["may_we_message"],
        faults=tuple(file_sentences(form.uploads))
        if not received.repeated or any(upload.fault for upload in form.uploads)
        else (),
    )
    return sent.page(request, said, received.receipt.words(language_of(request)))


def _closed(request: HttpRequest, place: Place | None, form: ReportForm | None = None) -> HttpResponse:
    """Where to turn instead. What was typed for a form that has closed meanwhile is given back to be
    copied."""
    organization = place.organization if place else None
    district = organization.district if organization else None
    open_district = (
        district
        if district and organization and district.pk != organization.pk and public_state(district).open
        else None
    )
    names = ("what_happened", "who", "when_where", "weapon", "how_do_you_know")
    context = {
        "organization": organization,
        "sentence": plan.text("form_closed"),
        "numbers": outside_numbers(place.state if place else None),
        "tell_adult": plan.text("outside_tell_adult"),
        "open_district": open_district,
        "typed": [(form.fields[name].label, form.data[name]) for name in names if form.data.get(name)]
        if form is not None
        else [],
        "was_sent": form is not None,
    }
    return render(request, "reporting/public/closed.html", context, status=200 if form is None else 409)


def _read_to_the_end(request: HttpRequest) -> None:
    """A browser that is answered while it still sends shows a broken connection instead of this page.
    Bounded: nobody can keep us reading."""
    try:
        for _segment in range(LONGEST_REST // SEGMENT):
            if not request.read(SEGMENT):
                return
    except OSError:  # the browser has gone
        return


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The public program's page for a body that cannot be taken apart (handler400). It says what to do, in
    the reporter's language."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    _read_to_the_end(request)
    language = offered(request.GET.get("lang", "")) or wanted_by_browser(request)
    with translation.override(language):
        context = {
            "too_large": too_large,
            "strange": isinstance(exception, SuspiciousOperation | BadRequest) and not too_large,
        }
        return render(request, "reporting/public/unreadable.html", context, status=413 if too_large else 400)
