"""What a person at the desk may type. Each form carries a prefix, since several stand on one page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.web.staff_forms import StaffForm, by_id, choose_one, day, named_people, words

from .actions.subjects import IDENTIFIERS
from .content_loader import (
    LONGEST_MESSAGE,
    disposition_groups,
    message_templates,
    validities,
)
from .models.report import Urgency

# Automatic answers are sent by the system, with a time it knows.
NOT_BY_HAND = frozenset({"hours"})

IDENTIFIER_NAMES = {
    "name": _("Full name"),
    "grade": _("Grade"),
    "school": _("School"),
    "photo": _("Photo"),
    "schedule": _("Class schedule"),
    "student_id": _("Student number"),
    "birth_date": _("Date of birth"),
    "handle": _("User name"),
}


def identifier_choices() -> list[tuple[str, Any]]:
    return [(code, IDENTIFIER_NAMES[code]) for code in IDENTIFIERS]


class MessageForm(StaffForm):
    """A message to the reporter. `message` makes the same message, sent twice, one."""

    name = "message"
    body = words(4, _("Write to the reporter"), max_length=4000)
    message = forms.UUIDField(widget=forms.HiddenInput)
    template = forms.ChoiceField(label=_("Start from a ready sentence"), required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        initial = {"message": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)
        ready = [(t.key, t.label) for t in message_templates().values() if t.kind.value not in NOT_BY_HAND]
        self.offer(template=choose_one(ready))
        self.fields["body"].widget.attrs["lang"] = language
        self.fields["body"].help_text = _(
            "Kind and short: up to %(count)d characters read best on a phone. Promise nothing."
        ) % {"count": LONGEST_MESSAGE}


class NoteForm(StaffForm):
    name = "note"
    body = words(
        3,
        _("Add a note for the team"),
        help_text=_("The reporter never sees it. Do not copy the reporter’s words into other records."),
    )


class AssignForm(StaffForm):
    name = "assign"
    to = forms.ChoiceField(label=_("Give it to"))

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.offer(to=choose_one(named_people(self.people.values())))

    @property
    def chosen(self) -> Person:
        return self.people[self.cleaned_data["to"]]


class UrgencyForm(StaffForm):
    name = "urgency"
    urgency = forms.ChoiceField(label=_("How urgent is it?"), widget=forms.RadioSelect)
    reason = words(
        3,
        _("Why?"),
        required=False,
        help_text=_("Needed to make it less urgent. A second reader will read it."),
    )

    def __init__(self, *args: Any, current: str, often_lowered_to: str | None, **kwargs: Any) -> None:
        """`often_lowered_to`: where reports of this kind often end up (categories.yaml)."""
        super().__init__(*args, **kwargs)
        self.current = current
        if often_lowered_to is not None and often_lowered_to > current:
            said = _("Once read, reports of this kind are often lowered to: %(word)s.")
            self.fields["urgency"].help_text = said % {"word": Urgency(often_lowered_to).label}
        self.offer(urgency=[(value, label) for value, label in Urgency.choices if value != current])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("urgency", "") > self.current and not given.get("reason", "").strip():
            self.add_error("reason", _("Write why it is less urgent than it looked."))
        return given

    @property
    def raises(self) -> bool:
        return bool(self.cleaned_data["urgency"] < self.current)


class DispositionForm(StaffForm):
    """What was done, how far it holds, on what basis (reporting.md 6.4)."""

    name = "decide"
    actions = forms.MultipleChoiceField(
        label=_("What was done?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that apply."),
        error_messages={"required": _("Choose at least one. “No action” is one too, with its reason.")},
    )
    validity = forms.ChoiceField(
        label=_("Did it turn out to be true?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best.")},
    )
    considered = words(
        6,
        _("What did you look at, and why do you decide so?"),
        help_text=_(
            "The written basis. Name what you checked yourself, and what you make of earlier "
            "reports about the same person."
        ),
        error_messages={
            "required": _("Write what you looked at and why. A decision without a basis does not count.")
        },
    )
    interim = forms.TypedChoiceField(
        label=_("Is this the last word?"),
        widget=forms.RadioSelect,
        choices=[
            ("no", _("Yes, the final decision")),
            ("yes", _("No, what we do for now; the final one follows")),
        ],
        coerce=lambda value: value == "yes",
        initial="no",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            actions=[
                (str(group.label), [(action.key, str(action.label)) for action in group.actions])
                for group in disposition_groups()
            ],
            validity=[
                (v.key, format_html("<strong>{}</strong><br>{}", v.label, v.meaning))
                for v in validities().values()
            ],
        )


class CloseForm(StaffForm):
    name = "close"
    reason = words(4, _("Why can it be closed?"), required=False)

    def __init__(self, *args: Any, two_readers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = two_readers
        self.fields["reason"].error_messages["required"] = _("Write why. The second reader decides on it.")
        if two_readers:
            self.fields["reason"].help_text = _(
                "A second reader from another field of work reads this and decides."
            )


class ApprovalForm(StaffForm):
    """The second reader's answer. `agree` is the button that was pressed."""

    name = "approval"
    answer = words(
        3, _("Your own reading of it"), error_messages={"required": _("Write what you looked at yourself.")}
    )


