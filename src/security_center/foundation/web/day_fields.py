"""Days and moments that somebody types. One that no life reaches is refused beside its field, before anything
is reckoned with it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = 1900, 2199


def can_be_true(value: date) -> None:
    if not EARLIEST <= value.year <= LATEST:
        raise ValidationError(_("Look at the year: it cannot be right."), code="year")


class DayField(forms.DateField):
    default_validators = [can_be_true]  # noqa: RUF012 - Django's own name


class MomentField(forms.DateTimeField):
    default_validators = [can_be_true]  # noqa: RUF012 - Django's own name
