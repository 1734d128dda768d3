"""Forms of the steps of a decision, of evaluations, and of the look from outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, words

from . import content_loader as doctrine


class StepForm(StaffForm):
    name = "step"
    answer = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer. In doubt, take the graver one.")},
    )
    note = words(
        3,
        _("What does the answer rest on?"),
        error_messages={"required": _("Write in a sentence what the answer rests on.")},
    )

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = doctrine.cstag_steps()[step]
        self.fields["answer"].label = str(found.question or found.title)
        self.offer(answer=[(key, str(one.label)) for key, one in found.answers.items()])


class EvaluationForm(StaffForm):
    name = "evaluation"
    kind = forms.ChoiceField(
        label=_("What was done?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was done.")},
    )
    note = words(
        4,
        _("Who did it, when, and what follows?"),
        error_messages={"required": _("Write who did it, when, and what follows.")},
    )

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = doctrine.evaluations()
        self.offer(kind=[(key, f"{known[key].label}: {known[key].meaning}") for key in kinds])


class OutsideForm(StaffForm):
    """`agrees` is the button that was pressed."""

    name = "outside"
    note = words(
        4,
        _("What did you look at, and what do you say to it?"),
        error_messages={"required": _("Write what you looked at yourself.")},
    )


class SummaryForm(StaffForm):
    name = "summary"
    text = words(
        4, _("Why is it unfounded?"), error_messages={"required": _("Write why. The district can read it.")}
    )
