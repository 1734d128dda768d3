"""Filters of the pages of the record of a case."""

from __future__ import annotations

from django import template

from .. import content_loader as content

register = template.Library()


@register.filter
def group_name(key: str) -> str:
    """A group of texts of a packet, in words."""
    found = content.packet_groups().get(key)
    return str(found.label) if found is not None else key
