"""A refusal that a page can say in one sentence."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class Fault(Exception):
    """The action was refused; nothing was changed. `sentence` says what to do; `field` names the form field it belongs to, if one does."""

    sentence: str | Promise = ""
    field: str | None = None

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(type(self).__name__)

    def __str__(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)
