"""The meetings of a team: which there are, one of them with its agenda and minutes, and what is done to
it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.views.lookups import organization_by_slug
from security_center.foundation.refusals import Refusal, blame, tell
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.web.staff_forms import form_data, to_version
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions.edit_conflicts import ChangedMeanwhile
from security_center.threat_assessment.views.lookups import current_person, in_zone_of
from security_center.threat_assessment.views.second_writer import keep, theirs_of

from .. import content_loader as content
from .. import policies
from .. import queries as reads
from ..actions import meetings as acts
from ..forms import DropMeetingForm, MeetingForm, MinutesForm, MoveMeetingForm, RhythmForm
from ..models import Meeting, Rhythm
from ..retention import end_of_meeting

View = Callable[..., HttpResponseBase]
MINUTES = ("others_present", "minutes")


def about_meeting(permission: Permission) -> Callable[[View], View]:
    """A view about one meeting by its uuid, in the time zone of its place: 404 for what the person may not
    know of."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            try:
                meeting = reads.known_meeting(current_person(request), pk)
            except reads.MeetingUnknown:
                raise Http404 from None
            policies.require_meeting(current_person(request), permission, meeting.place)
            with in_zone_of(meeting.place):
                return view(request, meeting, **kwargs)

        return checked

    return decorate


def trail_to(meeting: Meeting | None = None) -> list[tuple[str, str]]:
    trail = [
        (_("Cases"), reverse("threat_assessment:cases")),
        (_("Team meetings"), reverse("team_meetings:meetings")),
    ]
    if meeting is not None:
        trail.append((meeting.place.name, meeting.path))
    return trail


def meeting_page(
    request: HttpRequest, template: str, meeting: Meeting, form: Any, **more: Any
) -> HttpResponse:
    context = {"meeting": meeting, "form": form, "trail": trail_to(meeting), **more}
    return render(request, f"team_meetings/{template}.html", context)


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """Of the person's own place; those who look after several choose one (`?place=`)."""
    places = reads.places_to_meet_at(current_person(request))
    if not places:
        raise NotAllowed(Permission.MEETING_VIEW)
    chosen = next((place for place in places if place.slug == request.GET.get("place", "")), places[0])
    return _meetings(request, chosen, places)