class HandoffForm(StaffForm):
    name = "handoff"
    desk = forms.ChoiceField(
        label=_("To which desk?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a desk.")}
    )
    reason = words(
        3,
        _("Why does it belong there?"),
        help_text=_("The other desk reads this after taking over."),
        error_messages={"required": _("Write why.")},
    )

    def __init__(self, *args: Any, desks: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desks = {str(desk.pk): desk for desk in desks}
        self.offer(
            desk=[
                (
                    pk,
                    f"{desk.name}, {desk.parent.name}"
                    if desk.kind == Organization.Kind.SCHOOL and desk.parent
                    else desk.name,
                )
                for pk, desk in self.desks.items()
            ]
        )

    @property
    def chosen(self) -> Organization:
        return self.desks[self.cleaned_data["desk"]]


class ConflictForm(StaffForm):
    name = "conflict"
    about = forms.ChoiceField(
        label=_("Who is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person.")},
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.offer(about=named_people(self.people.values()))

    @property
    def chosen(self) -> Person:
        return self.people[self.cleaned_data["about"]]


class LinkForm(StaffForm):
    name = "link"
    number = forms.CharField(label=_("Number of the earlier report"), max_length=12)
    new_facts = words(
        3, _("What does this one add?"), required=False, help_text=_("New facts are marked on both reports.")
    )

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).upper().replace("-", "").replace(" ", "")


class SubjectForm(StaffForm):
    """Whom the report is about. What is typed here is sealed; look-ups go by blinded tokens."""

    name = "subject"
    full_name = forms.CharField(label=_("Name, or the part that is known"), max_length=200, required=False)
    identifiers = words(
        2,
        _("What tells them apart from others?"),
        required=False,
        help_text=_("Grade, class, looks, bus, schedule."),
    )
    handle = forms.CharField(label=_("User name"), max_length=100, required=False)
    student_id = forms.CharField(label=_("Student number"), max_length=60, required=False)
    birth_date = day(_("Date of birth"), required=False)
    unknown = forms.BooleanField(label=_("We do not know yet who this is: keep searching"), required=False)

    def tokens(self) -> dict[str, str]:
        given = self.cleaned_data
        born = given["birth_date"]
        return {
            "handle": given["handle"],
            "identifier": given["student_id"],
            "birth_date": born.isoformat() if born else "",
        }


class ComparedForm(StaffForm):
    """Which identifiers were compared (two at least). `same` is the button that was pressed."""

    name = "compared"
    compared = forms.MultipleChoiceField(
        label=_("What did you compare?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two. A name alone has led to the wrong student before."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(compared=identifier_choices())


class ReasonForm(StaffForm):
    """One reason, for what is rare or far-reaching."""

    name = "reason"
    reason = words(3, _("Why?"), error_messages={"required": _("Write why. It is kept with the report.")})


class GroupForm(StaffForm):
    name = "group"
    title = forms.CharField(
        label=_("What is it about?"), max_length=120, error_messages={"required": _("Give the room a name.")}
    )


class LineForm(StaffForm):
    name = "line"
    line = words(
        3,
        _("One line for all"),
        max_length=1000,
        help_text=_("Accurate, calm, nothing about any person. Each reporter gets it in their own thread."),
        error_messages={"required": _("Write the line first.")},
    )
