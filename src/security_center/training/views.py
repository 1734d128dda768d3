"""Training records: how each place stands, who that is, and what is entered."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Organization, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.organizations.views.lookups import (
    current_person,
    in_zone_of,
    organization_by_slug,
)
from security_center.foundation.refusals import blame
from security_center.prevention.doctrine.assessment import training_kinds
from security_center.prevention.doctrine.kinds import TrainingKind

from . import actions as training_actions
from . import queries, trained
from .forms import TrainingForm, TrainingRowsForm, TrainingRuleForm
from .trained import Standing

STANDINGS = {
    Standing.CURRENT: _lazy("counts today"),
    Standing.IN_60_DAYS: _lazy("runs out within 60 days"),
    Standing.IN_30_DAYS: _lazy("runs out within 30 days"),
    Standing.EXPIRED: _lazy("has run out"),
    Standing.NEVER: _lazy("never trained"),
}


def _trail(place: Organization | None = None, kind: TrainingKind | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("Training"), reverse("training:training"))]
    if place is not None:
        trail.append((place.name, reverse("training:training_place", args=[place.slug])))
    if place is not None and kind is not None:
        trail.append((kind.label, reverse("training:training_kind", args=[place.slug, kind.key])))
    return trail


def _place(
    request: HttpRequest, slug: str, permission: Permission = Permission.TRAINING_VIEW
) -> Organization:
    place = organization_by_slug(request, slug, permission)
    if place.kind == Organization.Kind.STATE:
        raise Http404
    return place


def _kind(key: str) -> TrainingKind:
    found = training_kinds().get(key)
    if found is None:
        raise Http404
    return found


@require_GET
def training(request: HttpRequest) -> HttpResponse:
    """Every place that the person looks after, side by side. Each number opens what it counts."""
    places = queries.places_seen_by(current_person(request))
    if not places:
        raise NotAllowed(Permission.TRAINING_VIEW)
    districts = [place for place in places if place.kind == Organization.Kind.DISTRICT]
    context = {
        "lines": queries.coverage(places),
        "kinds": training_kinds().values(),
        "rules": [(district, trained.rule_of(district)) for district in districts[:12]],
        "team": trained.team_training(),
    }
    return render(request, "training/index.html", context)


@require_GET
def training_place(request: HttpRequest, slug: str) -> HttpResponse:
    place = _place(request, slug)
    rule = trained.rule_of(place)
    context = {
        "place": place,
        "line": queries.coverage([place])[0],
        "rule": rule,
        "holds": rule is not None and rule.required_from <= place.today(),
        "may_edit": has(current_person(request), Permission.TRAINING_EDIT, place),
        "may_rule": has(current_person(request), Permission.PLAN_EDIT, place.district),
        "trail": _trail(),
    }
    return render(request, "training/place.html", context)


@require_GET
def training_kind(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Who stands how with one kind; `?show=` one standing. That somebody reads the names is recorded."""
    chosen = _kind(kind)
    if chosen.team and (own := _own_place(request, slug)) is not None:
        return _own_training(request, own, chosen)
    place = _place(request, slug)
    mark_read_about(actor=current_person(request), path=request.path)
    opened = training_actions.look_at_register(actor=current_person(request), place=place)
    page = queries.kind_page(place, chosen, opened, request.GET.get("show", ""))
    tabs = [{"label": _("All"), "url": "?", "current": not page.shown, "count": sum(page.counts.values())}]
    tabs += [
        {"label": label, "url": f"?show={one}", "current": page.shown == one, "count": page.counts[one]}
        for one, label in STANDINGS.items()
        if one in page.counts
    ]
    context = {
        "place": place,
        "page": page,
        "tabs": tabs,
        "lines": [(line, STANDINGS[line.standing]) for line in page.lines],
        "may_edit": has(current_person(request), Permission.TRAINING_EDIT, place),
        "trail": _trail(place),
    }
    return render(request, "training/kind.html", context)


def _own_place(request: HttpRequest, slug: str) -> Organization | None:
    """Where the person works on cases and sees no register: what runs out for them rings them, so they see
    their own line of it."""
    try:
        place = organization_by_slug(request, slug, Permission.CASE_JOIN)
    except (Http404, NotAllowed):
        return None
    return None if has(current_person(request), Permission.TRAINING_VIEW, place) else place


