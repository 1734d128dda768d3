"""The doctrine of themes and of the record of an interview as typed values, read once from content/.

A fault in a file raises `ContentFault` (foundation.content_reader), which names the file and the key.
"""

from __future__ import annotations

from functools import cache

from security_center.foundation.content_reader import ContentFault, Entry, Text
from security_center.prevention.doctrine.kinds import Item, Mark, Rule

from .content_files import CONTENT
from .content_kinds import Prompt, ServiceCheck, Theme

THEMES = 13  # the guide's own number


# --- step 5: themes, sources, interviews
# -----------------------------------------------------------------------------


class _PromptEntry(Entry):
    text: Text
    mandatory: bool = False
    records: bool = False


class _ThemeEntry(Entry):
    name: Text
    prompts: dict[str, _PromptEntry]


class _ThemesFile(Entry):
    """Source and mark stand once for all: the themes are the guide's, the prompts are in our words."""

    source: str
    mark: Mark
    prompts_source: str
    prompts_mark: Mark
    findings: dict[str, Text]
    themes: dict[str, _ThemeEntry]


@cache
def _themes_file() -> _ThemesFile:
    found = CONTENT.file(_ThemesFile, "themes.yaml")
    if len(found.themes) != THEMES:
        raise ContentFault(f"themes.yaml: themes: there are {len(found.themes)}, but the guide has {THEMES}")
    return found


@cache
def finding_labels() -> dict[str, Text]:
    """yes, no, unclear, not_asked."""
    return _themes_file().findings


@cache
def themes() -> dict[str, Theme]:
    """The thirteen themes with their prompts, in the order of the guide."""
    file = _themes_file()
    found = {}
    for theme, entry in file.themes.items():
        asked = tuple(
            Prompt(
                file.prompts_source,
                file.prompts_mark,
                key=key,
                theme=theme,
                text=one.text,
                mandatory=one.mandatory,
                records=one.records,
            )
            for key, one in entry.prompts.items()
        )
        found[theme] = Theme(source=file.source, mark=file.mark, key=theme, name=entry.name, prompts=asked)
    return found


@cache
def prompts() -> dict[str, Prompt]:
    """Every prompt by its name "theme.prompt", in order."""
    return {prompt.name: prompt for theme in themes().values() for prompt in theme.prompts}


@cache
def prompts_of_records() -> frozenset[str]:
    """The names of those whose answers are known from the school's records."""
    return frozenset(name for name, prompt in prompts().items() if prompt.records)


@cache
def mandatory_prompts() -> tuple[str, ...]:
    """The names of the prompts that may not stay at not_asked."""
    return tuple(name for name, prompt in prompts().items() if prompt.mandatory)


@cache
def interview_conduct() -> dict[str, Rule]:
    return CONTENT.nested(Rule, "interview_record.yaml", "conduct")


@cache
def minimum_record() -> dict[str, Item]:
    """What each case record must hold."""
    return CONTENT.nested(Item, "interview_record.yaml", "minimum")


# --- step 6: where to refer
# ------------------------------------------------------------------------------------------


@cache
def service_kinds() -> dict[str, Text]:
    """What kinds of help a plan refers to."""
    return CONTENT.labels("service_kinds.yaml", "kinds")


@cache
def service_check_days() -> int:
    """After how many days somebody asks a service again."""
    return CONTENT.entry(ServiceCheck, "service_kinds.yaml", "check").days
