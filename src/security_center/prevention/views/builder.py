"""The guided builder: eight steps, each savable at any point, and the page that checks and adopts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation import languages
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.views.lookups import current_person, organization_by_slug
from security_center.foundation.web.staff_forms import form_data

from .. import actions, pages, paper, plan_gaps, plan_pages, queries
from ..beginning import standard_words, words_of
from ..doctrine import assessment
from ..doctrine.kinds import Mark
from ..forms_plan import AdoptForm, step_form
from ..models import Plan
from ..plan_words import facts_of
from ..steps import FIELDS, step_after, steps
from ..tightening import loosened
from .shared import blame, pdf, trail


def _place(request: HttpRequest, slug: str) -> Organization:
    return organization_by_slug(request, slug, Permission.PLAN_EDIT)


@require_GET
def build(request: HttpRequest, slug: str) -> HttpResponse:
    """The eight steps, which of them were saved, and the way on."""
    place = _place(request, slug)
    draft = queries.draft_or_begun(place)
    rows = [(step, draft.step_revisions.get(step.key, 0) > 0) for step in steps()]
    context = {
        "place": place,
        "draft": draft if draft.pk else None,
        "adopted": queries.adopted_plan(place),
        "above": draft.above,
        "rows": rows,
        "minutes": sum(step.minutes for step in steps()),
        "next": next((step for step, saved in rows if not saved), None),
        "trail": trail(place),
    }
    return render(request, "prevention/build.html", context)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    place = _place(request, slug)
    if step not in FIELDS:
        raise Http404
    draft = queries.draft_or_begun(place)
    people = pages.possible_members(place) if step == "team" else []
    form = step_form(step, draft, people, form_data(request))
    seen, theirs = request.POST.get("seen", ""), None
    if form.is_valid():
        values = form.values()
        if "both" in request.POST:
            values["paragraphs"] = _both(words_of(draft, step), values["paragraphs"])
        try:
            actions.save_step(
                actor=current_person(request),
                organization=place,
                step=step,
                seen=int(seen) if seen.isdecimal() and len(seen) < 7 else 0,
                **values,
            )
        except actions.PlanFault as fault:
            blame(form, fault)
        except actions.ChangedMeanwhile as changed:
            theirs = changed
        else:
            return _saved(request, place, step)
    context = {
        "place": place,
        "step": next(one for one in steps() if one.key == step),
        "form": form,
        "draft": draft,
        "above": draft.above,
        "seen": draft.step_revisions.get(step, 0),
        "asked": _asked(step),
        "marks_note": assessment.marks_note(),
        "theirs": _theirs(draft, step) if theirs is not None else None,
        "their_choices": facts_of(draft, step) if theirs is not None else [],
        "by": theirs.by if theirs is not None else None,
        "standard": [(language, standard_words(draft, step)[language]) for language in languages.codes()]
        if step in draft.own_words
        else [],
        "trail": [*trail(place), (_("The eight steps"), _address(place))],
    }
    return render(
        request,
        "prevention/step.html",
        context,
        status=409 if theirs is not None else 422 if form.errors else 200,
    )


def _address(place: Organization) -> str:
    return reverse("prevention:build", args=[place.slug])


def _saved(request: HttpRequest, place: Organization, step: str) -> HttpResponse:
    messages.success(request, _("Saved. Nothing is adopted yet."))
    after = step_after(step)
    if "stop" in request.POST:
        return redirect("prevention:build", slug=place.slug)
    if "again" in request.POST or "both" in request.POST:
        return redirect("prevention:step", slug=place.slug, step=step)
    return (
        redirect("prevention:step", slug=place.slug, step=after)
        if after
        else redirect("prevention:check", slug=place.slug)
    )


def _both(theirs: dict[str, list[str]], mine: dict[str, list[str]]) -> dict[str, list[str]]:
    """Their paragraphs, and below them those of mine that they do not hold: of neither is a word lost."""
    held = {language: theirs.get(language, []) for language in mine}
    return {
        language: [*held[language], *(one for one in text if one not in held[language])]
        for language, text in mine.items()
    }


def _asked(key: str) -> list[tuple[str, str, list[Any]]]:
    """What the step must contain, by how sure we are of it: only what is confirmed is said to be the
    guide's."""
    lines = next(one for one in steps() if one.key == key).must_contain.values()
    headings = {
        Mark.CONFIRMED: _("The guide asks for"),
        Mark.UNCONFIRMED: _("Usual too, not yet checked against the guide"),
        Mark.OURS: _("We advise"),
    }
    groups = [
        (heading, str(assessment.marks()[mark].meaning), [line for line in lines if line.mark is mark])
        for mark, heading in headings.items()
    ]
    return [group for group in groups if group[2]]


def _theirs(draft: Plan, key: str) -> list[tuple[str, str, str]]:
    """What stands in the draft now, written by the other person: language, its name, and the text."""
    words = words_of(draft, key)
    return [
        (language, get_language_info(language)["name_translated"].capitalize(), "\n\n".join(words[language]))
        for language in languages.codes()
    ]


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """What is looser than the plan above, still missing, would change; and the adoption. Only what is looser
    stops it: what is missing is said again until it is there."""
    place = _place(request, slug)
    draft, adopted = queries.draft_or_begun(place), queries.adopted_plan(place)
    steps_by_key = {step.key: step for step in steps()}
    form = AdoptForm(form_data(request))
    if form.is_valid():
        try:
            plan = actions.adopt_draft(actor=current_person(request), organization=place, **form.cleaned_data)
        except actions.PlanFault as fault:
            blame(form, fault)
        else:
            messages.success(
                request,
                _("Version %(version)d of the plan is adopted. It holds from now on.")
                % {"version": plan.version},
            )
            return redirect("prevention:plan", slug=place.slug)
    context = {
        "place": place,
        "draft": draft if draft.pk else None,
        "adopted": adopted,
        "above": draft.above,
        "looser": [(steps_by_key[one.step], one) for one in loosened(draft, draft.above)],
        "gaps": plan_gaps.gaps_of(draft),
        "changes": plan_pages.changes(adopted, draft) if adopted is not None else [],
        "said": plan_pages.said(draft),
        "form": form,
        "trail": [*trail(place), (_("The eight steps"), _address(place))],
    }
    return render(request, "prevention/check.html", context, status=422 if form.errors else 200)


@require_GET
def draft_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft as a PDF with lines to sign, for the meeting that decides about it."""
    place = _place(request, slug)
    drawn = paper.paper(queries.draft_or_begun(place), plan_pages.page_language())
    return pdf(drawn, f"plan-{place.slug}-draft.pdf")


@require_POST
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    place = _place(request, slug)
    if actions.throw_draft_away(actor=current_person(request), organization=place):
        messages.success(request, _("The draft is thrown away. The plan in force is as it was."))
    return redirect("prevention:plan", slug=place.slug)
