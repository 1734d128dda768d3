"""Forms of the steps for self-harm and child protection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, words

from . import content_loader as doctrine
from .models import PathStep


class SuspectForm(StaffForm):
    """Somebody suspects abuse or neglect, or knows of it too."""

    name = "suspect"
    suspected = forms.ChoiceField(
        label=_("Who is suspected?"),
        widget=forms.RadioSelect,
        choices=PathStep.Suspected.choices,
        error_messages={"required": _("Choose one.")},
    )


class PathStepForm(StaffForm):
    name = "path"
    answer = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    agency = forms.CharField(
        label=_("Which agency, and whom did you speak with?"), max_length=200, required=False
    )
    called_when = forms.CharField(label=_("When?"), max_length=100, required=False)
    reference = forms.CharField(
        label=_("Reference number"), max_length=100, required=False, help_text=_("If they gave you one.")
    )
    note = words(3, _("In words"), required=False)

    def __init__(self, *args: Any, row: PathStep, answers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = doctrine.paths()[row.path].steps[row.step].answers
        self.offer(answer=[(key, str(known[key].label)) for key in answers])
        if not any(known[key].record for key in answers):
            for name in ("agency", "called_when", "reference"):
                del self.fields[name]
            self.fields["note"].required = True  # without a record the words are all there is
            self.fields["note"].error_messages["required"] = _("Write what came of it, in a sentence.")


class AgencyForm(StaffForm):
    """What the agency said about telling the parents."""

    name = "agency"
    who = forms.CharField(
        label=_("Whom did you speak with, and when?"),
        max_length=200,
        error_messages={"required": _("Write who of the agency said so.")},
    )
    text = words(
        3,
        _("What did they say about telling the parents?"),
        error_messages={"required": _("Write what they said.")},
    )
