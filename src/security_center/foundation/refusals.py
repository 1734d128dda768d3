"""A refused act: what was asked cannot be done as things stand, and nothing was changed; and how a page says
so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise


class Refusal(Exception):
    """Each kind is a class of its own beside the action that raises it.

    `sentence` says what to do instead, with places for `values`. `fields` are those of a form that it may be
    about, the likeliest first; with `each_field` it is about all of them. A page says it by
    `foundation.web.refusals`."""

    sentence: str | Promise = ""
    fields: tuple[str, ...] = ()
    each_field = False

    def __init__(self, *details: object, **values: Any) -> None:
        super().__init__(*details)
        self.values = values

    def __str__(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)


def blame(form: Any, refusal: Refusal) -> None:
    """Put the sentence beside the field it is about, so that what was typed stays; above all fields where the
    form has none of them. The form keeps the refusal, for a page that has more to say of it."""
    form.refusal = refusal
    there = [name for name in refusal.fields if name in form.fields]
    for name in there if refusal.each_field else there[:1]:
        form.add_error(name, str(refusal))
    if not there:
        form.add_error(None, str(refusal))


def tell(request: HttpRequest, refusal: Refusal) -> None:
    """An act without a form was refused: say so above the page that comes next."""
    messages.error(request, str(refusal))
