"""What a refused act says to the person: one sentence about what to do, the field it is about, and for gates what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from security_center.foundation.web.files import FILE_SENTENCES
from security_center.prevention.case_rules import CaseRules

from .. import content_loader as doctrine
from ..actions import (
    agency,
    closing,
    containment,
    convening,
    files,
    handoffs,
    holding,
    identifying,
    incoming,
    inquiry_errors,
    judging,
    leading,
    moving,
    opening,
    paths,
    receiving,
    removing,
    screening,
    stepping,
    transferring,
)
from ..actions.privacy import inspecting, tagging, telling
from ..gates import OF_THE_RECORDS, GatesUnmet, Unmet
from ..models import Case, Press
from ..wording import SAFETY_QUESTIONS
from .lookups import back
from .reader import officer_reads

MOVED_ON = _lazy("The case has moved on meanwhile, or does not stand where this can be done. Look at the page again.")
TOO_FAR_OFF = _lazy("That is too far off: it would never ring. Choose a nearer day; a later step can be added later.")

# The fields that the sentence may belong to, the first that the form has; then the sentence.
_SENTENCES: dict[type[Exception], tuple[tuple[str, ...], str | Promise]] = {
    GatesUnmet: ((), _lazy("This cannot be done yet. What is still missing is listed on this page.")),
    closing.NotAReason: (("reason",), _lazy("This is no reason to close a case.")),
    closing.OtherCaseWanted: (("same_as",), _lazy("Write the number of the other case. It has to be open, and you have to be on its team too.")),
    containment.ScreenFirst: (
        ("outcome",),
        _lazy("Nobody is in danger right now, so screen the case first. If there is danger now, press “Somebody is in danger now”."),
    ),
    convening.NotTheirs: (
        (),
        _lazy("For this, somebody else has to agree: the administrator and the officer are two people, each of whom stands for that on the team."),
    ),
    convening.OneDisciplineMet: (
        ("present",),
        _lazy("Two disciplines have to be there, and the officer where the team has one. Meet again with them, or write who else was there."),
    ),
    identifying.DoesNotTellApart: (
        ("compared",),
        _lazy("Somebody else has the same name or one that sounds alike. Compare something that is different for them, such as the student number."),
    ),
    identifying.NameWanted: (("student_name",), _lazy("Write the name that you compared, or untick what you compared.")),
    identifying.TwoIdentifiersNeeded: (("compared",), _lazy("Compare at least two things. A name alone has led to the wrong student before.")),
    agency.NobodyHasAsked: ((), _lazy("First somebody writes down that they called the agency. Then it can have answered.")),
    agency.AnotherDiscipline: ((), _lazy("Whoever wrote it down cannot agree to it. A member of another discipline does.")),
    files.NoFile: (("files",), _lazy("Choose a file first.")),
    files.NothingIsolated: ((), _lazy("No file of this case is kept for law enforcement.")),
    files.SamePerson: ((), _lazy("You isolated a file yourself. Another member of the team says that law enforcement needs it no more.")),
    files.TooManyFiles: (("files",), _lazy("One source holds 10 files. Add another source for more.")),
    **{refusal: ((), said) for refusal, said in FILE_SENTENCES.items()},
    handoffs.NotAReceiver: (("to", "outside_school"), _lazy("Choose the school, or write the name of one outside.")),
    handoffs.OfferGone: ((), _lazy("It is not waiting any more: it was taken on, declined or taken back meanwhile.")),
    handoffs.PacketWanted: (("parts", "note"), _lazy("Choose at least one part, and write what the other school has to know first.")),
    holding.DaysWanted: (("days",), _lazy("A case waits five school days at most. Choose how many.")),
    incoming.NothingSaid: (("says", "teller", "student"), _lazy("Write who is meant, who told it, and what was said.")),
    incoming.SameStudentUnsure: (("compared",), _lazy("Compare two things at least: a name alone has led to the wrong student before.")),
    inquiry_errors.ChangedMeanwhile: (
        (),
        _lazy("Somebody else saved in between. Both texts are below: put together what is right, then save again."),
    ),
    inquiry_errors.Unknown: ((), _lazy("One of the choices is not known any more. Choose again.")),
    closing.NotSummarily: (
        (),
        _lazy("The chair closes alone only while it is screened, and only where no life and no weapon is at stake. Ask a second discipline."),
    ),
    judging.BelowTheSteps: (
        ("level",),
        _lazy("The steps came to a graver level. Judge at least as high, or answer the steps anew. In doubt it is substantive."),
    ),
    stepping.EvaluationsMissing: (("answer",), _lazy("First write down both evaluations, below: then this step is done.")),
    judging.TextsWanted: ((), _lazy("Write something under each heading. “Nothing found” is an answer too.")),
    judging.UnknownLevel: (("level", "conclusion"), _lazy("Choose one of the conclusions and levels shown.")),
    leading.CannotLead: (
        ("to",),
        _lazy("This person cannot lead it: they lead it already, are not on its team, or their role has no place on one. Choose another."),
    ),
    moving.NotATransition: ((), MOVED_ON),
    moving.OnHold: ((), _lazy("The case is on hold. End the hold first, then this can be done.")),
    moving.TooFarOff: (("due_on",), TOO_FAR_OFF),
    moving.ReasonWanted: (("reason", "text", "note", "evidence", "what", "goal"), _lazy("Write the reason first. Nothing was changed.")),
    opening.CannotJoin: (
        ("person", "lead", "owner"),
        _lazy("This person cannot be asked: they are on the team already, or their role has no place on one. Choose another."),
    ),
    opening.NothingWritten: (("concern",), _lazy("Write in a sentence what the concern is.")),
    opening.NotTrained: (
        ("person", "lead"),
        _lazy("Their training for the team has run out, or was never entered. Enter it under Training, or choose somebody else."),
    ),
    opening.PracticeIsMadeUp: (("number",), _lazy("This is a practice case: a real report belongs to a real case. Open one from the report.")),
    opening.StillOnTheTeam: (("person",), _lazy("The lead stays on the team as long as they lead.")),
    judging.NoticeHeld: (("state",), _lazy("A parent is suspected of abuse: ask the agency first, and write “Not needed” with that reason.")),
    paths.NotYours: ((), _lazy("The duty to report is personal: only the person who knows can write it down here. Others press that they know too.")),
    paths.RecordWanted: (("agency",), _lazy("Write which agency you told, and when. Without that nobody was told.")),
    removing.DaysUnclear: (("last_day",), _lazy("The last day lies before the first. Look at both again.")),
    removing.RegisterSaysSo: (
        (),
        _lazy("The register says that the student has an IEP or a 504 plan. If that is wrong, have the register corrected first."),
    ),
    removing.InterimNotAllowed: (
        ("ground", "last_day"),
        _lazy("An interim setting needs a weapon, drugs or a serious injury as its ground, and a last day within 45 school days."),
    ),
    inspecting.CourtForbids: (
        ("custody",),
        _lazy("A court order keeps the record from this person. Nothing is shown; refuse the request in words."),
    ),
    inspecting.NotChecked: (("identity",), _lazy("First write down how we know who they are, and what the custody order says.")),
    inspecting.NotThatDay: (("received_on",), _lazy("Choose today or a day before, not longer than a year ago.")),
    tagging.UnknownTag: ((), _lazy("One of the choices is not known any more. Choose again.")),
    telling.NobodyNamed: (("who",), _lazy("Write who exactly is told: the log has to say it.")),
    telling.NothingChosen: ((), _lazy("Tick what is told. Nothing was logged.")),
    telling.NotTheirs: (
        (),
        _lazy(
            "Something ticked may not go to them: law enforcement’s own notes never, and to a family only what is tagged as about their child. "
            "Untick it, or tag it first."
        ),
    ),
    telling.ParentSuspected: (
        (),
        _lazy("A parent is suspected of abuse. The child protection agency decides what a parent may hear or see: ask it first. Nothing was given."),
    ),
    telling.ReadAnew: ((), _lazy("A text or its tag was changed while you read. Nothing was given. Look at it again, then give it.")),
    telling.ThreatWanted: (("relied_on",), _lazy("Write it down: the law asks for the threat or the interest that you relied on.")),
    receiving.TwoWanted: (
        ("second_disciplines", "second"),
        _lazy("A lead and a second person, of two disciplines: one alone is no team."),
    ),
    screening.NoteWanted: (("note",), _lazy("Answer each question, and write in a sentence what your view rests on.")),
    transferring.SafetyUnanswered: ((), _lazy("Safety records are not answered for yet. They stand at the top of the list.")),
    transferring.WhoAnswered: (("who",), _lazy("Write who at the other school said so.")),
}
REFUSALS = tuple(_SENTENCES)


# Where each gate is met, and what the way there is called.
WHERE: dict[str, tuple[str, str | Promise]] = {
    "subject": ("case_subject", _lazy("Find out who the student is")),
    "screened": ("case_screen", _lazy("Screen the case")),
    "safety_answered": ("case_screen", _lazy("Screen the case")),
    "mandatory_prompts": ("themes", _lazy("Ask what must be asked")),
    "three_kinds_of_source": ("sources", _lazy("Go to the sources")),
    "student_and_parent": ("sources", _lazy("Go to the sources")),
    "thresholds_decided": ("law_enforcement", _lazy("Decide about the police")),
    "signed": ("judgement", _lazy("Go to the judgement")),
    "judged_so": ("judgement", _lazy("Go to the judgement")),
    "notices": ("notices", _lazy("Tell those who have to know")),
    "plan_approved": ("plan", _lazy("Go to the plan")),
    "actions_set": ("plan", _lazy("Add a step to the plan")),
    "actions_settled": ("plan", _lazy("Go to the plan")),
    "reviewed": ("reviews", _lazy("Write a review")),
    "no_unseen_reports": ("case_reports", _lazy("Look at what is new")),
    "special_education": ("case_team", _lazy("Ask somebody of special education")),
    "placement_answered": ("removals", _lazy("Answer about the days out of school")),
    "convened": ("called", _lazy("The team has met")),
    "class_decided": ("class_return", _lazy("Decide about class")),
    "steps_taken": ("judgement", _lazy("Answer the next step")),
    "evaluated": ("judgement", _lazy("Write down the evaluation")),
    "looked_at": ("judgement", _lazy("See who looks")),
    "path_steps": ("special_paths", _lazy("See what is due")),
    "path_ended": ("special_paths", _lazy("See what is due")),
    "handoff_acknowledged": ("handoff", _lazy("Look at the handover")),
}


@dataclass(frozen=True)
class GateLine:
    """A gate that is not met: its sentence, who can meet it and by when, and what is missing, in words."""

    sentence: str
    who: str
    missing: list[str]
    due: datetime | None = None
    place: str = ""  # the page of the case where it is met
    way: str | Promise = ""  # what the way there is called


def sentence(refusal: Exception) -> str:
    if isinstance(refusal, closing.NotAReason):
        return refusal.sentence
    return str(_SENTENCES[type(refusal)][1])


def blame(form: forms.Form, refusal: Exception) -> None:
    """Put the sentence beside the field it is about, so that what was typed stays. Gates are listed by `_act_head.html` from `form.unmet`."""
    fields = _SENTENCES[type(refusal)][0]
    if isinstance(refusal, judging.TextsWanted | paths.RecordWanted):
        for name in refusal.missing:
            form.add_error(name if name in form.fields else None, sentence(refusal))
        return
    if isinstance(refusal, GatesUnmet):
        form.unmet = gate_lines(refusal.unmet)  # type: ignore[attr-defined]
    form.add_error(next((name for name in fields if name in form.fields), None), sentence(refusal))


def refuse(request: HttpRequest, case: Case, refusal: Exception, place: str = "") -> HttpResponse:
    """An act without a form was refused: say so on the page of the case."""
    messages.error(request, sentence(refusal))
    return back(case, place)


def gate_lines(unmet: Iterable[Unmet]) -> list[GateLine]:
    return [_line(one) for one in unmet]


def is_kept_from_reader(gate: str) -> bool:
    """Whether whoever reads the page is an officer, and the gate speaks of the school's records."""
    return officer_reads() and gate in OF_THE_RECORDS


