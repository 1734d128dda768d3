"""How each kind of row is read as texts: which columns belong together, where they stand, in which group of a packet, about whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.organizations.models import Person

from .. import content_loader as doctrine
from ..models import Case, InterviewVersion, PlacementQuestion, Removal
from ..policies import is_officer
from .inquiry import RECORDS, visible_interviews, visible_sources

Words = str | Promise
SCHOOL = "school"
INVOLVED = "involved"
# Exact words of the threat, and who has been worried: what F6 says never reached anybody.
THREAT_WORDS = frozenset({"communications.exact_words", "communications.intent_violence", "communications.audience"})
FEARS = "concerned_others"

LABELS: dict[str, Words] = {
    "concern": _lazy("The concern"),
    "subject_facts": _lazy("About the student"),
    "note": _lazy("Note"),
    "name": _lazy("Name"),
    "place": _lazy("Where"),
    "quotes": _lazy("Exact words"),
    "notes": _lazy("In the interviewer’s words"),
    "reason": _lazy("Reason"),
    "agency": _lazy("Agency"),
    "officer": _lazy("Officer"),
    "incident_number": _lazy("Incident number"),
    "facts_for": _lazy("Facts for"),
    "facts_against": _lazy("Facts against"),
    "unknowns": _lazy("What is not known"),
    "would_change": _lazy("What would change the view"),
    "text": _lazy("In words"),
    "goal": _lazy("What the plan is to reach"),
    "raises_concern": _lazy("What would raise the concern"),
    "lowers_concern": _lazy("What would lower it"),
    "out_of_hours": _lazy("Outside school hours"),
    "what": _lazy("What is done"),
    "evidence": _lazy("What shows it"),
    "answer": _lazy("Answer"),
    "outcome": _lazy("What came of it"),
    "relied_on": _lazy("What was relied on"),
}


def _label(column: str) -> Words:
    return LABELS.get(column, column.replace("_", " ").capitalize())


def _none(_row: Any) -> str:
    return ""


def _never(_row: Any) -> bool:
    return False


def _always(_row: Any) -> bool:
    return True


def _moment(*names: str) -> Callable[[Any], datetime | None]:
    def at(row: Any) -> datetime | None:
        return next((value for name in names if (value := getattr(row, name, None)) is not None), None)

    return at


def _name(*names: str) -> Callable[[Any], str]:
    def by(row: Any) -> str:
        return next((person.name for name in names if (person := getattr(row, name, None)) is not None), "")

    return by


WRITERS = ("by", "added_by", "opened_by")
_AT, _BY = _moment("at"), _name("by")


@dataclass(frozen=True)
class Kind:
    """`units`: the columns of a row that are one text. `seen`: the rows that a person sees, where not every member sees each."""

    key: str
    section: str
    units: dict[str, tuple[str, ...]]
    heading: Callable[[Any, str], Words]
    group: Callable[[Any, str], str]
    at: Callable[[Any], datetime | None] = _AT
    by: Callable[[Any], str] = _BY
    suggested: Callable[[Any], str] = _none
    compartment: Callable[[Any], bool] = _never
    protected: Callable[[Any], bool] = _never
    label: Callable[[str], Words] = _label
    related: tuple[str, ...] = ()
    seen: Callable[[Person, Case], Iterable[Any]] | None = field(default=None)


def unknown(model: type[models.Model], columns: tuple[str, ...]) -> Kind:
    """A table that nobody has described yet: one text a row, in no group, suggested to be about nobody."""
    title = str(model._meta.verbose_name).capitalize()
    key = model._meta.model_name or ""
    when, who = _moment("at", "added_at", "raised_at", "opened_at", "received_at"), _name(*WRITERS)
    return Kind(key, "more", {"text": columns}, lambda row, unit: title, lambda row, unit: "", at=when, by=who)


def _of(group: str) -> Callable[[Any, str], str]:
    return lambda row, unit: group


def _none_of_a_packet(_row: Any, _unit: str) -> str:
    """It names who else was told, another family among them: nobody outside is given it."""
    return ""


def _source_group(kind: str) -> str:
    group = doctrine.sources()[kind].group
    if group == RECORDS:
        return "records"
    if group == SCHOOL:
        return "fears"
    return "protected" if group == INVOLVED and kind != "student_of_concern" else "facts"


def _protected(kind: str) -> bool:
    """Who reported or saw it, who it is aimed at, and other students: their own words would show who they are."""
    return doctrine.sources()[kind].gate in {"identity_protected", "other_student"}


def _group_of_source(row: Any) -> str:
    """A name alone is no fear that somebody has written down."""
    group = _source_group(row.kind)
    return "facts" if group == "fears" and not row.note else group


def _suggested(kind: str) -> str:
    return doctrine.suggested_subjects().get(kind, "")


def _finding_group(row: Any, _unit: str) -> str:
    if not row.current:
        return ""  # an earlier version is part of the record, and of no packet
    if row.prompt in THREAT_WORDS:
        return "threat_words"
    return "fears" if row.prompt.startswith(f"{FEARS}.") else "facts"


def _finding_heading(row: Any, _unit: str) -> str:
    prompt = doctrine.prompts().get(row.prompt)
    asked = str(prompt.text) if prompt is not None else row.prompt
    answer = doctrine.finding_labels()[row.answer]
    if not row.current:
        return _("%(question)s %(answer)s (earlier version)") % {"question": asked, "answer": answer}
    return f"{asked} {answer}"


def _kind_of_source(row: Any, _unit: str) -> str:
    return str(doctrine.sources()[row.kind].label)


def _interview_heading(row: Any, _unit: str) -> str:
    return _("Interview: %(who)s") % {"who": doctrine.sources()[row.source.kind].label}


def _of_the_police(row: Any) -> bool:
    return bool(row.law_enforcement_purpose or row.source.law_enforcement_only)


def _versions(person: Person, case: Case) -> Iterable[Any]:
    seen = visible_interviews(person, case).order_by()
    return InterviewVersion.objects.filter(interview__in=seen).select_related("interview__source", "by").order_by("interview", "number")


def _of_the_school(model: type[models.Model]) -> Callable[[Person, Case], Iterable[Any]]:
    """Discipline and disability are of the school's records: an officer does not see them."""

    def seen(person: Person, case: Case) -> Iterable[Any]:
        return [] if is_officer(person, case) else model._default_manager.filter(case=case).order_by("pk")

    return seen


