"""What the prevention plan is made of, as typed values: categories, urgencies and their clocks, words that
raise, honest sentences.

Everything is read once and kept. A fault in a file raises `ContentFault`, which names the file and the key.
"""

from __future__ import annotations

from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from security_center.foundation import languages
from security_center.foundation.content_folder import ContentFolder, must_know
from security_center.foundation.content_reader import ContentFault, Entry, Text

CONTENT = ContentFolder(Path(__file__).parent / "content")


class Urgency(StrEnum):
    """Most urgent first. Compare with `outranks` or `most_urgent`, never as text."""

    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"

    def outranks(self, other: Urgency) -> bool:
        return self.value < other.value


def most_urgent(*urgencies: Urgency | str | None) -> Urgency:
    """The most urgent of those given; `None` counts as nothing. U4 when nothing is given."""
    return min(
        (Urgency(one) for one in urgencies if one), default=Urgency.U4, key=lambda urgency: urgency.value
    )


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    SCHOOL_HOURS = "school_hours"
    SCHOOL_DAYS = "school_days"


class Span:
    """A stretch of a clock: "5 minutes", "4 school_hours". School units need the plan's calendar to become a
    moment."""

    __slots__ = ("amount", "unit")

    def __init__(self, amount: int, unit: Unit) -> None:
        self.amount, self.unit = amount, unit

    @classmethod
    def from_text(cls, text: str) -> Self:
        amount, _, unit = text.partition(" ")
        if not amount.isdigit() or unit not in list(Unit):
            raise ValueError(f"“{text}” is no span such as “5 minutes” or “4 school_hours”")
        return cls(int(amount), Unit(unit))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and (self.amount, self.unit) == (other.amount, other.unit)

    def __hash__(self) -> int:
        return hash((self.amount, self.unit))

    def __repr__(self) -> str:
        return f"Span(amount={self.amount!r}, unit={self.unit!r})"

    @property
    def counts_school_time(self) -> bool:
        return self.unit in {Unit.SCHOOL_HOURS, Unit.SCHOOL_DAYS}

    def as_timedelta(self) -> timedelta:
        """Plain time only. Raises `ValueError` for school time."""
        if self.counts_school_time:
            raise ValueError("School time becomes a moment only through a plan's calendar.")
        return timedelta(**{self.unit.value: self.amount})


class Category(Entry):
    key: str
    label: Text
    description: Text
    staff_label: Text
    urgency: Urgency
    group: str
    routes: tuple[str, ...] = ()
    often_lowered_to: Urgency | None = None
    needs_two_to_lower: bool = False
    two_readers_to_close: bool = False
    mental_health: bool = False
    isolate_files: bool = False
    shown: bool = True


class CategoryGroup(Entry):
    """A friendly heading of the form with the categories under it."""

    key: str
    label: Text
    categories: tuple[Category, ...]


class LadderRung(Entry):
    after: Span
    audience: str
    with_dispatch_number: bool = False