OF_THE_SCHOOL = _lazy("Something in the school’s own records has to be settled first, by its members of the team.")


def _line(one: Unmet) -> GateLine:
    if is_kept_from_reader(one.gate.key):
        return GateLine(str(OF_THE_SCHOOL), _("A member of the school’s staff"), [], one.due)
    return GateLine(str(one.gate.sentence), str(one.gate.who), missing_words(one), one.due, *WHERE.get(one.gate.key, ("", "")))


_WORDS: dict[str, str | Promise] = {
    "another_discipline": _lazy("a member of another discipline"),
    "chair": _lazy("the lead"),
    "reasons": _lazy("the reasons, in words"),
    "judgement": _lazy("the judgement itself"),
    "plan": _lazy("the plan"),
    "search": _lazy("what the search found"),
    "action": _lazy("a step of the plan"),
    "review": _lazy("a review"),
    "contact": _lazy("how contact is kept"),
    "look_again": _lazy("a new look at the case"),
    "receiving_school": _lazy("the answer of the receiving school"),
    **SAFETY_QUESTIONS,
}


def missing_words(one: Unmet) -> list[str]:
    """What a gate still misses, in the words of the doctrine: never a key."""
    if one.gate.key == "three_kinds_of_source":
        count = int(one.missing[0])
        return [ngettext("%(count)d more kind of source", "%(count)d more kinds of source", count) % {"count": count}]
    if one.gate.key == "no_unseen_reports":
        return [_("what came in as %(number)s") % {"number": number} for number in one.missing]
    return [_word(key, one.rules) for key in one.missing]


def _word(key: str, rules: CaseRules) -> str:
    if key == Press.Kind.CALLED_SRO:
        return _("911 or the officer called")
    if key in Press.Kind.values:
        return str(Press.Kind(key).label)
    tables: tuple[dict[str, Any], ...] = (doctrine.thresholds(), doctrine.sources(), doctrine.expertise())
    tables += (doctrine.placement_questions(), doctrine.removal_kinds(), doctrine.triggers(), doctrine.searches(), doctrine.outside_reviews())
    for table in tables:
        if key in table:
            return str(table[key].label)
    if key.startswith("path."):
        path, _dot, step = key.removeprefix("path.").partition(".")
        return str(doctrine.paths()[path].steps[step].label)
    if key.startswith("evaluation."):
        return str(doctrine.evaluations()[key.removeprefix("evaluation.")].label)
    if key in doctrine.cstag_steps():
        return str(doctrine.cstag_steps()[key].title)
    if key.partition(".")[0] in doctrine.plan_categories():
        return rules.option_label(key)
    if key in doctrine.prompts():
        return str(doctrine.prompts()[key].text)
    if key in doctrine.notice_parties():
        return str(doctrine.notice_parties()[key])
    return str(_WORDS[key])