def _conclusion(row: Any, unit: str) -> str:
    found = doctrine.conclusions().get(row.conclusion)
    said = str(found.label) if found is not None else row.conclusion
    return _("Judgement %(number)d, %(conclusion)s: %(part)s") % {"number": row.number, "conclusion": said, "part": _label(unit)}


def _view(row: Any, _unit: str) -> str:
    return _("View of %(name)s: %(view)s") % {"name": row.person.name, "view": row.get_view_display()}


def _threshold(row: Any, _unit: str) -> str:
    rule = doctrine.thresholds().get(row.threshold)
    asked = str(rule.label) if rule is not None else row.threshold
    return f"{asked}: {row.get_outcome_display()}"


def _party(row: Any, _unit: str) -> str:
    told = doctrine.notice_parties().get(row.party, row.party)
    return f"{told}: {row.get_state_display()}"


def _step(row: Any, _unit: str) -> str:
    option = doctrine.plan_options().get(row.option)
    return f"{option.label if option is not None else row.option}: {row.get_state_display()}"


def _close(row: Any, _unit: str) -> str:
    reason = doctrine.close_reasons().get(row.reason)
    return _("Asked to close: %(reason)s") % {"reason": reason.label if reason is not None else row.reason}


def _moved(row: Any, _unit: str) -> str:
    from ..models import State

    return _("Moved to: %(state)s") % {"state": State(row.to_state).label}


def _receiver(row: Any, _unit: str) -> str:
    found = doctrine.receivers().get(row.receiver)
    return str(found.label) if found is not None else row.receiver