class UrgencyRule(Entry):
    key: str
    name: Text
    promise: Text
    mark: str
    acknowledge: Span
    ladder: tuple[LadderRung, ...]
    repeat: Span
    human_reply: Span
    disposition: Span
    interim: Span | None = None

    @property
    def urgency(self) -> Urgency:
        return Urgency(self.key)

    @property
    def repeat_minutes(self) -> int:
        return int(self.repeat.as_timedelta().total_seconds() // 60)


class LocalTime(time):
    """By the clock of the school."""

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls.fromisoformat(text)


class DeliveryWindow(Entry):
    opens: LocalTime
    closes: LocalTime


class ClockRules(Entry):
    """The rules of urgencies.yaml that hold for all urgencies."""

    raised_to_u1_by: tuple[str, ...]
    sent_at_any_hour: tuple[Urgency, ...]
    delivery_window: DeliveryWindow
    automatic_reply: Span


class RaisingEntry(Entry):
    """`words`: the phrases in each language. All of them are always searched: pupils mix languages."""

    key: str
    raises_to: Urgency
    words: dict[str, tuple[str, ...]]
    category: str | None = None


class OutsideResource(Entry):
    """Where to turn when no school form is open. `call` and `message` are what a phone link needs; `address`
    a web address."""

    key: str
    name: Text
    when: Text
    hours: Text
    source: str
    call: str = ""
    message_to: str = ""
    message_word: Text | None = None
    address: str = ""
    from_plan: bool = False


class AnonymityMode(Entry):
    key: str
    name: Text
    sentence: Text
    who_can_know: Text


class _AnonymityFile(Entry):
    limits_title: Text
    limits: tuple[Text, ...]
    protects_title: Text
    protects: tuple[Text, ...]
    next_steps_title: Text
    next_steps: tuple[Text, ...]


@cache
def routes() -> dict[str, Text]:
    """Who else is drawn in by a category: key → label for staff."""
    return CONTENT.labels("categories.yaml", "routes")


@cache
def categories() -> dict[str, Category]:
    """Every category of reporting.md 5, in its order."""
    found = CONTENT.keyed(Category, "categories.yaml", "categories")
    labels = CONTENT.labels("categories.yaml", "groups")
    for category in found.values():
        where = f"categories.yaml: {category.key}"
        must_know([category.group], labels, f"{where}: group", "groups")
        must_know(category.routes, routes(), f"{where}: routes", "routes")
        if category.needs_two_to_lower != (category.urgency is Urgency.U1):
            raise ContentFault(
                f"{where}: needs_two_to_lower must be true exactly where the report starts at U1"
            )
        if category.urgency is Urgency.U1 and not category.two_readers_to_close:
            raise ContentFault(f"{where}: a category that starts at U1 needs two_readers_to_close")
    return found


@cache
def category_groups(hidden: frozenset[str] = frozenset()) -> tuple[CategoryGroup, ...]:
    """The groups of the form with what reporters are shown, without the keys in `hidden` and without empty
    groups."""
    shown = [category for category in categories().values() if category.shown and category.key not in hidden]
    groups = (
        CategoryGroup(key, label, tuple(category for category in shown if category.group == key))
        for key, label in CONTENT.labels("categories.yaml", "groups").items()
    )
    return tuple(group for group in groups if group.categories)


@cache
def urgencies() -> dict[str, UrgencyRule]:
    """U1 to U4 (`Urgency` values are their keys), each with its names and clocks."""
    found = CONTENT.keyed(UrgencyRule, "urgencies.yaml", "urgencies")
    if list(found) != [urgency.value for urgency in Urgency]:
        raise ContentFault("urgencies.yaml: urgencies: must be U1, U2, U3, U4 in this order")
    for rule in found.values():
        if rule.repeat.counts_school_time:
            raise ContentFault(
                f"urgencies.yaml: {rule.key}: repeat: must be plain minutes or hours, so that it never rests"
            )
        if not rule.ladder or rule.ladder[0].after.amount != 0:
            raise ContentFault(f"urgencies.yaml: {rule.key}: ladder: must begin at once")
    return found


@cache
def clock_rules() -> ClockRules:
    return CONTENT.parts(ClockRules, "urgencies.yaml")


@cache
def raising_words() -> dict[str, RaisingEntry]:
    """Words and phrases that raise urgency, by entry. They are matched by `raising.urgency_from_words`."""
    found = CONTENT.keyed(RaisingEntry, "raising_words.yaml", "entries")
    for entry in found.values():
        of = [entry.category] if entry.category is not None else []
        must_know(of, categories(), f"raising_words.yaml: {entry.key}: category", "categories.yaml")
        if set(entry.words) != set(languages.codes()) or not all(entry.words.values()):
            raise ContentFault(f"raising_words.yaml: {entry.key}: needs phrases in each language")
    return found


@cache
def anonymity_modes() -> dict[str, AnonymityMode]:
    """anonymous, confidential, identified: each with its one honest sentence."""
    return CONTENT.keyed(AnonymityMode, "anonymity.yaml", "modes")


@cache
def anonymity_page() -> _AnonymityFile:
    """The page about the limits: what we protect, what we cannot, and what happens next."""
    return CONTENT.parts(_AnonymityFile, "anonymity.yaml")


@cache
def outside_resources() -> tuple[OutsideResource, ...]:
    """Numbers that answer when the school's form is closed, in the order to show them."""
    return CONTENT.listed(OutsideResource, "resources_outside.yaml", "resources")


@cache
def _texts() -> dict[str, Text]:
    return {
        **CONTENT.labels("anonymity.yaml", "texts"),
        **CONTENT.labels("resources_outside.yaml", "texts"),
    }


def text_of(key: str) -> Text:
    """The bilingual text `key` of anonymity.yaml or resources_outside.yaml. Raises `ContentFault` for an
    unknown key."""
    try:
        return _texts()[key]
    except KeyError as error:
        raise ContentFault(f"anonymity.yaml: texts: “{key}” is missing") from error


def text(key: str, language: str | None = None, /, **values: object) -> str:
    """The text `key` in `language` (default: the page's) with its {placeholders} filled in."""
    found = text_of(key)
    sentence = str(found) if language is None else found.in_language(language)
    return sentence.format(**values) if values else sentence
