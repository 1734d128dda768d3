"""What staff may type to begin a report: an intake for somebody, a bomb threat by phone, word of mouth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.web.staff_forms import StaffForm
from security_center.prevention.content_loader import anonymity_modes

from .content_loader import CallField, FieldKind, bomb_threat_form, intake_script
from .forms import ReportForm, WordsField
from .models.report import Report


class IntakeForm(ReportForm):
    """What staff write down for somebody, or report themselves. The questions are those of the guided
    script."""

    school = forms.ChoiceField(label=_("Which school?"))
    mode = forms.ChoiceField(
        label=_("Who may know that it comes from you?"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"required": _("Choose one.")},
    )
    duty = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, schools: Iterable[Organization], channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        self.fields["school"].choices = [(pk, school.name) for pk, school in self.schools.items()]  # type: ignore[attr-defined]
        if channel == Report.Channel.STAFF:
            names = ("confidential", "identified")
            modes = anonymity_modes()
            self.fields["mode"].required = True
            self.fields["mode"].choices = [  # type: ignore[attr-defined]
                (key, f"{modes[key].name}. {modes[key].who_can_know}") for key in names
            ]
        else:
            del self.fields["mode"]
            self._ask_as_scripted()

    def _ask_as_scripted(self) -> None:
        for question in intake_script().questions:
            if question.field in self.fields:
                self.fields[question.field].label = str(question.ask)
                self.fields[question.field].help_text = str(question.why)

    @property
    def chosen(self) -> Organization:
        return self.schools[self.cleaned_data["school"]]


class BombThreatForm(forms.Form):
    """The call form: each field of content/bomb_threat.yaml. What is typed goes into the report's text and
    nowhere else."""

    mark_optional = False

    def __init__(self, *args: Any, schools: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        self.fields["school"] = forms.ChoiceField(
            label=_("Which school?"), choices=[(pk, school.name) for pk, school in self.schools.items()]
        )
        for section in bomb_threat_form().sections:
            for field in section.fields:
                self.fields[field.key] = _call_field(field)
        self.fields["exact_words"].required = True
        self.fields["exact_words"].error_messages["required"] = _(
            "Write the words of the threat, as far as you heard them."
        )
        self.fields["seed"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        return [
            (section.title, [self[field.key] for field in section.fields])
            for section in bomb_threat_form().sections
        ]

    @property
    def chosen(self) -> Organization:
        return self.schools[self.cleaned_data["school"]]

    def text(self, language: str) -> str:
        return bomb_threat_form().as_text(
            {key: value for key, value in self.cleaned_data.items() if isinstance(value, str | list)},
            language,
        )


def _call_field(field: CallField) -> forms.Field:
    label = str(field.label)
    choices = [(key, str(name)) for key, name in (field.options or {}).items()]
    if field.kind is FieldKind.CHOICE:
        return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)
    if field.kind is FieldKind.SEVERAL:
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if field.kind is FieldKind.TIME:
        return forms.CharField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    return WordsField(label=label, required=False, rows=4 if field.kind is FieldKind.LONG_TEXT else 1)


class ToldForm(StaffForm):
    """I was told something and will write it down today."""

    name = "told"
    school = forms.ChoiceField(label=_("Which school?"))

    def __init__(self, *args: Any, schools: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        self.offer(school=[(pk, school.name) for pk, school in self.schools.items()])

    @property
    def chosen(self) -> Organization:
        return self.schools[self.cleaned_data["school"]]
