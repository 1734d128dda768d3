"""Forms for what a school is told about a student outside of a report, and for saying which case it belongs
to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import (
    StaffForm,
    by_id,
    choose_one,
    moment,
    named_people,
    words,
)
from security_center.reporting.forms_staff import identifier_choices

from .forms_case import discipline_choices
from .models import Case

_NAME = {"required": _("Write the name as you were told it.")}
_COMPARED = _("At least two. A name alone has led to the wrong student before.")


_moment = partial(
    moment, error_messages={"required": _("Choose day and hour."), "invalid": _("Write day and hour.")}
)


def _life_safety() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("May somebody’s life be in danger?"),
        help_text=_("Then somebody takes it on within 15 minutes."),
        widget=forms.RadioSelect,
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda value: value == "yes",
        error_messages={"required": _("Choose one.")},
    )


class _IncomingForm(StaffForm):
    """No moment lies ahead: what has not happened yet cannot have been told."""

    moments: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.moments:
            if given.get(name) is not None and given[name] > now():
                self.add_error(name, _("This lies ahead. Write when it was."))
        return given


class ConcernForm(_IncomingForm):
    """Somebody told an adult. They get a number, and somebody has to take it."""

    name = "concern"
    moments = ("told_at",)
    teller = forms.CharField(
        label=_("Who told it?"), max_length=200, error_messages={"required": _("Write who told it.")}
    )
    told_at = _moment(_("When did they tell it?"))
    says = words(
        5,
        _("What did they say?"),
        help_text=_("As closely as you can."),
        error_messages={"required": _("Write what they said.")},
    )
    student = forms.CharField(label=_("Which student is it about?"), max_length=200, error_messages=_NAME)
    student_facts = words(
        2,
        _("What tells them apart from others?"),
        required=False,
        help_text=_("Student number, grade, date of birth, schedule."),
    )
    life_safety = _life_safety()


class NoticeOfPoliceForm(_IncomingForm):
    """Law enforcement tells the school. What it says stays apart from the student's records."""

    name = "notice"
    moments = ("told_at", "written_at", "happened_at")
    agency = forms.CharField(
        label=_("Which agency?"),
        max_length=200,
        error_messages={"required": _("Write which agency gives the notice.")},
    )
    teller = forms.CharField(
        label=_("Which officer?"),
        max_length=200,
        error_messages={"required": _("Write the officer’s name, or badge number.")},
    )
    incident_number = forms.CharField(label=_("Incident number"), required=False, max_length=100)
    happened_at = _moment(_("When was the arrest, referral or contact?"), required=False)
    told_at = _moment(_("When was the school told by word of mouth?"))
    written_at = _moment(
        _("When did the written notice come?"),
        required=False,
        help_text=_("Leave it empty if it has not come yet."),
    )
    says = words(
        5, _("What does the notice say?"), error_messages={"required": _("Write what the notice says.")}
    )
    student = forms.CharField(label=_("Which student is it about?"), max_length=200, error_messages=_NAME)
    student_facts = words(
        2,
        _("What tells them apart from others?"),
        required=False,
        help_text=_("Student number, grade, date of birth, schedule."),
    )
    life_safety = _life_safety()


class PlaceForm(StaffForm):
    """It is about the student of a case that is there."""

    name = "place"
    case = forms.ChoiceField(
        label=_("Which case?"), widget=forms.RadioSelect, error_messages={"required": _("Choose the case.")}
    )
    compared = forms.MultipleChoiceField(
        label=_("What did you compare to be sure that it is the same student?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_COMPARED,
        error_messages={"required": _("Compare two things at least.")},
    )

    def __init__(self, *args: Any, cases: Iterable[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {case.number: case for case in cases}
        shown = [
            (case.number, f"{case.number}: {case.get_state_display()}, {case.school.name}, {case.lead.name}")
            for case in self.cases.values()
        ]
        self.offer(case=shown, compared=identifier_choices())

    @property
    def given(self) -> dict[str, Any]:
        return {"case": self.cases[self.cleaned_data["case"]], "compared": self.cleaned_data["compared"]}


class OpenFromForm(StaffForm):
    """It becomes a case of its own."""

    name = "make"
    lead = forms.ChoiceField(
        label=_("Who leads the case?"), error_messages={"required": _("Choose somebody.")}
    )
    disciplines = forms.MultipleChoiceField(
        label=_("For which disciplines does the lead stand?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one discipline.")},
    )
    compared = forms.MultipleChoiceField(
        label=_("What did you compare to be sure that it is this student?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_COMPARED,
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.offer(
            lead=choose_one(named_people(self.people.values())),
            disciplines=discipline_choices(),
            compared=identifier_choices(),
        )

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "lead": self.people[self.cleaned_data["lead"]]}
