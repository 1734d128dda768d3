"""Forms of days out of school. None of them is ever asked for: they are opened by whoever has something to
record (threat-assessment.md 1, P7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, day, words

from . import content_loader as doctrine
from .models import Case, PlacementQuestion


class RemovalForm(StaffForm):
    name = "removal"
    kind = forms.ChoiceField(
        label=_("What happened?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happened.")},
    )
    first_day = day(
        _("First day"), error_messages={"required": _("Choose the first day."), "invalid": _("Write a date.")}
    )
    last_day = day(
        _("Last day"),
        required=False,
        help_text=_("Leave it empty if nobody knows yet. Each school day then counts by itself."),
    )
    ground = forms.ChoiceField(label=_("For an interim setting: on what ground?"), required=False)
    reason = words(3, _("Why?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (key, format_html("<strong>{}</strong><br>{}", one.label, one.meaning))
            for key, one in doctrine.removal_kinds().items()
        ]
        self.offer(kind=kinds)
        grounds = [(key, str(one.label)) for key, one in doctrine.removal_grounds().items()]
        self.offer(ground=[("", _("It is none")), *grounds])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("ground") and given.get("kind") != "interim":
            self.add_error("ground", _("Only an interim setting has a ground. Choose “It is none”."))
        return given


class EndRemovalForm(StaffForm):
    name = "end"
    last_day = day(
        _("Last day"), error_messages={"required": _("Choose the last day."), "invalid": _("Write a date.")}
    )


class PlacementForm(StaffForm):
    """The answer to a question that the days raised."""

    name = "placement"
    answer = forms.ChoiceField(
        label=_("What was decided?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was decided.")},
    )
    note = words(
        4,
        _("In words: who decided, with whom, and on what"),
        error_messages={"required": _("Write who decided, and on what.")},
    )

    def __init__(self, *args: Any, case: Case, question: PlacementQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = doctrine.placement_questions()[question.kind].answers
        shown = {
            key: one for key, one in answers.items() if not (one.unprotected_only and case.special_education)
        }
        choices = [
            (key, format_html("<strong>{}</strong><br>{}", one.label, one.meaning))
            for key, one in shown.items()
        ]
        self.offer(answer=choices)
