"""Forms of what the team finds out: sources, interviews, findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.vault.uploads import SealedUpload
from security_center.foundation.web.file_fields import FilesField, uploads_of
from security_center.foundation.web.staff_forms import StaffForm, day, version_shown, words

from . import content_loader as doctrine
from .models import Finding, Source


def source_choices() -> list[tuple[str, Any]]:
    """The kinds of source, under the groups of the content."""
    groups = doctrine.source_groups()
    kinds = doctrine.sources().values()
    return [
        ("", _("Choose one")),
        *(
            (str(label), [(one.key, str(one.label)) for one in kinds if one.group == key])
            for key, label in groups.items()
        ),
    ]


class SourceForm(StaffForm):
    """Somebody to hear or something to read. Only an officer is asked whether it stays with law
    enforcement."""

    name = "source"
    kind = forms.ChoiceField(
        label=_("Who or what?"), error_messages={"required": _("Choose what kind of source it is.")}
    )
    called = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("The person, or the record, so that the team knows which."),
    )
    note = words(3, _("What do we want to learn there?"), required=False)
    law_enforcement_only = forms.BooleanField(
        label=_("This is a record of law enforcement: only officers on the team see it"), required=False
    )

    def __init__(self, *args: Any, officer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(kind=source_choices())
        if not officer:
            del self.fields["law_enforcement_only"]

    @property
    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"name": given.pop("called"), **given}


class SourceFilesForm(StaffForm):
    """Photos and papers of one source. What is typed stays when a file does not arrive."""

    name = "files"
    mark_optional = False
    files = FilesField(  # type: ignore[assignment]  # a declared field, not the uploads
        label=_("Photos or files"),
        help_text=_("Up to 10 files of 100 MB. On a phone you can take a photo right here."),
    )
    shows = words(
        2,
        _("What is on it, in words?"),
        required=False,
        help_text=_("For colleagues who cannot see it, and for the paper it may go with."),
    )

    @property
    def uploads(self) -> list[SealedUpload]:
        return uploads_of(self, self.add_prefix("files"))


class SettleSourceForm(StaffForm):
    name = "settle"
    state = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=Source.State.choices,
        error_messages={"required": _("Choose what came of it.")},
    )
    note = words(4, _("What was learned, or who refused and when"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("state") in {Source.State.REFUSED, Source.State.NOT_THERE}
            and not given.get("note", "").strip()
        ):
            self.add_error("note", _("Write who refused or why it cannot be had, and when."))
        return given


class BeginInterviewForm(StaffForm):
    """What is known before the first question. The rest is typed on the interview's own page."""

    name = "begin"
    place = forms.CharField(label=_("Where?"), max_length=200, required=False)
    interpreter = forms.BooleanField(label=_("An interpreter is there"), required=False)
    parent_present = forms.BooleanField(label=_("A parent or guardian is there"), required=False)
    rights_notice = forms.BooleanField(
        label=_("An officer takes part, and the notice of rights was given"), required=False
    )
    law_enforcement_purpose = forms.BooleanField(
        label=_("It is asked for a criminal purpose: the note is law enforcement’s and only officers see it"),
        required=False,
    )

    def __init__(self, *args: Any, officer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not officer:
            del self.fields["law_enforcement_purpose"]


class InterviewForm(StaffForm):
    """What was said. `version` is the one that the page shows; each saving makes the next."""

    name = "interview"
    mark_optional = False
    quotes = words(10, _("Exact words"), required=False, help_text=_("Word for word, in quotation marks."))
    notes = words(
        10,
        _("In your own words"),
        required=False,
        help_text=_("What you saw and understood, and what happens next."),
    )
    version = version_shown()


class FindingForm(StaffForm):
    """An answer to one prompt. `version` is that of the finding that the page shows, 0 where there is
    none."""

    name = "finding"
    answer = forms.ChoiceField(
        label=_("What was found?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    note = words(4, _("In words: what, when, how do we know?"), required=False)
    sources = forms.MultipleChoiceField(
        label=_("Which sources say so?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    observed_on = day(_("Seen or heard on"), required=False)
    version = version_shown()

    def __init__(self, *args: Any, sources: Iterable[tuple[Source, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(source.pk): source for source, _label in sources}
        self.offer(
            answer=[(key, str(label)) for key, label in doctrine.finding_labels().items()],
            sources=[(str(source.pk), label) for source, label in sources],
        )
        if not self.known:
            del self.fields["sources"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("answer") in {Finding.Answer.YES, Finding.Answer.UNCLEAR}
            and not given.get("note", "").strip()
        ):
            self.add_error("note", _("Write what was found, so that others can judge it."))
        return given

    @property
    def chosen(self) -> list[Source]:
        return [self.known[pk] for pk in self.cleaned_data.get("sources", [])]
