"""What the reporting room says, asks and teaches, as typed values read once from reporting/content/.

A fault in a file raises `ContentFault` (foundation.content_reader), which names the file and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from security_center.foundation import languages
from security_center.foundation.content_reader import ContentFault, Text, build, build_keyed, read, texts
from security_center.prevention.content_loader import outside_resources

FOLDER = Path(__file__).parent / "content"
LONGEST_MESSAGE = 160  # friendly answers stay short (reporting.md 9)


@dataclass(frozen=True, slots=True)
class QuickQuestion:
    key: str
    label: Text
    text: Text


class TemplateKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    THANK = "thank"
    HOURS = "hours"
    NO_PROMISE = "no_promise"
    SUPPORT = "support"
    CRISIS = "crisis"
    UPDATE = "update"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    key: str
    label: Text
    kind: TemplateKind
    text: Text


@dataclass(frozen=True, slots=True)
class StatusLine:
    key: str
    name: Text
    line: Text


@dataclass(frozen=True, slots=True)
class DispositionAction:
    key: str
    label: Text
    group: str
    hands_over: bool = False


@dataclass(frozen=True, slots=True)
class ActionGroup:
    key: str
    label: Text
    actions: tuple[DispositionAction, ...]


@dataclass(frozen=True, slots=True)
class Validity:
    key: str
    label: Text
    meaning: Text
    two_people: bool = False
    retention: str = "standard"


@dataclass(frozen=True, slots=True)
class GuidedQuestion:
    """A question of the intake script. `field` is the field of the report form that the answer fills."""

    field: str
    ask: Text
    why: Text
    short: bool = False


@dataclass(frozen=True, slots=True)
class IntakeScript:
    opening: Text
    questions: tuple[GuidedQuestion, ...]
    closing: tuple[Text, ...]
    do_not: tuple[Text, ...]

    @property
    def five_questions(self) -> tuple[GuidedQuestion, ...]:
        return tuple(question for question in self.questions if question.short)


class FieldKind(StrEnum):
    TIME = "time"
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class CallField:
    key: str
    label: Text
    kind: FieldKind
    ask: bool = False
    options: dict[str, Text] | None = None


@dataclass(frozen=True, slots=True)
class CallSection:
    key: str
    title: Text
    fields: tuple[CallField, ...]


@dataclass(frozen=True, slots=True)
class BombThreatForm:
    title: Text
    steps: tuple[Text, ...]
    sections: tuple[CallSection, ...]

    @property
    def fields(self) -> tuple[CallField, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def as_text(self, answers: Mapping[str, str | list[str]], language: str) -> str:
        """The answers as lines "label: answer" for the report's text, so that nothing of a call is kept
        outside the sealed report."""
        lines: list[str] = []
        for field in self.fields:
            given = answers.get(field.key) or ""
            chosen = [given] if isinstance(given, str) else given
            spoken = [
                field.options[one].in_language(language)
                if field.options and one in field.options
                else one.strip()
                for one in chosen
            ]
            if any(spoken):
                lines.append(
                    f"{field.label.in_language(language)}: {', '.join(one for one in spoken if one)}"
                )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Steps:
    title: Text
    steps: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class DangerNow:
    title: Text
    intro: Text
    steps: tuple[Text, ...]
    after: Text
    situations: dict[str, Steps]


@dataclass(frozen=True, slots=True)
class SelfHelp:
    """The page "It is about me". `contacts` are keys of prevention's outside resources."""

    title: Text
    intro: Text
    now: tuple[Text, ...]
    contacts: tuple[str, ...]
    next: tuple[Text, ...]
    consent: Text
    grounding: Steps


@dataclass(frozen=True, slots=True)
class LessonSection:
    title: Text
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class LessonCheck:
    question: Text
    answer: Text


@dataclass(frozen=True, slots=True)
class Poster:
    headline: Text
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    key: str
    audience: Text
    title: Text
    minutes: int
    aims: tuple[Text, ...]
    sections: tuple[LessonSection, ...]
    activity: LessonSection
    check: tuple[LessonCheck, ...]
    poster: Poster


