"""Codes of this room as sentences, for templates."""

from django import template

from security_center.prevention import wording

register = template.Library()
register.filter("missing_in_words", wording.missing_in_words)
