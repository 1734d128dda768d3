"""What a person may type about trainings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.day_fields import DayField
from security_center.foundation.web.staff_forms import by_id, day, named_people
from security_center.prevention.doctrine.kinds import TrainingKind

from .actions import Group


def _day(label: Any, **options: Any) -> DayField:
    errors = {"required": _("Choose a day."), "invalid": _("Choose a day.")}
    return day(label, error_messages=errors, **options)


def _number(label: Any, least: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=100000, required=False, widget=widget)


class TrainingForm(forms.Form):
    """One training: who, when, by whom. Of students and families only groups are noted."""

    people = forms.MultipleChoiceField(
        label=_("Who was trained?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    staff = forms.CharField(
        label=_("Other members of staff, one name on a line"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        required=False,
        help_text=_("Those who do not sign in here."),
    )
    group = forms.CharField(
        label=_("A group"),
        max_length=120,
        required=False,
        help_text=_("For example: all bus drivers, or grade 7."),
    )
    trained = _number(_("How many of it were trained?"), 0)
    out_of = _number(_("Of how many?"), 1)
    trained_on = _day(_("On which day?"))
    trainer = forms.CharField(label=_("By whom?"), max_length=120, required=False)

    def __init__(self, *args: Any, kind: TrainingKind, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.persons = by_id(people)
        if kind.people:
            self.fields["people"].choices = named_people(self.persons.values())  # type: ignore[attr-defined]
        if not kind.people or not self.persons:
            del self.fields["people"]
        if not kind.people or kind.team:
            del self.fields["staff"]  # whoever works on a team signs in
        if not kind.groups:
            for name in ("group", "trained", "out_of"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        group = given.get("group", "").strip()
        if group and (given.get("trained") is None or given.get("out_of") is None):
            self.add_error(
                "out_of" if given.get("out_of") is None else "trained",
                _("Write how many of how many were trained."),
            )
        elif group and given["trained"] > given["out_of"]:
            self.add_error("trained", _("More were trained than there are. Check both numbers."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        group = data.get("group", "").strip()
        return {
            "people": [self.persons[pk] for pk in data.get("people", [])],
            "staff": data.get("staff", "").splitlines(),
            "group": Group(group, data["trained"], data["out_of"]) if group else None,
            "trained_on": data["trained_on"],
            "trainer": data["trainer"],
        }


class TrainingRowsForm(forms.Form):
    rows = forms.CharField(
        label=_("Who was trained, one on a line"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Copy the cells of your spreadsheet and paste them here. Columns: name, day, e-mail, "
            "trainer. Only the name is needed."
        ),
        error_messages={
            "required": _("There are no rows yet. Write one line for each person: name, day, e-mail.")
        },
    )
    day = _day(_("The day, for rows without one"), required=False)


class TrainingRuleForm(forms.Form):
    """A district asks for training, from a day on."""

    required_from = _day(
        _("From which day?"), help_text=_("Until then it only warns, so that everybody can be trained first.")
    )
