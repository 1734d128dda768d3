"""What a refused act says to the person: one sentence about what to do, and the field it is about."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.files import FILE_SENTENCES

from ..actions import decisions, desk, files, groups, handoffs, subjects, thread

_SENTENCES: dict[type[Exception], tuple[str, str | Promise]] = {
    decisions.NoWrittenBasis: ("", _("Write the reason first. Nothing was changed.")),
    decisions.UnknownAction: ("", _("One of the choices is not known any more. Choose again.")),
    decisions.NothingDecided: ("", _("Write the final decision first. A report is closed only after it.")),
    decisions.SecondReaderNeeded: ("", _("The second reader must be another person from another field of work. Ask one of those named below.")),
    decisions.AlreadyAsked: ("", _("A second reader has been asked already, or has just answered. Look at the page again.")),
    decisions.MentalHealthNeeded: (
        "",
        _("This may be about suicide. Bring in a counselor, and say in the decision to whom the person was handed over."),
    ),
    decisions.NewFactsUnread: ("", _("The reporter wrote something new since closing was asked. Read it first, then decide again.")),
    desk.NotATransition: ("", _("The report has moved on meanwhile, so this was not done. Look at the page again.")),
    desk.CannotHold: ("to", _("This person cannot take the report. Choose another.")),
    files.TextNotRead: ("", _("Read the report first, then look at its files.")),
    **{refusal: ("", said) for refusal, said in FILE_SENTENCES.items()},
    groups.GroupClosed: ("", _("This group is closed. Open a new one.")),
    groups.TooManyAtOnce: ("", _("Choose at most 500 reports at once.")),
    handoffs.OfferGone: ("", _("The report has moved on meanwhile, so this was not done. Look at the page again.")),
    handoffs.NotADesk: ("desk", _("It cannot be handed there. Choose another desk.")),
    handoffs.AlreadyHandedOver: ("", _("It is already offered to another desk. Take that back first.")),
    subjects.TwoIdentifiersNeeded: ("compared", _("Compare at least two things. A name alone has led to the wrong student before.")),
    subjects.SubjectUnnamed: ("full_name", _("Write a name, or what is known.")),
    thread.NothingToSend: ("body", _("Write something first.")),
    thread.ReporterWantsNoMessages: ("body", _("The reporter asked not to be written to.")),
}
REFUSALS = tuple(_SENTENCES)


def sentence(refusal: Exception) -> str | Promise:
    return _SENTENCES[type(refusal)][1]


def blame(form: forms.Form, refusal: Exception) -> None:
    """Put the sentence beside the field it is about, so that what was typed stays."""
    field, words = _SENTENCES[type(refusal)]
    if not field and isinstance(refusal, decisions.NoWrittenBasis):
        field = next((name for name in ("considered", "reason", "answer") if name in form.fields), "")
    form.add_error(field if field in form.fields else None, str(words))
