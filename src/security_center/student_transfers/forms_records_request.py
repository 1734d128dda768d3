"""Forms for a student who comes from another school."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, day, words
from security_center.threat_assessment.forms_incoming import OpenFromForm

from . import content_loader as content


class TransferForm(StaffForm):
    name = "transfer"
    student = forms.CharField(
        label=_("Which student comes?"),
        max_length=200,
        error_messages={"required": _("Write the student’s name.")},
    )
    student_facts = words(
        2,
        _("What tells them apart from others?"),
        required=False,
        help_text=_("Student number, grade, date of birth, schedule."),
    )
    prior_school = forms.CharField(
        label=_("From which school?"),
        max_length=200,
        help_text=_("Its name, place and telephone."),
        error_messages={"required": _("Write the school.")},
    )
    first_day = day(_("First day here"), required=False, error_messages={"invalid": _("Write a date.")})


class ItemForm(StaffForm):
    """What the prior school says of one thing."""

    name = "item"
    answer = forms.ChoiceField(
        label=_("What do they say?"), widget=forms.RadioSelect, error_messages={"required": _("Choose one.")}
    )
    who = forms.CharField(
        label=_("Who there said so?"),
        max_length=200,
        help_text=_("Name and office, and how: by phone, letter, in person."),
        error_messages={"required": _("Write who at the other school said so.")},
    )
    note = words(4, _("What is in it?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(answer=list(content.transfer_answers().items()))


class CaseOfTransferForm(OpenFromForm):
    """The student needs a case from the first day."""

    name = "make"
    concern = words(
        4,
        _("What is the concern?"),
        error_messages={"required": _("Write in a sentence what the concern is.")},
    )
    field_order = ("concern", "lead", "disciplines", "compared")