def _own_training(request: HttpRequest, place: Organization, kind: TrainingKind) -> HttpResponse:
    mark_read_about(actor=current_person(request), path=request.path)
    until = trained.last_days([current_person(request)], kind).get(current_person(request).pk)
    context = {
        "place": place,
        "kind": kind,
        "until": until,
        "standing": STANDINGS[trained.standing(until, place.today())],
        "ask": people_with_any_role(place, [Role.TEAM_LEAD, Role.PRINCIPAL]),
    }
    return render(request, "training/own.html", context)


@require_http_methods(["GET", "POST"])
def training_add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    place, chosen = _place(request, slug, Permission.TRAINING_EDIT), _kind(kind)
    people = queries.people_at([place])[place.pk].get(chosen.audience, [])
    form = TrainingForm(
        request.POST or None, kind=chosen, people=people, initial={"trained_on": place.today()}
    )
    if form.is_valid():
        try:
            rows = training_actions.enter_training(
                actor=current_person(request), place=place, kind=chosen.key, **form.given
            )
        except training_actions.TrainingFault as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _entered(len(rows)))
            return redirect("training:training_kind", slug=place.slug, kind=chosen.key)
    context = {"place": place, "kind": chosen, "form": form, "trail": _trail(place, chosen)}
    return render(request, "training/add.html", context, status=422 if form.errors else 200)


def _entered(count: int) -> str:
    return ngettext("%(count)d training is entered.", "%(count)d trainings are entered.", count) % {
        "count": count
    }


@require_http_methods(["GET", "POST"])
def training_paste(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Many names at once: all of them, or none."""
    place, chosen = _place(request, slug, Permission.TRAINING_EDIT), _kind(kind)
    if not chosen.people:
        raise Http404
    form, faults = TrainingRowsForm(request.POST or None, initial={"day": place.today()}), []
    if form.is_valid():
        given = form.cleaned_data
        try:
            count = training_actions.import_trainings(
                actor=current_person(request),
                place=place,
                kind=chosen.key,
                text=given["rows"],
                day=given["day"],
            )
        except training_actions.FaultyTrainings as refusal:
            faults = refusal.faults
            form.add_error("rows", _("Nothing was entered yet. Mend the lines below, then send all again."))
        else:
            messages.success(request, _entered(count))
            return redirect("training:training_kind", slug=place.slug, kind=chosen.key)
    context = {"place": place, "kind": chosen, "form": form, "faults": faults, "trail": _trail(place, chosen)}
    return render(request, "training/paste.html", context, status=422 if form.errors else 200)


@require_POST
def training_withdraw(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    place = _place(request, slug, Permission.TRAINING_EDIT)
    row = queries.record_at(place, pk)
    if row is None:
        raise Http404
    training_actions.withdraw_training(actor=current_person(request), place=place, row=row)
    messages.success(request, _("It counts no more. Enter it anew if something of it was right."))
    return redirect("training:training_kind", slug=place.slug, kind=row.kind)


@require_http_methods(["GET", "POST"])
def training_rule(request: HttpRequest, slug: str) -> HttpResponse:
    """From which day a district lets nobody onto a team without a training that counts."""
    place = _place(request, slug, Permission.PLAN_EDIT)
    if place.kind != Organization.Kind.DISTRICT:
        raise Http404
    rule = trained.rule_of(place)
    off = request.method == "POST" and "off" in request.POST
    form = TrainingRuleForm(
        request.POST if request.method == "POST" and not off else None,
        initial={"required_from": rule.required_from if rule else None},
    )
    if off or form.is_valid():
        training_actions.require_training(
            actor=current_person(request),
            district=place,
            required_from=None if off else form.cleaned_data["required_from"],
        )
        messages.success(
            request,
            _("From now on it only warns.")
            if off
            else _("Saved. Everybody whose training runs out is told in time."),
        )
        return redirect("training:training_place", slug=place.slug)
    with in_zone_of(place):
        context = {
            "place": place,
            "form": form,
            "rule": rule,
            "team": trained.team_training(),
            "trail": _trail(place),
        }
        return render(request, "training/rule.html", context, status=422 if form.errors else 200)
