"""The languages that are offered: `settings.LANGUAGES`, and no second list. Whatever lacks a text in one of
them falls back to the first, English."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language, get_language_info


def codes() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def fallback() -> str:
    return settings.LANGUAGE_CODE


def others() -> tuple[str, ...]:
    """Those beside English."""
    return tuple(code for code in codes() if code != fallback())


def offered(code: str | None) -> str:
    """`code` ("es", "es-US" …) as a language that is offered; English for any other."""
    spoken, known = (code or "").lower().replace("_", "-"), codes()
    return next((one for one in (spoken, spoken.partition("-")[0]) if one in known), fallback())


def in_a_sentence(code: str) -> str:
    """The name of the language `code`, as the language of the page writes it inside a sentence: “Spanish”,
    “español”."""
    name = str(get_language_info(offered(code))["name_translated"])
    page = str(get_language_info(offered(get_language()))["name_local"])
    return name if page[0].isupper() else name.lower()
