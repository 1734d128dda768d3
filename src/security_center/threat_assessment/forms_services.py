"""Forms of the register of services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, choose_one, words

from . import content_loader as doctrine


def _number(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=9999,
        required=False,
        widget=widget,
        help_text=_("Leave it empty if nobody knows."),
    )


class CheckServiceForm(StaffForm):
    name = "service"
    contact = forms.CharField(label=_("Whom to call"), max_length=200, required=False)
    places_free = _number(_("How many places are free?"))
    wait_days = _number(_("How many days does one wait?"))
    note = words(
        2,
        _("What else to know"),
        required=False,
        help_text=_("Who may come, languages, cost. Nothing about a student."),
    )


class ServiceForm(CheckServiceForm):
    kind = forms.ChoiceField(
        label=_("What kind of help is it?"), error_messages={"required": _("Choose one.")}
    )
    called = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Write what it is called.")}
    )
    field_order = ("kind", "called", "contact", "places_free", "wait_days", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(key, str(label)) for key, label in doctrine.service_kinds().items()]
        self.offer(kind=choose_one(kinds))

    @property
    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["name"] = data.pop("called")
        return data
