"""The "how to report" lessons and posters of a school, ready to be shown: addresses, QR codes, languages
(reporting.md 1)."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from security_center.foundation.organizations.models import Organization

from .content_loader import Lesson, lessons

CARDS_ON_A_PAGE = 8


def address_of(key: str) -> str:
    """The lesson's part of an address: grades_3_5 → grades-3-5."""
    return key.replace("_", "-")


def lesson_at(address: str) -> Lesson | None:
    return lessons().get(address.replace("-", "_"))


def language_of(code: str) -> str:
    """`code` as a language that the lessons are written in, else the first."""
    known = [language for language, _name in settings.LANGUAGES]
    return code if code in known else known[0]


def form_address(organization: Organization) -> str:
    """What the QR code leads to: short enough to be typed from a poster."""
    return f"{settings.SSC_PUBLIC_URL}/r/{organization.slug}/"


def spoken_address(organization: Organization) -> str:
    """The same without what nobody types."""
    return form_address(organization).split("://", 1)[-1].rstrip("/")


def qr_code(organization: Organization, title: str) -> SafeString:
    """The QR code as SVG that scales with its place, titled for screen readers. Error correction "q": a
    quarter may be torn off or drawn on."""
    code = segno.make(form_address(organization), error="q", micro=False)
    # segno escapes the title; the rest is its own drawing.
    return mark_safe(  # noqa: S308
        code.svg_inline(
            border=4,
            omitsize=True,
            title=title,
            svgclass="qr-code",
            lineclass=None,
            dark="#000",
            light="#fff",
        )
    )


@dataclass(frozen=True)
class LessonLine:
    lesson: Lesson
    address: str
    languages: list[tuple[str, str]]  # code, name in that language


def lesson_lines() -> list[LessonLine]:
    """Every lesson with the languages it can be had in, in the order of the content."""
    languages = [(code, _own_name(code)) for code, _name in settings.LANGUAGES]
    return [LessonLine(lesson, address_of(key), languages) for key, lesson in lessons().items()]


def _own_name(code: str) -> str:
    return str(get_language_info(code)["name_local"]).capitalize()
