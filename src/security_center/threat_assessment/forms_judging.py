"""Forms of what the team concludes, whom it tells, and how a case closes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, words

from . import content_loader as doctrine
from .models import Case, Notice, Signature


class JudgeForm(StaffForm):
    """The team's judgement. It starts empty each time: nothing of an earlier one is carried over."""

    name = "judge"
    facts_for = words(
        5,
        _("Facts that speak for a concern"),
        error_messages={"required": _("Write the facts for a concern, or that there are none.")},
    )
    facts_against = words(
        5,
        _("Facts that speak against it"),
        error_messages={"required": _("Write the facts against it, or that there are none.")},
    )
    unknowns = words(
        4,
        _("What we do not know"),
        error_messages={"required": _("Write what is not known. There is always something.")},
    )
    would_change = words(
        4,
        _("What would change our minds"),
        error_messages={"required": _("Write what would change this judgement.")},
    )
    conclusion = forms.ChoiceField(
        label=_("What do we conclude?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the conclusion that fits.")},
    )
    level = forms.ChoiceField(
        label=_("Level"), widget=forms.RadioSelect, error_messages={"required": _("Choose the level.")}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme = doctrine.schemes()[case.scheme]
        self.offer(conclusion=[_with_meaning(key, one) for key, one in doctrine.conclusions().items()])
        if scheme.levels:
            self.fields["level"].label = str(scheme.label)
            self.offer(level=[_with_meaning(key, one) for key, one in scheme.levels.items()])
        else:
            del self.fields["level"]

    @property
    def given(self) -> dict[str, str]:
        return {"level": "", **self.cleaned_data}


def _with_meaning(key: str, one: Any) -> tuple[str, Any]:
    return key, format_html("<strong>{}</strong><br>{}", one.label, one.meaning)


class SignForm(StaffForm):
    name = "sign"
    view = forms.ChoiceField(
        label=_("Your own view"),
        widget=forms.RadioSelect,
        choices=Signature.View.choices,
        error_messages={"required": _("Choose whether you agree.")},
    )
    text = words(
        4,
        _("In your words"),
        required=False,
        help_text=_("Needed when you see it differently. It stands beside the conclusion."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("view") == Signature.View.DISSENTS and not given.get("text", "").strip():
            self.add_error("text", _("Write what you see differently, and why."))
        return given


class NoticeForm(StaffForm):
    """What came of telling one party."""

    name = "notice"
    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[
            (value, Notice.State(value).label)
            for value in (Notice.State.TOLD, Notice.State.NOT_REACHED, Notice.State.NOT_NEEDED)
        ],
        error_messages={"required": _("Choose what came of it.")},
    )
    note = words(3, _("Who was told, how and when; or the reason"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("state") in {Notice.State.NOT_REACHED, Notice.State.NOT_NEEDED}
            and not given.get("note", "").strip()
        ):
            self.add_error("note", _("Write what was tried, or why they need not be told."))
        return given


class AskToCloseForm(StaffForm):
    """Why the case can end. What ends no case stands among the choices too, and is answered with why it does
    not."""

    name = "close"
    reason = forms.ChoiceField(
        label=_("Why can it be closed?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that fits.")},
    )
    text = words(
        5,
        _("The reasons, in words"),
        help_text=_("A member of another discipline reads this and answers."),
        error_messages={"required": _("Write the reasons. The second discipline decides on them.")},
    )
    same_as = forms.CharField(
        label=_("If it is the same as another case: its number"),
        max_length=12,
        required=False,
        help_text=_(
            "It goes on there, and the reports of this one with it. It has to be open, and you are "
            "on its team too."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = [(key, str(one.label)) for key, one in doctrine.close_reasons().items()]
        never = [(key, str(one.label)) for key, one in doctrine.never_close_reasons().items()]
        self.offer(reason=[(_("Ends a case"), ends), (_("Ends no case"), never)])


class AnswerClosingForm(StaffForm):
    """The second discipline's answer. `agree` is the button that was pressed."""

    name = "answer"
    text = words(
        4, _("Your own reading of it"), error_messages={"required": _("Write what you looked at yourself.")}
    )
