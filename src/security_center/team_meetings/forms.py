"""Forms of a team's meetings: when, who was there, what was said and decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import StaffForm, by_id, day, moment, version_shown, words

from .models import Decision, Rhythm

_moment = partial(
    moment,
    error_messages={"required": _("Choose a day and an hour."), "invalid": _("Choose a day and an hour.")},
)


class MeetingForm(StaffForm):
    name = "meeting"
    starts_at = _moment(
        _("When?"), help_text=_("The agenda is made from the open cases. You need not write one.")
    )
    on_demand = forms.BooleanField(
        label=_("It is called because of a concern, beside the regular meetings"), required=False
    )


class MoveMeetingForm(StaffForm):
    name = "move"
    starts_at = _moment(_("New day and hour"))


class DropMeetingForm(StaffForm):
    name = "drop"
    reason = words(
        2, _("Why is it called off?"), error_messages={"required": _("Write why it is called off.")}
    )


class RhythmForm(StaffForm):
    """At least each month: the plan's rule may be made stricter, not looser."""

    name = "rhythm"
    every = forms.ChoiceField(
        label=_("How often does the team meet?"), choices=Rhythm.Every.choices, widget=forms.RadioSelect
    )
    with_district = forms.BooleanField(label=_("The district’s team meets for this school"), required=False)

    def __init__(self, *args: Any, school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not school:
            del self.fields["with_district"]


class MinutesForm(StaffForm):
    """Who was there, and what was said of no single case."""

    name = "minutes"
    present = forms.MultipleChoiceField(
        label=_("Who is there?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    others_present = forms.CharField(
        label=_("Others who are there"),
        max_length=2000,
        required=False,
        help_text=_("People who do not sign in here, with their task."),
    )
    minutes = words(
        8,
        _("Minutes"),
        required=False,
        help_text=_(
            "What was said of no single case. Write about a case on its own page: only its team reads that."
        ),
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[Person],
        brings: Mapping[int, Sequence[str]],
        labels: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.brings = by_id(people), brings
        choices = [
            (pk, _line(person, [str(labels[key]) for key in brings[person.pk]]))
            for pk, person in self.people.items()
        ]
        self.offer(present=choices)

    version = version_shown()

    @property
    def present_people(self) -> dict[Person, Sequence[str]]:
        chosen = [self.people[pk] for pk in self.cleaned_data["present"]]
        return {person: self.brings[person.pk] for person in chosen}


def _line(person: Person, disciplines: Sequence[str]) -> str:
    return f"{person.name}: {', '.join(disciplines)}" if disciplines else person.name


class AboutCaseForm(StaffForm):
    name = "about"
    note = words(
        5, _("What was said of it?"), required=False, help_text=_("Only the team of the case reads it.")
    )
    version = version_shown()


class DecisionForm(StaffForm):
    name = "decision"
    what = words(2, _("What was decided?"), error_messages={"required": _("Write what is to be done.")})
    owner = forms.ChoiceField(label=_("Who does it?"), error_messages={"required": _("Choose who does it.")})
    due_on = day(
        _("By when?"), error_messages={"required": _("Choose a date."), "invalid": _("Write a date.")}
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        named = [("", _("Choose one")), *((pk, person.name) for pk, person in self.people.items())]
        self.offer(owner=named)

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "owner": self.people[self.cleaned_data["owner"]]}


class SettleDecisionForm(StaffForm):
    name = "settle"
    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[
            (value, Decision.State(value).label) for value in (Decision.State.DONE, Decision.State.WAIVED)
        ],
        error_messages={"required": _("Choose whether it is done or given up.")},
    )
    outcome = words(
        3,
        _("What came of it, or why it is given up"),
        error_messages={"required": _("Write what came of it, or why it is given up.")},
    )
