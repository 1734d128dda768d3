"""Blinded look-ups: a keyed digest finds the same name, identifier or birth date again without the database holding it.

The key is one per district and kind, derived from the key file: districts cannot be compared with each other, and a thief of the database cannot
try out names.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from security_center.foundation.vault.provider import KeyProvider, provider
from security_center.foundation.vault.receipts import fold


def blind(*, district_id: int, kind: str, value: str) -> bytes:
    """The 32-byte token of `value` within one district, for a `BlindedTokenField`; b"" when nothing is left of it to look up.

    kind  "name"        words in any order, case, accents and punctuation aside
          "phonetic"    as "name", for words that sound alike in English or Spanish (“Jiménez” and “Gimenes”); pass the name itself
          "identifier"  letters and digits only
          "birth_date"  a date as 2012-05-30 (ValueError for another form: two forms of one date would never meet)
          "handle"      a name on a platform, without a leading @

    Raises `VaultLocked` without the key file, ValueError for an unknown kind.
    """
    normalize = _NORMALIZED.get(kind)
    if normalize is None:
        raise ValueError(f"There are no tokens of the kind “{kind}”.")
    plain = normalize(value)
    if not plain:
        return b""
    return hmac.digest(_key(provider(), district_id, kind), plain.encode(), "sha256")


@lru_cache(maxsize=1024)
def _key(keys: KeyProvider, district_id: int, kind: str) -> bytes:
    return keys.derive(f"blinded tokens/{district_id}/{kind}")


def _name(value: str) -> str:
    # An apostrophe joins (O'Brien, D’Angelo); every other mark separates (García-López, “Smith, Ann”).
    joined = re.sub(r"['’ʼ`]", "", fold(value))
    return " ".join(sorted("".join(mark if mark.isalnum() else " " for mark in joined).split()))


def _phonetic(value: str) -> str:
    return " ".join(sorted(filter(None, map(_sound, _name(value).split()))))


_SOUNDS = [(re.compile(pattern), sound) for pattern, sound in (
    (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^x", "s"), (r"^h(?=[aeiouy])", ""), (r"tch|ch", "x"), (r"sch|sh", "x"),
    (r"ph", "f"), (r"th", "t"), (r"gh(?=$|t)", ""), (r"gue|gui", "ki"), (r"qu|ck|q", "k"), (r"c(?=[eiy])", "s"), (r"c", "k"),
    (r"^j|g(?=[eiy])|j", "h"), (r"g", "k"), (r"z", "s"), (r"v", "b"), (r"w", "b"), (r"ll", "l"), (r"d(?=$)", "t"),
)]  # fmt: skip


def _sound(word: str) -> str:
    """The consonants that are heard: first letter's sound, then consonants, no doubles. Coarse on purpose: a person confirms each match."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    head, rest = word[:1], word[1:]
    heard = ("a" if head in "aeiouy" and head else head) + re.sub(r"[aeiouyh]", "", rest)
    return re.sub(r"(.)\1+", r"\1", heard)


def _identifier(value: str) -> str:
    return "".join(mark for mark in fold(value) if mark.isalnum())


def _birth_date(value: str) -> str:
    return date.fromisoformat(value.strip()).isoformat() if value.strip() else ""


def _handle(value: str) -> str:
    return "".join(fold(value).split()).lstrip("@")


_NORMALIZED: dict[str, Callable[[str], str]] = {
    "name": _name,
    "phonetic": _phonetic,
    "identifier": _identifier,
    "birth_date": _birth_date,
    "handle": _handle,
}
