"""Forms for a student who leaves, and for a case that is handed to another school or taken on from one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.web.staff_forms import StaffForm, by_id, choose_one, day, named_people, words
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.forms_case import discipline_choices
from security_center.threat_assessment.forms_plan import OwnedForm

from . import content_loader as content


class DepartureForm(StaffForm):
    name = "left"
    kind = forms.ChoiceField(
        label=_("How did the student leave?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how.")},
    )
    note = words(
        3,
        _("What happened, and where is the student now?"),
        error_messages={"required": _("Write what you know, in a sentence.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(kind=list(doctrine.plan_rules().departures.items()))


class ContactForm(OwnedForm):
    """Who keeps contact with a student who is not at school."""

    name = "contact"
    contact = words(
        3,
        _("How is contact kept, and how often?"),
        error_messages={"required": _("Write how contact is kept.")},
    )
    owner = forms.ChoiceField(label=_("Who does it?"), error_messages={"required": _("Choose who does it.")})
    backup = forms.ChoiceField(
        label=_("Who does it when they are away?"), error_messages={"required": _("Choose a second person.")}
    )
    due_on = day(
        _("First contact by"), error_messages={"required": _("Choose a date."), "invalid": _("Write a date.")}
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        choices = choose_one(named_people(self.people.values()))
        self.offer(owner=choices, backup=choices)


class LookAgainForm(StaffForm):
    name = "again"
    text = words(
        4,
        _("What does the leaving change?"),
        help_text=_("Stressors, supervision, who is at risk now. Leaving does not end the risk."),
    )


class HandOverForm(StaffForm):
    """To which school the student goes."""

    name = "begin"
    to = forms.ChoiceField(label=_("Which school takes the student?"), required=False)
    outside_school = forms.CharField(
        label=_("A school that is not in the list"),
        required=False,
        max_length=200,
        help_text=_("Its name and place."),
    )
    reason = words(
        2, _("Why does the case go there?"), error_messages={"required": _("Write why the case goes there.")}
    )

    def __init__(
        self, *args: Any, near: Iterable[Organization], far: Iterable[Organization], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        near, far = list(near), list(far)
        self.schools = {str(one.pk): one for one in [*near, *far]}
        groups: list[tuple[Any, Any]] = [("", _("Another school, named below"))]
        if near:
            groups.append((_("In this district"), [(str(one.pk), one.name) for one in near]))
        if far:
            groups.append(
                (
                    _("In other districts"),
                    [(str(one.pk), f"{one.name}, {one.parent.name if one.parent else ''}") for one in far],
                )
            )
        self.offer(to=groups)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("to") and not given.get("outside_school", "").strip():
            self.add_error("to", _("Choose the school, or write the name of one outside."))
        if given.get("to") and given.get("outside_school", "").strip():
            self.add_error("outside_school", _("Choose a school or write one, not both."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "to_school": self.schools.get(data["to"]),
            "outside_school": data["outside_school"],
            "reason": data["reason"],
        }


class PacketForm(StaffForm):
    name = "packet"
    parts = forms.MultipleChoiceField(
        label=_("What goes along?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one part.")},
    )
    note = words(
        4,
        _("What does the other school have to know first?"),
        error_messages={"required": _("Write what they have to know on the first day.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"parts": list(content.handoff_parts())})
        super().__init__(*args, **kwargs)
        self.offer(parts=[(key, str(one.label)) for key, one in content.handoff_parts().items()])


class OutsideAnswerForm(StaffForm):
    """A school outside the system has taken it on."""

    name = "outside"
    person = forms.CharField(
        label=_("Who there has taken it on?"),
        max_length=200,
        error_messages={"required": _("Write the person’s name and office.")},
    )
    how = words(
        2,
        _("When, and how do you know?"),
        error_messages={"required": _("Write the date, and whether by phone, letter or in person.")},
    )


class TakeOnForm(StaffForm):
    """The receiving school's own lead and a second person of another discipline."""

    name = "take"
    lead = forms.ChoiceField(
        label=_("Who leads the case here?"), error_messages={"required": _("Choose somebody.")}
    )
    lead_disciplines = forms.MultipleChoiceField(
        label=_("For which disciplines?"), widget=forms.CheckboxSelectMultiple
    )
    second = forms.ChoiceField(
        label=_("Who works on it beside them?"), error_messages={"required": _("Choose a second person.")}
    )
    second_disciplines = forms.MultipleChoiceField(
        label=_("For which disciplines, the second person?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        choices = choose_one(named_people(self.people.values()))
        for name in ("lead", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            field = self.fields[f"{name}_disciplines"]
            field.choices = discipline_choices()  # type: ignore[attr-defined]
            field.error_messages["required"] = _("Choose at least one discipline.")

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "lead": self.people[data["lead"]], "second": self.people[data["second"]]}
