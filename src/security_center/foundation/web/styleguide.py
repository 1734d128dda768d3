"""Every component on one page, in development only: the page the designers, the screenshots and the
accessibility checks look at."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """Each kind of field once."""

    name = forms.CharField(label=_("Your name"), help_text=_("As it is on your badge."), max_length=80)
    email = forms.EmailField(label=_("E-mail"), required=False)
    what_happened = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Start anywhere. A few words are enough."),
    )
    school = forms.ChoiceField(
        label=_("School"),
        choices=[("", _("Choose one")), ("a", "Cedar Ridge High School"), ("b", "Lakeview Middle School")],
    )
    danger_now = forms.ChoiceField(
        label=_("Is anyone in danger right now?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label=_("Days on call"),
        choices=[("mon", _("Monday")), ("tue", _("Tuesday")), ("wed", _("Wednesday"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Choose all that apply."),
    )
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}), required=False)
    photo = forms.FileField(label=_("Photo, video or file"), required=False)
    agree = forms.BooleanField(
        label=_("I have read the calendar for this week"),
        required=False,
        help_text=_("You can change this later."),
    )


def _samples() -> dict[str, object]:
    return {
        "form": SampleForm(),
        "failed_form": SampleForm(
            {"name": "", "email": "not an address", "danger_now": "", "what_happened": ""}, prefix="failed"
        ),
        "facts": [
            (_("Number"), "7F3K2M"),
            (_("School"), "Cedar Ridge High School"),
            {"label": _("Holder"), "value": "R. Ortiz", "url": "#facts", "action": _("Change")},
        ],
        "columns": [_("School"), _("Reader"), _("Reports")],
        "rows": [
            ["Cedar Ridge High School", "R. Ortiz", 12],
            ["Lakeview Middle School", "M. Chen", 3],
            {"cells": ["Pine Street Elementary", "A. Brooks", 0], "url": "#table"},
        ],
        "numbers": [2],
        "steps": [
            {"label": _("District"), "state": "done", "url": "#steps"},
            {"label": _("Schools"), "state": "current", "note": _("6 schools so far")},
            {"label": _("People and roles"), "state": ""},
            {"label": _("Test alert"), "state": ""},
        ],
        "tabs": [
            {"label": _("Mine"), "url": "#tabs", "current": True, "count": 2},
            {"label": _("Unassigned"), "url": "#tabs", "count": 1},
            {"label": _("Late"), "url": "#tabs", "count": 0},
            {"label": _("All"), "url": "#tabs"},
        ],
        "trail": [(_("Desk"), "#desk"), ("Cedar Ridge High School", "#school")],
        "words": ["river", "candle", "north", "button", "maple", "silver", "garden", "window", "pepper"],
        "quoted": "He said he will bring it on Friday.\nEveryone in the group chat saw it.",
        "messages_shown": [
            {
                "who": _("You"),
                "text": "He said it again at lunch.\nTwo others heard it.",
                "when": _("Monday, about 12:15"),
                "own": True,
            },
            {
                "who": _("A reader"),
                "text": "Thank you for telling us. Do you know which class he has next?",
                "when": _("Monday, about 12:30"),
                "own": False,
            },
        ],
        "desk": [
            {
                "urgency": "U1",
                "age": "4 min",
                "left": _("1 min left"),
                "school": "Cedar Ridge High School",
                "category": _("Weapon at or coming to school"),
                "holder": _("nobody yet"),
                "facts": _("2 new facts"),
                "late": True,
            },
            {
                "urgency": "U2",
                "age": "1 h",
                "left": _("3 h left"),
                "school": "Lakeview Middle School",
                "category": _("Bullying"),
                "holder": "M. Chen",
                "facts": "",
            },
            {
                "urgency": "U3",
                "age": "1 d",
                "left": _("today"),
                "school": "Cedar Ridge High School",
                "category": _("Drugs: use, sale"),
                "holder": "R. Ortiz",
                "facts": _("1 new message"),
            },
            {
                "urgency": "U4",
                "age": "2 d",
                "left": _("3 days left"),
                "school": "Pine Street Elementary",
                "category": _("Theft, vandalism"),
                "holder": "A. Brooks",
                "facts": "",
            },
        ],
        "nav": [
            {"label": _("Home"), "url": "/styleguide/", "current": True, "count": 0},
            {"label": _("Desk"), "url": "/styleguide/#desk", "current": False, "count": 3},
            {"label": _("Plan"), "url": "/styleguide/#plan", "current": False, "count": 0},
            {"label": _("Schools and people"), "url": "/styleguide/#people", "current": False, "count": 0},
        ],
        "organization_name": "Maple County School District",
        "unread_count": 3,
    }


def staff(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide/staff.html", _samples())


def public(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide/public.html", _samples())
