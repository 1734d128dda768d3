"""What a reporter may type. Only *what happened* is ever demanded; nothing else that is typed or sent can
make these forms refuse it.

Staff forms are in forms_staff.py and forms_intake.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from security_center.foundation.vault.uploads import SealedUpload
from security_center.foundation.web.file_fields import FilesField, uploads_of
from security_center.prevention import content_loader as plan

from .content_of_report import ReportContent

NO = frozenset({"no", "false", "0", "off"})


class WordsField(forms.CharField):
    """Text as it was typed, of any length. A NUL is dropped: Django would refuse the whole form for it, and
    it means nothing to anybody."""

    def __init__(
        self,
        *,
        label: Any,
        rows: int = 1,
        required: bool = True,
        help_text: Any = "",
        error_messages: Any = None,
        **attributes: str,
    ) -> None:
        widget = (
            forms.Textarea(attrs={"rows": rows, **attributes})
            if rows > 1
            else forms.TextInput(attrs=attributes)
        )
        super().__init__(
            strip=False,
            widget=widget,
            label=label,
            required=required,
            help_text=help_text,
            error_messages=error_messages,
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\x00", "")


class LenientChoiceField(forms.ChoiceField):
    """A choice; anything that is not offered counts as not chosen. A report is never refused for what stands
    in a list."""

    def __init__(self, *, otherwise: str = "", **options: Any) -> None:
        super().__init__(required=False, **options)
        self.otherwise = otherwise

    def clean(self, value: Any) -> str:
        chosen = str(value or "")
        return chosen if chosen and self.valid_value(chosen) else self.otherwise


class CategoryField(LenientChoiceField):
    """Any category of the table counts, also one that the school does not offer; the list itself is made only
    when it is drawn."""

    def valid_value(self, value: Any) -> bool:
        return value in plan.categories()


def _category_choices(offered: frozenset[str] | None) -> list[tuple[str, Any]]:
    known = frozenset(plan.categories())
    groups = plan.category_groups(known - (known if offered is None else offered))
    return [
        ("", _("I would rather not say")),
        *((str(group.label), [(one.key, str(one.label)) for one in group.categories]) for group in groups),
    ]


_said = lazy(plan.text, str)  # in the language of the page


def _both_sentences() -> str:
    return f"{_('Up to 10 files of 100 MB.')} {plan.text('no_private_pictures')}"


_limits_and_warning = lazy(_both_sentences, str)


class ReportForm(forms.Form):
    """The five questions (reporting.md 11, R9), files, and three choices. The order here is the order of
    reading."""

    mark_optional = False  # all but one are optional: the page says so once

    what_happened = WordsField(
        rows=6,
        label=_("What happened?"),
        help_text=_("Use your own words. What you saw, heard or feel is enough."),
        error_messages={"required": _("Write what happened. A few words are enough.")},
    )
    danger_now = LenientChoiceField(
        label=_("Is anyone in danger right now?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
        widget=forms.RadioSelect,
    )
    who = WordsField(
        rows=2,
        required=False,
        label=_("Who is it about?"),
        help_text=_("A name, a grade, or what they look like. Two facts help us find the right person."),
    )
    when_where = WordsField(
        rows=2,
        required=False,
        label=_("When and where?"),
        help_text=_("A day, a time, a room, a bus, an app. Past or still to come."),
    )
    weapon = WordsField(
        required=False, label=_("Is there a weapon?"), help_text=_("What kind, who has it, where it is now.")
    )
    how_do_you_know = WordsField(
        rows=2,
        required=False,
        label=_("How do you know?"),
        help_text=_("You saw it, heard it, read it, or someone told you."),
    )
    category = CategoryField(label=_("What is it about?"))
    files = FilesField(label=_("Photos, videos or other files"), help_text=_limits_and_warning())  # type: ignore[assignment]  # a declared field, not the uploads
    about_staff = forms.BooleanField(required=False, label=_said("about_staff"))
    not_this_school = forms.BooleanField(required=False, label=_said("not_this_school"))
    may_we_message = LenientChoiceField(
        label=_("May we ask you a question here?"),
        help_text=_said("may_we_message"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        initial="yes",
        otherwise="yes",
    )
    language = forms.CharField(required=False, widget=forms.HiddenInput)
    seed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: Iterable[str] | None = None, **kwargs: Any) -> None:
        """`categories`: the keys that the school's plan offers; None, where the plan cannot be read, offers
        all."""
        super().__init__(*args, **kwargs)
        self.offer(categories)

    def offer(self, categories: Iterable[str] | None) -> None:
        """Show these categories to choose from."""
        category = self.fields["category"]
        if isinstance(category, CategoryField):
            category.choices = partial(
                _category_choices, None if categories is None else frozenset(categories)
            )

    def clean_what_happened(self) -> str:
        words = str(self.cleaned_data["what_happened"])
        if not words.strip():
            raise forms.ValidationError(
                self.fields["what_happened"].error_messages["required"], code="required"
            )
        return words

    def clean_may_we_message(self) -> bool:
        # Whoever leaves it out has not refused: without the thread most reports hold too little to act on
        # (reporting.md R9).
        return str(self.data.get(self.add_prefix("may_we_message"), "yes")).strip().lower() not in NO

    @property
    def uploads(self) -> list[SealedUpload]:
        return uploads_of(self, "files")

    @property
    def more_is_open(self) -> bool:
        """Whether "Add more" stands open: it holds something that was typed."""
        given = self.data if self.is_bound else self.initial
        names = (
            "who",
            "when_where",
            "weapon",
            "how_do_you_know",
            "category",
            "about_staff",
            "not_this_school",
        )
        return (
            any(given.get(name) for name in names)
            or str(given.get("may_we_message") or "yes").lower() in NO
            or bool(self.uploads)
        )

    @classmethod
    def redrawn(cls, given: Mapping[str, Any], categories: Iterable[str] | None) -> ReportForm:
        """What was typed so far, not judged: the form is only shown again in another language."""
        fields = cls.base_fields
        typed = {
            name: field.widget.value_from_datadict(given, MultiValueDict(), name)
            for name, field in fields.items()
            if name != "files"
        }
        return cls(initial=typed, categories=categories)

    def content(self, language: str) -> ReportContent:
        """The report as it was typed. Call after `is_valid()`."""
        given = self.cleaned_data
        names = ("what_happened", "who", "when_where", "weapon", "how_do_you_know", "danger_now", "category")
        return ReportContent(
            **{name: given[name] for name in names},
            not_this_school=given["not_this_school"],
            about_staff=given["about_staff"],
            may_we_message=given["may_we_message"],
            language=language,
        )


class _SharedFields(dict[str, forms.Field]):
    """Django copies every field for each form, which costs a busy public program more than the questions
    themselves. All report forms share theirs; only the list of categories is a form's own. (A form class that
    is made from this one has fields of its own.)"""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {**self, "category": deepcopy(self["category"], memo)}


ReportForm.base_fields = _SharedFields(ReportForm.base_fields)


class ReceiptForm(forms.Form):
    """The words, and, where a message was written while the twenty minutes ran out, that message."""

    mark_optional = False

    words = WordsField(
        rows=3,
        required=False,
        label=_("Your receipt words"),
        help_text=_("Nine words, in their order. Capital letters and commas do not matter."),
        autocomplete="off",
        autocapitalize="none",
        autocorrect="off",
        spellcheck="false",
        translate="no",
    )
    body = WordsField(rows=4, required=False, label=_("Your message"))
    message = forms.CharField(required=False, widget=forms.HiddenInput)


class MessageForm(forms.Form):
    """Something the reporter adds. `message` makes the same message, sent twice, one."""

    mark_optional = False

    body = WordsField(rows=4, required=False, label=_("Write to the people who read your report"))
    files = FilesField(label=_("Photos, videos or other files"), help_text=_("Up to 10 files of 100 MB."))  # type: ignore[assignment]  # a declared field, not the uploads
    message = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def uploads(self) -> Sequence[SealedUpload]:
        return uploads_of(self, "files")


def message_id_of(text: str) -> uuid.UUID:
    """The message's own number from the hidden field; a fresh one when that was changed."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
