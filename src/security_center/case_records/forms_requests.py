"""Forms of a family's requests: to see the record, and to correct it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, day, words

from . import content_loader as content
from .models import Inspection


class _Asker(StaffForm):
    """Who asks, and since when."""

    who = forms.CharField(
        label=_("Who asks?"),
        max_length=200,
        error_messages={"required": _("Write the name of whoever asks.")},
    )
    relation = forms.ChoiceField(
        label=_("Who are they to the student?"), error_messages={"required": _("Choose who they are.")}
    )
    received_on = day(
        _("When did the request come in?"),
        error_messages={"required": _("Choose a date."), "invalid": _("Write a date.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            relation=[
                ("", _("Choose one")),
                *((key, str(label)) for key, label in content.relations().items()),
            ]
        )

    @property
    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"name": data.pop("who"), **data}


class InspectionForm(_Asker):
    name = "inspection"


class CheckForm(StaffForm):
    name = "check"
    identity = forms.ChoiceField(
        label=_("How do we know who they are?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they were identified.")},
    )
    custody = forms.ChoiceField(
        label=_("What does the custody order say?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the order says.")},
    )
    note = words(2, _("What was looked at"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            identity=[(key, str(label)) for key, label in content.identity_checks().items()],
            custody=[(key, str(one.label)) for key, one in content.custody_answers().items()],
        )


class AnswerAskerForm(StaffForm):
    name = "answer"
    state = forms.ChoiceField(
        label=_("How did it end?"),
        widget=forms.RadioSelect,
        choices=[
            (state.value, state.label)
            for state in (Inspection.State.SHOWN, Inspection.State.REFUSED, Inspection.State.WITHDRAWN)
        ],
        error_messages={"required": _("Choose how it ended.")},
    )
    text = words(
        3,
        _("In words: what was shown when, or why not"),
        error_messages={"required": _("Write what was shown, or why not.")},
    )


class AmendmentForm(_Asker):
    """Which text is wrong, and how it should read."""

    name = "amendment"
    what = words(
        5,
        _("What is wrong, and how should it read?"),
        error_messages={"required": _("Write what is said to be wrong.")},
    )
    part = forms.CharField(widget=forms.HiddenInput, required=False)


class DecideForm(StaffForm):
    """An answer to a request to correct, or what a hearing decided."""

    name = "decide"
    agree = forms.ChoiceField(
        label=_("Is it corrected?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes: it was wrong or misleading")), ("no", _("No"))],
        error_messages={"required": _("Choose yes or no.")},
    )
    text = words(
        5,
        _("What was corrected where, or why not"),
        error_messages={"required": _("Write what was corrected, or why not.")},
    )

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["agree"] == "yes")


class StatementForm(StaffForm):
    name = "statement"
    text = words(
        6,
        _("The statement, in the words of whoever asked"),
        help_text=_("It stands beside the text from now on, and goes wherever the text goes."),
        error_messages={"required": _("Write the statement.")},
    )
