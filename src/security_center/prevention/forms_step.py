"""A step of the plan as a form: its words in each language, beside what a form of its own lets choose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from security_center.foundation import languages

from .beginning import words_of
from .models import Plan

LONGEST_STEP = 20_000


def _paragraphs(text: str) -> list[str]:
    """What stands between empty lines; a line break inside a paragraph is a space."""
    pieces = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


class StepForm(forms.Form):
    """The words of a step in each language, and whether the public page shows them. `folds`: title, how the
    names of its fields begin, open."""

    mark_optional = False  # nearly everything is
    folds: tuple[tuple[Any, str | tuple[str, ...], bool], ...] = ()

    def __init__(self, *args: Any, plan: Plan, step: str, **kwargs: Any) -> None:
        self.plan, self.step = plan, step
        words = words_of(plan, step)
        initial = {
            f"words_{language}": "\n\n".join(words.get(language, [])) for language in languages.codes()
        }
        kwargs["initial"] = {
            **initial,
            "public": step in plan.public_steps,
            **self.starting_values(),
            **(kwargs.get("initial") or {}),
        }
        # Not that of PlanForm, which stands between for the third step
        forms.Form.__init__(self, *args, **kwargs)
        self.add_choices()
        for language in languages.codes():
            self.fields[f"words_{language}"] = forms.CharField(
                label=_("The words of this step (%(language)s)")
                % {"language": get_language_info(language)["name_translated"]},
                max_length=LONGEST_STEP,
                widget=forms.Textarea(attrs={"rows": 10, "lang": language}),
                help_text=_("An empty line begins a new paragraph."),
                error_messages={
                    "required": _("Write at least one sentence, or take back the starting words.")
                },
            )
        self.fields["public"] = forms.BooleanField(
            label=_("Show these words on the public page"),
            required=False,
            help_text=_("Names that stand in them will be public too."),
        )

    def starting_values(self) -> dict[str, Any]:
        return {}

    def add_choices(self) -> None:
        """The fields of what is chosen in this step."""

    def front_fields(self) -> list[Any]:
        """What is chosen, without the words and without what is folded away."""
        folded = [prefix if isinstance(prefix, tuple) else (prefix,) for _title, prefix, _open in self.folds]
        apart = ("words_", *(one for prefixes in folded for one in prefixes))
        return [self[name] for name in self.fields if not name.startswith(apart) and name != "public"]

    def folded_fields(self) -> list[tuple[Any, list[Any], bool]]:
        """Title, fields, and whether the group is open from the start: one with a mistake is."""
        groups = [
            (title, [self[name] for name in self.fields if name.startswith(prefix)], shown)
            for title, prefix, shown in self.folds
        ]
        return [
            (title, fields, shown or any(field.errors for field in fields)) for title, fields, shown in groups
        ]

    def notes(self) -> list[tuple[Any, list[str]]]:
        """Lists to read before choosing: title and lines."""
        return []

    def word_fields(self) -> list[Any]:
        return [self[f"words_{language}"] for language in languages.codes()]

    def chosen(self) -> dict[str, Any]:
        return {}

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        written = {language: _paragraphs(data[f"words_{language}"]) for language in languages.codes()}
        return {**self.chosen(), "paragraphs": written, "public": data["public"]}
