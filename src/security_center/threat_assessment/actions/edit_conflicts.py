"""What several verbs refuse in the same way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.refusals import Refusal


class Unknown(Refusal):
    """No such prompt, kind of source or answer."""

    sentence = _lazy("One of the choices is not known any more. Choose again.")


class ChangedMeanwhile(Refusal):
    """Somebody else saved in between. `theirs` is the row as it lies there now, with its `version`; what was
    typed is still on the page."""

    sentence = _lazy(
        "Somebody else saved in between. Both texts are below: put together what is right, then save again."
    )

    def __init__(self, theirs: Any) -> None:
        super().__init__(str(theirs))
        self.theirs = theirs


def require_version(row: Any, version: int) -> None:
    """Whether the page showed what lies there now: 0 where nothing did. Raises ChangedMeanwhile."""
    if row.version != version:
        raise ChangedMeanwhile(row)
