"""The page after sending. All but the receipt's words is the same for many reports, so it is drawn once and
kept; nothing anybody typed is kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape

from security_center.foundation.organizations.models import Organization
from security_center.prevention import content_loader as plan

from ..content_loader import danger_now
from .shared import Coverage, of_one_size

MOST_KEPT = 500
# Stand for the words until a reporter's own take their places. Of Unicode's private use: no word of ours or
# of a school's name has them.
_GAPS = [f"\ue000{number}\ue001" for number in range(32)]


@dataclass(frozen=True)
class Sent:
    """Everything that the page says but for the words. What is not in here cannot stand on it."""

    organization: Organization
    name: str
    slug: str
    language: str
    chosen: str
    coverage: Coverage
    promise: str
    new_words: bool
    in_danger: bool
    about_suicide: bool
    weapon: bool
    may_we_message: bool
    faults: tuple[str, ...]


_kept: dict[Sent, str] = {}


def page(request: HttpRequest, sent: Sent, words: list[str]) -> HttpResponse:
    drawn = _kept.get(sent)
    if drawn is None:
        drawn = _draw(request, sent, _GAPS[: len(words)])
        if not sent.faults:  # a fault names a reporter's file
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[sent] = drawn
    for gap, word in zip(_GAPS, words, strict=False):
        drawn = drawn.replace(gap, escape(word))
    return of_one_size(HttpResponse(drawn))


def _draw(request: HttpRequest, sent: Sent, words: list[str]) -> str:
    advice = danger_now()
    first = [key for key, true in (("suicide", sent.about_suicide), ("weapon", sent.weapon)) if true]
    context = {
        "organization": sent.organization,
        "words": words,
        "keep_words": plan.text("receipt_keep"),
        "new_words": sent.new_words,
        "faults": sent.faults,
        "advice": advice if sent.in_danger or sent.about_suicide else None,
        "in_danger": sent.in_danger,
        "situations": [advice.situations[key] for key in first],
        "further": [steps for key, steps in advice.situations.items() if key not in first],
        "promise": sent.promise,
        "coverage": sent.coverage,
        "next_steps": plan.anonymity_page().next_steps,
        "may_we_message": sent.may_we_message,
        "offline_worker": False,
    }
    return render_to_string("reporting/public/sent.html", context, request)
