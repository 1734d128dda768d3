"""Turning an untrusted file into a copy that says nothing about who made it, in a process that can do nothing
else.

    kind = identify(first_bytes, name, declared)
    cleaning = clean_stream(chunks, kind)
    for piece in cleaning: ...          # keep aside
    if cleaning.result.outcome is not Outcome.CLEANED: ...   # throw the pieces away

Free of Django but for `reasons`, which holds the sentence for each code: the child imports this package.
"""

from security_center.foundation.cleaning.limits import Limits
from security_center.foundation.cleaning.results import CleanResult, Code, Outcome
from security_center.foundation.cleaning.stream import AlreadyRead, NotFinished, clean_stream

from .kinds import KINDS, identify

__all__ = [
    "KINDS",
    "AlreadyRead",
    "CleanResult",
    "Code",
    "Limits",
    "NotFinished",
    "Outcome",
    "clean_stream",
    "identify",
]