@cache
def _file(name: str) -> dict[str, Any]:
    return read(FOLDER / name)


def _part(name: str, key: str) -> Any:
    try:
        return _file(name)[key]
    except KeyError as error:
        raise ContentFault(f"{name}: “{key}” is missing") from error


def _whole[T](kind: type[T], name: str) -> T:
    return build(kind, {key: value for key, value in _file(name).items() if key != "source"}, name)


def _short_enough(text: Text, where: str) -> None:
    for language in languages.codes():
        length = len(text.in_language(language))
        if length > LONGEST_MESSAGE:
            raise ContentFault(
                f"{where}: the text in “{language}” has {length} characters, more than {LONGEST_MESSAGE}"
            )


@cache
def quick_questions() -> dict[str, QuickQuestion]:
    """Questions a reader sends with one press, each of at most 160 characters."""
    found = build_keyed(QuickQuestion, _part("quick_questions.yaml", "questions"), "quick_questions.yaml")
    for question in found.values():
        _short_enough(question.text, f"quick_questions.yaml: {question.key}")
    return found


@cache
def message_templates() -> dict[str, MessageTemplate]:
    """Friendly answers, each of at most 160 characters. `after_hours` holds a {time} to fill in."""
    found = build_keyed(MessageTemplate, _part("templates.yaml", "templates"), "templates.yaml")
    for template in found.values():
        _short_enough(template.text, f"templates.yaml: {template.key}")
    return found


@cache
def status_lines() -> dict[str, StatusLine]:
    """received, reading, acting, finished: what the reporter sees."""
    return build_keyed(StatusLine, _part("status_lines.yaml", "states"), "status_lines.yaml: states")


@cache
def disposition_actions() -> dict[str, DispositionAction]:
    found = build_keyed(
        DispositionAction, _part("dispositions.yaml", "actions"), "dispositions.yaml: actions"
    )
    groups = _part("dispositions.yaml", "groups")
    for action in found.values():
        if action.group not in groups:
            raise ContentFault(f"dispositions.yaml: {action.key}: group “{action.group}” is not in groups")
    return found


@cache
def disposition_groups() -> tuple[ActionGroup, ...]:
    return tuple(
        ActionGroup(
            key, label, tuple(action for action in disposition_actions().values() if action.group == key)
        )
        for key, label in texts(_part("dispositions.yaml", "groups"), "dispositions.yaml: groups").items()
    )


@cache
def validities() -> dict[str, Validity]:
    return build_keyed(Validity, _part("dispositions.yaml", "validity"), "dispositions.yaml: validity")


@cache
def intake_script() -> IntakeScript:
    """The questions of the phone and in-person intake, in order; `five_questions` is the short script."""
    return _whole(IntakeScript, "guided_questions.yaml")


@cache
def bomb_threat_form() -> BombThreatForm:
    return _whole(BombThreatForm, "bomb_threat.yaml")


@cache
def danger_now() -> DangerNow:
    """What to do now, shown when danger_now is yes or unsure."""
    return _whole(DangerNow, "danger_now.yaml")


@cache
def self_help() -> SelfHelp:
    found = _whole(SelfHelp, "self_help.yaml")
    known = {resource.key for resource in outside_resources()}
    for contact in found.contacts:
        if contact not in known:
            raise ContentFault(f"self_help.yaml: contacts: “{contact}” is not in resources_outside.yaml")
    return found


@cache
def lessons() -> dict[str, Lesson]:
    """How to report: grades_3_5, grades_6_12, families, staff."""
    found = build_keyed(Lesson, _part("lessons.yaml", "lessons"), "lessons.yaml")
    for lesson in found.values():
        if not 4 <= len(lesson.sections) <= 6:
            raise ContentFault(f"lessons.yaml: {lesson.key}: needs four to six sections")
        if len(lesson.poster.lines) != 3:
            raise ContentFault(f"lessons.yaml: {lesson.key}: the poster needs three lines")
    return found
