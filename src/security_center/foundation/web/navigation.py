"""The staff side's main menu. Rooms above register their entry at start (`AppConfig.ready`); the page shell draws them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


def _everyone(request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One entry of the menu.

    label      what it says (lazy translated)
    url_name   the URL name it leads to; an entry whose address does not exist is left out
    order      entries are sorted by it (tens, so that others fit between)
    visible    called with the request: may this person see it? Hiding is courtesy only; the view checks for itself
    count      called with the request: a number to show beside the label, 0 shows none
    section    the path under which the entry is marked as current; default: its own address
    """

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
        found.append({"label": entry.label, "url": url, "current": current, "count": entry.count(request) if entry.count else 0})
    return found
