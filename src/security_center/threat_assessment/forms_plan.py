"""Forms of the management plan: its words, its steps, its reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import StaffForm, choose_one, day, version_shown, words
from security_center.prevention.case_rules import CaseRules

from .models import Action


class PlanForm(StaffForm):
    name = "plan"
    goal = words(
        3, _("What is the plan to reach?"), error_messages={"required": _("Write what the plan is to reach.")}
    )
    raises_concern = words(
        3,
        _("What would tell us that it gets worse?"),
        error_messages={"required": _("Write what would raise the concern.")},
    )
    lowers_concern = words(
        3,
        _("What would tell us that it gets better?"),
        error_messages={"required": _("Write what would lower the concern.")},
    )
    out_of_hours = words(2, _("Whom to call outside school hours"), required=False)
    version = version_shown()


class OwnedForm(StaffForm):
    """A form with the fields `owner` and `backup`: two of its people."""

    people: dict[str, Person]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("owner") and given.get("owner") == given.get("backup"):
            self.add_error("backup", _("Choose somebody else: one of the two may be away."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "owner": self.people[data["owner"]], "backup": self.people[data["backup"]]}


class ActionForm(OwnedForm):
    """A step of the plan, with an owner, somebody who does it when the owner is away, and a date."""

    name = "step"
    option = forms.ChoiceField(
        label=_("What kind of step?"), error_messages={"required": _("Choose what kind of step it is.")}
    )
    what = words(3, _("What exactly is done?"), error_messages={"required": _("Write what exactly is done.")})
    owner = forms.ChoiceField(label=_("Who does it?"), error_messages={"required": _("Choose who does it.")})
    backup = forms.ChoiceField(
        label=_("Who does it when they are away?"), error_messages={"required": _("Choose a second person.")}
    )
    second_backup = forms.ChoiceField(
        label=_("Who does it when both are away?"),
        required=False,
        help_text=_("A search needs one, and a training that counts for all three."),
    )
    due_on = day(
        _("Done by"), error_messages={"required": _("Choose a date."), "invalid": _("Write a date.")}
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[Person],
        rules: CaseRules,
        others: Iterable[Person] = (),
        services: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.services = dict(services)  # what the list says → what the step says of it
        if self.services:
            offered = [("", _("None of these")), *((said, said) for said in self.services)]
            hint = _("Whom the district can refer to. Its name and number are written into the step.")
            self.fields["service"] = forms.ChoiceField(
                label=_("A service to refer to"), choices=offered, required=False, help_text=hint
            )
            self.order_fields(["option", "service", "what", "owner", "backup", "second_backup", "due_on"])
        team, outside = ({str(person.pk): person for person in some} for some in (people, others))
        self.people = {**team, **outside}
        named: list[Any] = [("", _("Choose one")), *((pk, person.name) for pk, person in team.items())]
        if outside:
            named.append(
                (
                    str(_("Not on the team: they get the instructions, not the file")),
                    [(pk, one.name) for pk, one in outside.items()],
                )
            )
        self.offer(
            owner=named,
            backup=named,
            second_backup=[("", _("Nobody")), *named[1:]],
            option=option_choices(rules),
        )

    @property
    def given(self) -> dict[str, Any]:
        data = super().given
        service = self.services.get(data.pop("service", ""), "")
        data["second_backup"] = self.people.get(data["second_backup"])
        data["what"] = f"{data['what']}\n{service}" if service else data["what"]
        return data


def option_choices(rules: CaseRules) -> list[tuple[str, Any]]:
    groups = [group for group in rules.plan_categories.values() if group.options]
    options = [
        (str(group.label), [(f"{group.key}.{key}", _option_label(one)) for key, one in group.options.items()])
        for group in groups
    ]
    return choose_one(options)


def _option_label(option: Any) -> str:
    return (
        f"{option.label} · {_('confirmed each school day')}"
        if option.daily_confirmation
        else str(option.label)
    )


class SettleActionForm(StaffForm):
    name = "settle"
    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[(value, Action.State(value).label) for value in (Action.State.DONE, Action.State.WAIVED)],
        error_messages={"required": _("Choose whether it is done or given up.")},
    )
    evidence = words(
        4,
        _("What shows it, or why it is given up"),
        error_messages={"required": _("Write what shows that it is done, or why it is given up.")},
    )


class ReviewForm(StaffForm):
    name = "review"
    text = words(
        5,
        _("What was looked at, and what follows?"),
        error_messages={"required": _("Write what the team looked at.")},
    )
    next_in_days = forms.IntegerField(
        label=_("Next review in how many days?"),
        min_value=1,
        max_value=90,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Write in how many days."),
            "min_value": _("Between 1 and 90 days."),
            "max_value": _("Between 1 and 90 days."),
        },
    )
