"""Whom each text of a case is about. What nobody has tagged is never shown to a family."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, tell
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.sealing import unsealed
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person

from ..actions import text_tags
from ..forms_records import TagForm
from ..queries.statements import statements_of
from ..queries.texts import Part, parts_of, sections

PAGE = 20


@require_GET
@about_case(Permission.CASE_WRITE)
def texts(request: HttpRequest, case: Case) -> HttpResponse:
    """Each section with how many of its texts still wait for a tag."""
    rows = [
        (key, label, len(parts), sum(not part.about for part in parts))
        for key, label, parts in sections(_parts(request, case))
    ]
    return act_page(
        request, case, "case_records/texts", None, rows=rows, untagged=sum(row[3] for row in rows)
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def texts_of(request: HttpRequest, case: Case, section: str) -> HttpResponse:
    """The texts of one section, twenty a page, those without a tag first. Saving tags what is shown."""
    found = next(
        ((label, parts) for key, label, parts in sections(_parts(request, case)) if key == section), None
    )
    if found is None:
        raise Http404
    label, parts = found
    names = request.POST.getlist("part")
    if names:
        by_name = {part.name: part for part in parts}
        shown = [by_name[name] for name in names if name in by_name]
    else:
        ordered = sorted(parts, key=lambda part: bool(part.about))
        page = int(request.GET["page"]) if re.fullmatch(r"[0-9]{1,6}", request.GET.get("page", "")) else 0
        shown = ordered[page * PAGE : (page + 1) * PAGE]
    bound = form_data(request)
    forms = [TagForm(bound, part=part, number=number) for number, part in enumerate(shown)]
    if bound is not None and all(form.is_valid() for form in forms):
        same = [form for form in forms if form.cleaned_data["of"] == form.part.of]
        tags = [
            text_tags.Tag(
                form.part, **{name: form.cleaned_data[name] for name in ("about", "withheld", "wording")}
            )
            for form in same
        ]
        try:
            changed = text_tags.tag(actor=current_person(request), case=case, tags=tags)
        except Refusal as refusal:
            tell(request, refusal)
        else:
            _say(request, changed, len(forms) - len(same))
            return redirect(_following(case, section, parts, shown))
    more, statements = len(parts) > PAGE, statements_of(case, unsealed(case))
    context = {
        "label": label,
        "section": section,
        "forms": forms,
        "more": more,
        "pages": _pages(parts),
        "statements": statements,
    }
    context["failed"] = bound is not None and any(form.errors for form in forms)
    return act_page(request, case, "case_records/texts_of", None, **context)


def _parts(request: HttpRequest, case: Case) -> list[Part]:
    case_policies.require_keeper(current_person(request), case)
    return [
        part
        for part in parts_of(current_person(request), case, look(actor=current_person(request), case=case))
        if not part.compartment
    ]


def _say(request: HttpRequest, changed: int, stale: int) -> None:
    messages.success(
        request,
        ngettext("%(count)d text is tagged.", "%(count)d texts are tagged.", changed) % {"count": changed},
    )
    if stale:
        messages.warning(request, _("Texts that were changed meanwhile are not tagged: read them again."))


def _following(case: Case, section: str, parts: list[Part], shown: list[Part]) -> str:
    """Stay in the section while texts wait there, else back to the list."""
    done = {part.name for part in shown}
    waiting = any(not part.about and part.name not in done for part in parts)
    name = "case_records:texts_of" if waiting else "case_records:texts"
    return reverse(name, args=[case.number, section] if waiting else [case.number])


def _pages(parts: list[Part]) -> list[int]:
    return list(range((len(parts) + PAGE - 1) // PAGE))
