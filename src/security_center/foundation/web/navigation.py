"""The menus. Rooms above register their entries at start (`AppConfig.ready`): in the main menu of the staff
side, which its page shell draws, and in that of the public side, which its home page draws, and the page of a
school what there is of that school."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from security_center.foundation.organizations.models import Organization


def _everyone(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One entry of the menu.

    label      what it says (lazy translated) url_name   the URL name it leads to; an entry whose address does
    not exist is left out order      entries are sorted by it (tens, so that others fit between) visible
    called with the request: may this person see it? Hiding is courtesy only; the view checks for itself count
    called with the request: a number to show beside the label, 0 shows none section    the path under which
    the entry is marked as current; default: its own address"""

    label: str | Promise
    url_name: str
    order: int = 100
    visible: Callable[[HttpRequest], bool] = _everyone
    count: Callable[[HttpRequest], int] | None = None
    section: str = ""


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Adds `entry` (again: replaces the one with the same url_name)."""
    _entries[entry.url_name] = entry


def menu_for(request: HttpRequest) -> list[dict[str, object]]:
    """The menu as the template wants it: label, url, current, count."""
    found: list[dict[str, object]] = []
    for entry in sorted(_entries.values(), key=lambda each: each.order):
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        if not entry.visible(request):
            continue
        section = entry.section or url
        current = request.path == url or (section != "/" and request.path.startswith(section))
        found.append(
            {
                "label": entry.label,
                "url": url,
                "current": current,
                "count": entry.count(request) if entry.count else 0,
            }
        )
    return found


@dataclass(frozen=True)
class PublicEntry:
    """One entry of the public side's menu.

    label, line   what it says, and a plain sentence about it (lazy translated) url_name      the URL name it
    leads to order         entries are sorted by it; the first one is what a page is for, and drawn as a
    button of_school     for what each school has of its own: whether this one has it. Its address takes the
    school's slug"""

    label: str | Promise
    line: str | Promise
    url_name: str
    order: int = 100
    of_school: Callable[[Organization], bool] | None = None


_public: dict[str, PublicEntry] = {}


def register_public(entry: PublicEntry) -> None:
    """Adds `entry` (again: replaces the one with the same url_name)."""
    _public[entry.url_name] = entry


def public_menu(school: Organization | None = None) -> list[dict[str, object]]:
    """What anybody may turn to, or what there is of this school: label, line, url."""
    found: list[dict[str, object]] = []
    for entry in sorted(_public.values(), key=lambda each: each.order):
        if (school is None) != (entry.of_school is None) or (
            school and entry.of_school and not entry.of_school(school)
        ):
            continue
        try:
            url = reverse(entry.url_name, args=[] if school is None else [school.slug])
        except NoReverseMatch:
            continue
        found.append({"label": entry.label, "line": entry.line, "url": url})
    return found
