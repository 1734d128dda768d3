"""Parts that several steps of the plan's forms are made of: numbers that only become smaller, and entries
that an organization adds itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation import languages

from .models import Plan
from .tightening import NUMBERS, label_of, number_of

NEW_ROWS = 2  # empty rows for what an organization adds itself


class Numbers:
    """Numbers that may only become smaller: what holds today, at most the doctrine's."""

    plan: Plan
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def add_numbers(self, field: str, help_text: Any) -> None:
        names, standard = NUMBERS[field]
        for name in names():
            self.fields[f"{field}__{name}"] = forms.IntegerField(
                label=label_of(field, name),
                min_value=1,
                max_value=standard(name),
                initial=number_of(self.plan, field, name),
                help_text=help_text(name),
                error_messages={
                    "max_value": _(
                        "At most %(limit_value)s: a plan may be stricter than the doctrine, not looser."
                    )
                },
                widget=forms.NumberInput(attrs={"class": "usa-input--small"}),
            )

    def numbers(self, field: str) -> dict[str, int]:
        """Only what is smaller than the doctrine's is kept."""
        names, standard = NUMBERS[field]
        found = {name: self.cleaned_data[f"{field}__{name}"] for name in names()}
        return {name: number for name, number in found.items() if number < standard(name)}


class OwnRows:
    """Entries that an organization adds itself, in each language. What stands above is kept and not shown as
    a field."""

    plan: Plan
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def _theirs(self, field: str) -> list[dict[str, str]]:
        return list(getattr(self.plan.above, field)) if self.plan.above is not None else []

    def _mine(self, field: str) -> list[dict[str, str]]:
        theirs = {entry["key"] for entry in self._theirs(field)}
        return [entry for entry in getattr(self.plan, field) if entry["key"] not in theirs]

    def add_rows(self, field: str, group: str, choices: Iterable[tuple[str, Any]], group_label: Any) -> None:
        rows = [*self._mine(field), *({} for _number in range(NEW_ROWS))]
        for number, entry in enumerate(rows):
            name = f"{field}_{number}"
            for code in languages.codes():
                label = _("Own entry %(number)d, in %(language)s") % {
                    "number": number + 1,
                    "language": languages.in_a_sentence(code),
                }
                self.fields[f"{name}_{code}"] = forms.CharField(label=label, max_length=160, required=False)
            self.fields[f"{name}_{group}"] = forms.ChoiceField(
                label=group_label, choices=list(choices), required=False
            )
            for part in (*languages.codes(), group):
                self.fields[f"{name}_{part}"].initial = entry.get(part, "")

    def rows(self, field: str, group: str) -> list[dict[str, str]]:
        """What is missing in one language is said as in the first that is there. Emptied entries are gone."""
        kept, mine = self._theirs(field), self._mine(field)
        taken = {entry["key"] for entry in (*kept, *mine)}
        number = 0
        while f"{field}_{number}_{group}" in self.fields:
            said = {code: self.cleaned_data[f"{field}_{number}_{code}"].strip() for code in languages.codes()}
            first = next(filter(None, said.values()), "")
            if first:
                key = mine[number]["key"] if number < len(mine) else next(self._free(taken))
                taken.add(key)
                chosen = self.cleaned_data[f"{field}_{number}_{group}"]
                kept.append(
                    {"key": key, group: chosen, **{code: text or first for code, text in said.items()}}
                )
            number += 1
        return kept

    def _free(self, taken: set[str]) -> Iterator[str]:
        number = 1
        while True:
            key = f"own_{self.plan.organization.pk}_{number}"
            if key not in taken:
                yield key
            number += 1
