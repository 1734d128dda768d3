"""What forms of staff are made of, in every room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from security_center.foundation.organizations.models import Person

from .day_fields import DayField, MomentField


class StaffForm(forms.Form):
    """A form whose fields have the form's own name before theirs, so that ids on a page stay unique."""

    name = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", self.name)
        super().__init__(*args, **kwargs)

    def offer(self, **choices: Any) -> None:
        """What may be chosen in each of these fields of choices."""
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def form_data(request: HttpRequest) -> QueryDict | None:
    """What a form that was sent stands on; None for a form that is only shown, which is never valid."""
    return request.POST if request.method == "POST" else None


def words(rows: int, label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), label=label, **options)


def day(label: Any, **options: Any) -> DayField:
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def moment(label: Any, **options: Any) -> MomentField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    return MomentField(label=label, widget=widget, input_formats=formats, **options)


def version_shown() -> forms.IntegerField:
    """Of what the page shows, 0 where there is nothing: whoever saves second sees both texts."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def to_version(form: forms.Form, version: int) -> None:
    """Let the bound form, with every word in it, stand upon the version that lies there now."""
    given: Any = form.data
    data = given.copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data


def with_title(person: Person) -> str:
    return f"{person.name}, {person.job_title}" if person.job_title else person.name


def named_people(people: Iterable[Person]) -> list[tuple[str, str]]:
    return [(str(person.pk), with_title(person)) for person in people]


def by_id(people: Iterable[Person]) -> dict[str, Person]:
    """Each by what a form sends of them."""
    return {str(person.pk): person for person in people}


def choose_one(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """With nothing chosen before them."""
    return [("", _("Choose one")), *choices]