@require_GET
def meetings_of(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one place, for whoever comes from what it lacks."""
    place = organization_by_slug(request, slug, Permission.MEETING_VIEW)
    if place.kind == Organization.Kind.STATE:
        raise Http404
    return _meetings(request, place, [place])


def _meetings(request: HttpRequest, chosen: Organization, places: list[Organization]) -> HttpResponse:
    with in_zone_of(chosen):
        owed = reads.next_due(chosen)
        context = {
            "place": chosen,
            "places": places if len(places) > 1 else [],
            "page": reads.meetings_at(current_person(request), chosen),
            "owed": owed,
            "every": Rhythm.Every(owed.every).label if owed is not None else "",
            "rhythm": reads.rhythm_of(chosen),
            "cadence": doctrine.team_cadence()["meeting"],
            "may_write": policies.may_meet(current_person(request), Permission.MEETING_WRITE, chosen),
            "trail": [(_("Cases"), reverse("threat_assessment:cases"))],
        }
        return render(request, "team_meetings/meetings.html", context)


def _place(request: HttpRequest, slug: str) -> Organization:
    place = organization_by_slug(request, slug, Permission.MEETING_WRITE)
    if place.kind == Organization.Kind.STATE:
        raise Http404
    return place


@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Call a meeting: a day and an hour, nothing else."""
    place = _place(request, slug)
    with in_zone_of(place):
        form = MeetingForm(form_data(request))
        if form.is_valid():
            meeting = acts.call_meeting(actor=current_person(request), place=place, **form.cleaned_data)
            messages.success(request, _("The meeting is planned, and the team is told."))
            return redirect("team_meetings:meeting", pk=meeting.uuid)
        return render(
            request, "team_meetings/meeting_new.html", {"place": place, "form": form, "trail": trail_to()}
        )


@require_http_methods(["GET", "POST"])
def meeting_rhythm(request: HttpRequest, slug: str) -> HttpResponse:
    place = _place(request, slug)
    row = reads.rhythm_of(place)
    initial = {
        "every": row.every if row is not None else Rhythm.Every.MONTH,
        "with_district": row is not None and row.with_district,
    }
    school = place.kind == Organization.Kind.SCHOOL
    form = RhythmForm(form_data(request), initial=initial, school=school)
    if form.is_valid():
        acts.set_rhythm(actor=current_person(request), place=place, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(reverse("team_meetings:meetings") + f"?place={place.slug}")
    context = {
        "place": place,
        "form": form,
        "cadence": doctrine.team_cadence()["meeting"],
        "trail": trail_to(),
    }
    return render(request, "team_meetings/meeting_rhythm.html", context)


@require_GET
@about_meeting(Permission.MEETING_VIEW)
def meeting(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Before it: the agenda. Afterwards: the minutes. Printed, it is the paper for the table."""
    mark_read_about(actor=current_person(request), path=meeting.path)
    page = reads.MeetingPage(
        current_person(request), meeting, acts.look_at_meeting(actor=current_person(request), meeting=meeting)
    )
    may_write = policies.may_meet(current_person(request), Permission.MEETING_WRITE, meeting.place)
    kept = None if meeting.planned else (content.meetings_kept(), end_of_meeting(meeting))
    return meeting_page(request, "meeting", meeting, None, page=page, may_write=may_write, kept=kept)


@require_http_methods(["GET", "POST"])
@about_meeting(Permission.MEETING_WRITE)
def meeting_minutes(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Who is there and what is said. May be saved as often as wanted; closing the minutes is a press of its
    own."""
    page = reads.MeetingPage(
        current_person(request), meeting, acts.look_at_meeting(actor=current_person(request), meeting=meeting)
    )
    people = reads.team_at(meeting.place)
    brings = reads.usual_disciplines_of(people, meeting.place)
    labels = {key: one.label for key, one in doctrine.expertise().items()}
    initial = {
        **page.text,
        "present": [str(row.person_id) for row in page.attendance],
        "version": meeting.version,
    }
    posted = form_data(request)
    form = MinutesForm(posted, initial=initial, people=people, brings=brings, labels=labels)
    theirs: Any = None
    if form.is_valid():
        try:
            _write_minutes(request, meeting, form, page)
        except ChangedMeanwhile as refusal:
            to_version(form, refusal.theirs.version)
            theirs = theirs_of(refusal.theirs, page.opened, form, MINUTES, refusal.theirs.written_by)
        except acts.NotPlanned as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved. You can go on writing until you close the minutes."))
            return redirect("team_meetings:meeting", pk=meeting.uuid)
    return meeting_page(request, "meeting_minutes", meeting, form, theirs=theirs)


def _write_minutes(
    request: HttpRequest, meeting: Meeting, form: MinutesForm, page: reads.MeetingPage
) -> None:
    """Whoever somebody else has marked as there stays marked, as their words stay."""
    there = form.present_people
    marked = {str(row.person_id) for row in page.attendance}

    def save(**given: Any) -> Meeting:
        return acts.write_minutes(actor=current_person(request), meeting=meeting, present=there, **given)

    given = {name: form.cleaned_data[name] for name in (*MINUTES, "version")}
    if "both" in request.POST:
        there = {
            **there,
            **{form.people[pk]: form.brings[form.people[pk].pk] for pk in marked if pk in form.people},
        }
    elif meeting.version != given["version"] and not marked <= set(form.cleaned_data["present"]):
        raise ChangedMeanwhile(meeting)
    keep(
        request,
        save,
        given,
        lambda row: shown_all(page.opened, row, MINUTES),
        lambda: Meeting.objects.get(pk=meeting.pk),
    )


@require_POST
@about_meeting(Permission.MEETING_WRITE)
def meeting_hold(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    try:
        acts.hold_meeting(actor=current_person(request), meeting=meeting)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(
            request, _("The minutes are closed. The next meeting has its date by which it is due.")
        )
    return redirect("team_meetings:meeting", pk=meeting.uuid)


@require_http_methods(["GET", "POST"])
@about_meeting(Permission.MEETING_WRITE)
def meeting_change(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Another time, or called off."""
    drops = request.method == "POST" and "drop" in request.POST
    moves = request.method == "POST" and not drops
    move = MoveMeetingForm(request.POST if moves else None, initial={"starts_at": meeting.starts_at})
    drop = DropMeetingForm(request.POST if drops else None)
    form: Any = drop if drops else move
    if form.is_bound and form.is_valid():
        try:
            if drops:
                acts.drop_meeting(actor=current_person(request), meeting=meeting, **form.cleaned_data)
            else:
                acts.move_meeting(actor=current_person(request), meeting=meeting, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("The meeting is called off.")
                if drops
                else _("The meeting is moved, and the team is told."),
            )
            return redirect("team_meetings:meeting", pk=meeting.uuid)
    return meeting_page(request, "meeting_change", meeting, form, move=move, drop=drop)
