"""Codes of this room as sentences, for templates."""

from django import template

from security_center.foundation import languages
from security_center.prevention import wording

register = template.Library()
register.filter("missing_in_words", wording.missing_in_words)


@register.filter
def language_in_a_sentence(code: str) -> str:
    return languages.in_a_sentence(code)
