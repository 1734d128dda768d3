"""Filters of the pages of figures."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..intervals import is_different

register = template.Library()


def _number(value: float, places: int) -> str:
    return number_format(value, decimal_pos=places)


def _percent(value: float) -> str:
    return f"{_number(value * 100, 0)}%"


def _days(value: float) -> str:
    return ngettext("%(count)s day", "%(count)s days", round(value)) % {
        "count": _number(value, 0 if value == round(value) else 1)
    }


@register.filter
def figure(cell: dict[str, Any], unit: str) -> str:
    """The value of a cell in words: 23%, 1.8 times, 14 days. "" where it has none."""
    value = cell.get("value")
    if value is None:
        return ""
    if unit == "share":
        return _percent(value)
    if unit == "ratio":
        return _("%(ratio)s times") % {"ratio": _number(value, 1)}
    return _days(value)


@register.filter
def ninetieth(cell: dict[str, Any]) -> str:
    """How long nine of ten took at most, with its unit. "" where it is not known."""
    value = cell.get("ninetieth")
    return "" if value is None else _days(value)


@register.filter
def interval(cell: dict[str, Any], unit: str) -> str:
    """The range that holds the true value with 95%."""
    if cell.get("value") is None:
        return ""
    low, high = cell["low"], cell["high"]
    if unit == "share":
        return _("%(low)s to %(high)s") % {"low": _percent(low), "high": _percent(high)}
    places = 1 if unit == "ratio" or low != round(low) or high != round(high) else 0
    return _("%(low)s to %(high)s") % {"low": _number(low, places), "high": _number(high, places)}


@register.filter
def beyond_chance(cell: dict[str, Any]) -> bool:
    """Whether a ratio differs from 1 by more than chance explains."""
    return cell.get("value") is not None and is_different(cell["low"], cell["high"])
