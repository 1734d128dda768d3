"""Forms of the page on which somebody makes sure who the student of a case is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, day
from security_center.reporting.forms_staff import identifier_choices


def _compared(label: Any, **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


class LookUpForm(StaffForm):
    """Two things that are known of the student: one alone finds people, and a second one tells which of them
    it is."""

    name = "look"
    mark_optional = False  # two of the three are wanted
    student_name = forms.CharField(label=_("Name"), required=False, max_length=200)
    identifier = forms.CharField(label=_("Student number"), required=False, max_length=40)
    birth_date = day(
        _("Date of birth"),
        required=False,
        error_messages={"invalid": _("Write the date as 2012-05-30.")},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("student_name", "").strip() and not given.get("identifier", "").strip():
            self.add_error(
                "student_name", _("Write a name or a student number. A date of birth alone finds nobody.")
            )
        return given

    def words(self) -> dict[str, str]:
        """What `look_for_student` is told."""
        born = self.cleaned_data.get("birth_date")
        return {
            "name": self.cleaned_data["student_name"],
            "identifier": self.cleaned_data["identifier"],
            "birth_date": born.isoformat() if born else "",
        }


class ConfirmForm(StaffForm):
    """What a person compared before they say: it is this student."""

    name = "confirm"
    mark_optional = False
    compared = _compared(
        _("What did you compare?"),
        help_text=_("At least two. Compare with what you know from somewhere else, not from this page."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(compared=identifier_choices())


class DescribeForm(StaffForm):
    """Somebody whom the register does not hold, or nobody yet."""

    name = "describe"
    student_name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Leave it empty if nobody knows yet.")
    )
    facts = forms.CharField(
        label=_("What tells them apart from others?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Student number, grade, date of birth, schedule."),
    )
    compared = _compared(
        _("What did you compare to be sure that it is this student?"),
        help_text=_("At least two, or none as long as you search."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(compared=identifier_choices())
