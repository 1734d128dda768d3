"""Forms of the meeting that a grave answer calls, and of the way back to class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import StaffForm, words

from . import content_loader as doctrine
from .models import Member


class MeetForm(StaffForm):
    """The called team has met."""

    name = "met"
    present = forms.MultipleChoiceField(
        label=_("Who was there?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who was there.")},
    )
    note = words(4, _("What came of it?"), error_messages={"required": _("Write what came of it.")})

    def __init__(self, *args: Any, members: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, Person] = {str(member.person_id): member.person for member in members}
        self.offer(present=[(pk, person.name) for pk, person in self.people.items()])

    @property
    def chosen(self) -> list[Person]:
        return [self.people[pk] for pk in self.cleaned_data["present"]]


class SearchForm(StaffForm):
    """What was found before anybody agrees."""

    name = "search"
    search = forms.ChoiceField(
        label=_("Were bag, locker and clothes searched?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the search found.")},
    )
    weapon_known = forms.ChoiceField(
        label=_("Can the student get a weapon elsewhere, such as at home?"),
        widget=forms.RadioSelect,
        choices=[("no", _("No")), ("yes", _("Yes")), ("unknown", _("Not known yet"))],
        error_messages={"required": _("Answer this one. “Not known yet” is an answer.")},
    )
    note = words(
        3,
        _("Who searched what, and who answered about weapons?"),
        error_messages={"required": _("Write who searched what.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(search=[(key, str(one.label)) for key, one in doctrine.searches().items()])


class DecideClassForm(StaffForm):
    """`go` is the button that was pressed."""

    name = "decide"
    reason = words(
        3,
        _("Why, and where is the student now?"),
        error_messages={"required": _("Write why, and where the student is.")},
    )
