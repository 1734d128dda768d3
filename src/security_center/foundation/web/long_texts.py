"""Texts of many pages, drawn so that they cost no more than they must.

One emoji makes Python take four bytes for every sign of a text, and a page is copied as often as its
templates lie within each other: two megabytes that somebody typed took a hundred. A long text is written out
in ASCII instead, its other signs by their numbers."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import defaultfilters
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.text import normalize_newlines

LONG = 10_000  # signs

register = template.Library()
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}  # & first


def written_out(text: str) -> SafeString:
    """`text` as HTML that is all ASCII; at most five times as long."""
    for sign, escape in _ESCAPES.items():
        text = text.replace(sign, escape)
    return mark_safe(text.encode("ascii", "xmlcharrefreplace").decode("ascii"))  # noqa: S308 - escaped in the line above


@register.filter(is_safe=True, needs_autoescape=True)
def linebreaksbr(value: Any, autoescape: bool = True) -> SafeString:
    """Django's filter; it takes its place in every template (setting TEMPLATES)."""
    if isinstance(value, SafeData) or not isinstance(value, str) or len(value) <= LONG or not autoescape:
        return defaultfilters.linebreaksbr(value, autoescape)
    return mark_safe(written_out(normalize_newlines(value)).replace("\n", "<br>"))  # noqa: S308 - escaped by written_out
