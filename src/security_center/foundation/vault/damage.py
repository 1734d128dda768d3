"""A sealed value that does not open: its bytes were changed where they are stored. A page shows the rest and
says so in the value's place.

That it was met is noted beside the database, so that the first page and the desk can say it to everybody; who
mends it restores a backup elsewhere."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.utils.translation import gettext, override

from security_center.foundation.clock import now
from security_center.foundation.sqlite import damage

log = logging.getLogger("security_center.vault")

FILE_NAME = "damaged-values.json"
# After a value was met last: no look at everything that is stored says when all is whole again
SAID_FOR = timedelta(days=7)
SAID_AGAIN = timedelta(hours=1)
_here: ContextVar[bool] = ContextVar("damaged_value_on_this_page", default=False)


def sentence() -> str:
    """What stands in the place of a value."""
    return gettext("This part cannot be read: it is damaged.")


def is_sentence(text: str | None) -> bool:
    """Whether a form brought the sentence back, in whatever language: it must not be kept as what somebody
    wrote."""
    if not text:
        return False
    for code, _name in settings.LANGUAGES:
        with override(code):
            if text.strip() == sentence():
                return True
    return False


def note(what: str) -> None:
    """Remember that a value of that kind (a column, or "a key") did not open."""
    _here.set(True)
    met = damage.noted(FILE_NAME)
    if met is None or abs(now() - met) > SAID_AGAIN:
        log.error("a sealed value is damaged: %s", what)
        damage.write_note(FILE_NAME)


def since() -> datetime | None:
    """When a damaged value was met last, to the hour; None when none was for a week."""
    met = damage.noted(FILE_NAME)
    return met if met is not None and now() - met < SAID_FOR else None


def is_on_this_page() -> bool:
    """Whether one was met while this request was answered."""
    return _here.get()


def _another_page(**_kwargs: Any) -> None:
    _here.set(False)


request_started.connect(_another_page, dispatch_uid="vault.damage")
