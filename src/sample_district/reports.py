"""The reports of the sample district, as typed values read once from sample_district/content/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from security_center.foundation import languages
from security_center.foundation.content_reader import ContentFault, Entry, build_list, read
from security_center.prevention.content_loader import categories
from security_center.reporting.content_loader import disposition_actions, validities

FILE = Path(__file__).parent / "content" / "reports.yaml"


class SampleMessage(Entry):
    sender: str  # "reporter" or "staff"
    text: str


class SampleOutcome(Entry):
    validity: str
    actions: tuple[str, ...]
    considered: str


class SampleReport(Entry):
    """A believable report. Names are invented; `key` is stable."""

    key: str
    school_level: str
    language: str
    what_happened: str
    channel: str = "web"
    category: str | None = None
    who: str = ""
    when_where: str = ""
    danger_now: str = ""
    weapon: str = ""
    how_do_you_know: str = ""
    about_staff: bool = False
    not_this_school: bool = False
    may_we_message: bool = True
    mode: str = "anonymous"
    messages: tuple[SampleMessage, ...] = ()
    outcome: SampleOutcome | None = None
    rumor_group: str = ""
    same_subject: str = ""
    about_me: bool = False


SCHOOL_LEVELS = frozenset({"elementary", "middle", "high", "combined", "district"})
CHANNELS = frozenset({"web", "qr_link", "phone", "staff", "in_person"})


@cache
def sample_reports() -> tuple[SampleReport, ...]:
    """The reports, in no order of time."""
    found = build_list(SampleReport, read(FILE)["reports"], "reports.yaml: reports")
    seen: set[str] = set()
    for report in found:
        where = f"reports.yaml: {report.key}"
        for name, value, allowed in (
            ("school_level", report.school_level, SCHOOL_LEVELS),
            ("channel", report.channel, CHANNELS),
            ("language", report.language, set(languages.codes())),
            ("danger_now", report.danger_now, {"yes", "no", "unsure", ""}),
            ("category", report.category, {None, *categories()}),
            ("mode", report.mode, {"anonymous", "confidential", "identified"}),
        ):
            if value not in allowed:
                raise ContentFault(f"{where}: {name}: “{value}” is not allowed")
        if report.key in seen:
            raise ContentFault(f"{where}: the key stands twice")
        seen.add(report.key)
        if report.outcome is not None:
            unknown = {*report.outcome.actions} - {*disposition_actions()} or {report.outcome.validity} - {
                *validities()
            }
            if unknown:
                raise ContentFault(f"{where}: outcome: “{min(unknown)}” is not in dispositions.yaml")
        if any(message.sender not in {"reporter", "staff"} for message in report.messages):
            raise ContentFault(f"{where}: messages: from is reporter or staff")
    return found