def _single(*columns: str) -> dict[str, tuple[str, ...]]:
    return {column: (column,) for column in columns}


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "case",
            "concern",
            _single("concern", "subject_facts"),
            lambda row, unit: _label(unit),
            _of("facts"),
            at=_moment("opened_at"),
            by=_name("opened_by"),
        ),
        Kind(
            "screening",
            "screening",
            _single("note"),
            lambda row, unit: _("Screening: %(view)s") % {"view": row.get_view_display()},
            _of("screening"),
            by=_name("person"),
            related=("person",),
        ),
        Kind("press", "police", _single("note"), lambda row, unit: row.get_kind_display(), _of("facts"), related=("by",)),
        Kind(
            "lawenforcementdecision",
            "police",
            {"reason": ("reason", "agency", "officer", "incident_number")},
            _threshold,
            _of("notices"),
            at=_moment("decided_at", "raised_at"),
            by=_name("decided_by"),
            related=("decided_by",),
        ),
        Kind(
            "source",
            "sources",
            {"note": ("name", "note")},
            _kind_of_source,
            lambda row, unit: _group_of_source(row),
            at=_moment("settled_at", "added_at"),
            by=_name("added_by"),
            suggested=lambda row: _suggested(row.kind),
            compartment=lambda row: row.law_enforcement_only,
            protected=lambda row: _protected(row.kind),
            seen=visible_sources,
        ),
        Kind(
            "interview",
            "interviews",
            {"quotes": ("quotes",), "notes": ("notes", "place")},
            _interview_heading,
            lambda row, unit: _source_group(row.source.kind),
            at=_moment("started_at"),
            by=_name("interviewer"),
            suggested=lambda row: _suggested(row.source.kind),
            compartment=_of_the_police,
            protected=lambda row: _protected(row.source.kind),
            seen=visible_interviews,
        ),
        Kind(
            "finding",
            "findings",
            _single("note"),
            _finding_heading,
            _finding_group,
            at=_moment("recorded_at"),
            by=_name("recorded_by"),
            related=("recorded_by",),
        ),
        Kind(
            "judgement",
            "judgement",
            _single("facts_for", "facts_against", "unknowns", "would_change"),
            _conclusion,
            _of("judgement"),
            at=_moment("made_at"),
            by=_name("made_by"),
            related=("made_by",),
        ),
        Kind("signature", "judgement", _single("text"), _view, _of("judgement"), by=_name("person"), related=("person",)),
        Kind(
            "notice",
            "notices",
            _single("note"),
            _party,
            _of("notices"),
            at=_moment("settled_at", "raised_at"),
            by=_name("settled_by"),
            related=("settled_by",),
        ),
        Kind(
            "plan",
            "plan",
            _single("goal", "raises_concern", "lowers_concern", "out_of_hours"),
            lambda row, unit: _label(unit),
            _of("plan"),
            at=_moment("made_at"),
            by=_name("made_by"),
            related=("made_by",),
        ),
        Kind(
            "action",
            "plan",
            {"what": ("what", "evidence")},
            _step,
            _of("plan"),
            at=_moment("settled_at", "added_at"),
            by=_name("owner"),
            related=("owner",),
        ),
        Kind("review", "reviews", _single("text"), lambda row, unit: _("Review"), _of("plan"), related=("by",)),
        Kind(
            "closure",
            "closing",
            {"text": ("text", "answer")},
            _close,
            _of("notices"),
            at=_moment("asked_at"),
            by=_name("asked_by"),
            related=("asked_by",),
        ),
        Kind("move", "closing", _single("reason"), _moved, _of("facts"), related=("by",)),
        Kind(
            "interviewversion",
            "interviews",
            {"quotes": ("quotes",), "notes": ("notes",)},
            lambda row, unit: _("%(heading)s (earlier version)") % {"heading": _interview_heading(row.interview, unit)},
            _of(""),  # part of the record, and of no packet
            at=_moment("saved_at"),
            suggested=lambda row: _suggested(row.interview.source.kind),
            compartment=lambda row: _of_the_police(row.interview),
            protected=lambda row: _protected(row.interview.source.kind),
            seen=_versions,
        ),
        Kind(
            "removal", "more", _single("reason"), lambda row, unit: _("Out of class or out of school"), _of("records"), seen=_of_the_school(Removal)
        ),
        Kind(
            "placementquestion",
            "more",
            _single("note"),
            lambda row, unit: _("Disability and placement"),
            _of("records"),
            seen=_of_the_school(PlacementQuestion),
        ),
        # Who suspects whom of what, and what the agency said: never part of a family's copy, and in no packet.
        Kind(
            "pathstep",
            "more",
            {"text": ("agency", "called_when", "reference", "note")},
            lambda row, unit: _("A step of child protection or against self-harm"),
            _none_of_a_packet,
            protected=_always,
        ),
        Kind("discussed", "more", _single("note"), lambda row, unit: _("Said at a meeting of the team"), _of("facts")),
        Kind("decision", "more", {"what": ("what", "outcome")}, lambda row, unit: _("Decided at a meeting of the team"), _of("plan")),
        Kind(
            "disclosure",
            "told",
            {"relied_on": ("relied_on", "name")},
            _receiver,
            _none_of_a_packet,
            related=("by",),
        ),
    )
}
