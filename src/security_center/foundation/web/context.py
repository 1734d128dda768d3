"""What every page of either program knows without its view saying so."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi, get_language_info

from security_center.foundation.sqlite import damage
from security_center.foundation.timekeeping.queries import distrusted
from security_center.foundation.vault import damage as values
from security_center.foundation.vault.provider import is_open
from security_center.foundation.web.navigation import menu_for

# A page nobody asks questions about. Leaving replaces our page with it in the browser's history.
QUICK_EXIT_URL = "https://www.weather.gov/"


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor: program, demo, addresses, language and, for signed-in staff, menu and unread
    messages.

    program        "public", "staff" (or "manage" in tests) demo           True in the demonstration, which
    says so on each page language       code of the page's language; `direction` is "ltr" or "rtl" languages
    [{code, name, current, url}], names in their own language; `url` is this page in that language
    language_query "?lang=es" when a reporter chose a language: append it to public links, since no cookie
    keeps it damaged_since  staff only: when a damaged page of the database was first met, else None
    damaged_values_since, damaged_here   staff only: when a damaged sealed value was met, and whether one was
    on this page clock_distrusted   staff only: what is late, and every hour shown, may be wrong vault_locked
    staff only: the key file is away, so nothing can be opened nav, unread_count   staff only, computed when
    the page draws them"""
    language = get_language() or settings.LANGUAGE_CODE
    chosen = getattr(request, "chosen_language", "")
    known: dict[str, object] = {
        "program": settings.SSC_PROGRAM,
        "demo": settings.SSC_DEMO,
        "staff_url": settings.SSC_STAFF_URL,
        "public_url": settings.SSC_PUBLIC_URL,
        "language": language,
        "languages": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "current": code == language,
                "url": _in_language(request, code),
            }
            for code, _name in settings.LANGUAGES
        ],
        "language_query": f"?lang={chosen}" if chosen else "",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "quick_exit_url": QUICK_EXIT_URL,
    }
    if settings.SSC_PROGRAM != "public":
        known["damaged_since"] = SimpleLazyObject(damage.since)
        known["damaged_values_since"] = SimpleLazyObject(values.since)
        # Asked anew each time: a page may open a value while it is drawn
        known["damaged_here"] = values.is_on_this_page
        known["clock_distrusted"] = SimpleLazyObject(
            lambda: damage.readable(lambda: distrusted() is not None, False)
        )
        known["vault_locked"] = SimpleLazyObject(lambda: not is_open())
    if settings.SSC_PROGRAM != "public" and getattr(request, "user", None) is not None:
        known["nav"] = SimpleLazyObject(lambda: menu_for(request) if request.user.is_authenticated else [])
        known["unread_count"] = SimpleLazyObject(lambda: _unread(request))
    return known


def _in_language(request: HttpRequest, code: str) -> str:
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"


def _unread(request: HttpRequest) -> int | None:
    person = request.user
    if not person.is_authenticated:
        return 0
    from security_center.foundation.notifications.queries import unread_count

    return damage.readable(lambda: unread_count(person), None)
