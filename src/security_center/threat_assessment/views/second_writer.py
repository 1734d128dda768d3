"""Two people write the same text: the second sees both, and of neither is anything lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.records import OpenRecord

from ..actions.edit_conflicts import ChangedMeanwhile

LiesThere = Callable[[Any], Mapping[str, str]]


def keep[T](
    request: HttpRequest,
    save: Callable[..., T],
    given: dict[str, Any],
    lies: LiesThere,
    latest: Callable[[], Any],
) -> T:
    """`save(**given)`. `lies`: the texts of a row by the names they have in `given`; `latest`: the row as it
    lies there now.

    With the button “Save both”, what the other wrote stays and the lines that only stand here follow it.
    Raises ChangedMeanwhile."""
    if "both" in request.POST:
        given = {**given, **{name: both(text, given[name]) for name, text in lies(latest()).items()}}
    try:
        return save(**given)
    except ChangedMeanwhile as refusal:
        if not all(given[name].startswith(text) for name, text in lies(refusal.theirs).items()):
            raise
        # What lies there is the beginning of what is typed here: an earlier saving whose answer got lost on
        # the way.
        return save(**{**given, "version": refusal.theirs.version})


def both(theirs: str, mine: str) -> str:
    """Their text, and below it each line of mine that it does not hold: of neither is anything lost."""
    held = set(theirs.splitlines())
    added = [line for line in mine.splitlines() if line not in held]
    return "\n".join([theirs, *added]) if theirs else mine


def theirs_of(
    row: Any, opened: OpenRecord, form: forms.Form, names: Iterable[str], by: Any
) -> dict[str, Any]:
    """What threat_assessment/_theirs.html shows of the other's text: who, and each text under the label of
    its field."""
    texts = shown_all(opened, row, names)
    return {"by": by, "texts": [(form.fields[name].label, text) for name, text in texts.items() if text]}
