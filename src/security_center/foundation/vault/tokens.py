"""Blinded look-ups: a keyed digest finds the same name, identifier or birth date again without the database
holding it.

The key is one per district and kind, derived from the key file: districts cannot be compared with each other,
and a thief of the database cannot try out names.

Where the key was exchanged, the key of each time makes a digest of the digest before it: what is stored can
be taken along without knowing what it is of, and the old key alone tells nothing about it. The first byte
then says how many exchanges it has seen."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from security_center.foundation.vault.provider import KeyProvider, provider
from security_center.foundation.vault.receipts import fold

DIGEST_BYTES = 32
# Signs of a name or a number; what follows is no part of one, and taking it apart would cost seconds
LONGEST = 1000


def blind(*, district_id: int, kind: str, value: str, realm: str = "") -> bytes:
    """The token of `value` within one district, for a `BlindedTokenField`; b"" when nothing is left of it to
    look up.

    realm "" is for whom reports are about; another realm has keys of its own, so that a thief cannot lay one
    list over the other.

    kind  "name"        words in any order, case, accents and punctuation aside
          "phonetic"    as "name", for words that sound alike in English or Spanish (“Jiménez” and “Gimenes”);
          pass the name itself "identifier"  letters and digits only "birth_date"  a date as 2012-05-30
          (ValueError for another form: two forms of one date would never meet) "handle"      a name on a
          platform, without a leading @ "content"     a whole text as it is, to tell whether it is the same as
          before without opening anything

    Raises `VaultLocked` without the key file, ValueError for an unknown kind.
    """
    return Blinder(district_id, realm).token(kind, value)


class Blinder:
    """The tokens of one district, for many values at once: the key file is looked at when it is made. Raises
    `VaultLocked`."""

    def __init__(self, district_id: int, realm: str = "") -> None:
        self._keys, self._district_id, self._realm = provider(), district_id, realm

    def token(self, kind: str, value: str) -> bytes:
        """As `blind`."""
        normalize = _NORMALIZED.get(kind)
        if normalize is None:
            raise ValueError(f"There are no tokens of the kind “{kind}”.")
        plain = normalize(value if kind == "content" else value[:LONGEST])
        if not plain:
            return b""
        first = self._keys.former[-1] if self._keys.former else self._keys
        key = _key(first, self._district_id, f"{self._realm}/{kind}" if self._realm else kind)
        return lifted(self._keys, hmac.digest(key, plain.encode("utf-8", "surrogatepass"), "sha256"))

    def all_of(self, values: Mapping[str, str]) -> list[tuple[str, bytes]]:
        """(kind, token) of everything that somebody may be found again by; a name also by its sound, and by
        its first word with each of its last two, so that “Ana García” finds Ana María García López."""
        found: dict[tuple[str, bytes], None] = {}
        for kind, value in values.items():
            for form in name_forms(value[:LONGEST]) if kind == "name" else [value]:
                found[kind, self.token(kind, form)] = None
                for spelling in _spellings(form) if kind == "name" else ():
                    found["phonetic", self.token("phonetic", spelling)] = None
        return [(kind, token) for kind, token in found if token]


def lifted(keys: KeyProvider, token: bytes) -> bytes:
    """The token as it is by the newest of `keys`; as it is when it is of that time already, or empty."""
    if token:
        age = token[0] if len(token) > DIGEST_BYTES else 0
        for number, key in enumerate(keys.lifting[age:], start=age + 1):
            token = bytes((number,)) + hmac.digest(key, token, "sha256")
    return token


def name_forms(name: str) -> list[str]:
    """The ways in which one name may be written down by different people: whole, and its first word with each
    of the last two."""
    family, comma, given = name.partition(",")
    words = (f"{given} {family}" if comma and given.strip() else name).split()
    short = [f"{words[0]} {last}" for last in words[max(1, len(words) - 2) :]] if len(words) > 2 else []
    return [name, *short]


def _spellings(name: str) -> list[str]:
    """The name, and where it has "sch" also as it is heard in English (“Schneider” is “Shneider”): by its
    own letters it sounds like “Scheherazade” in Spanish, and the two would never meet."""
    return list(dict.fromkeys((name, _SCH.sub("sh", name))))


_SCH = re.compile("sch", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _key(keys: KeyProvider, district_id: int, kind: str) -> bytes:
    return keys.derive(f"blinded tokens/{district_id}/{kind}")


@lru_cache(maxsize=1024)  # a name's token and its sound's are asked for one after the other
def _name(value: str) -> str:
    # An apostrophe joins (O'Brien, D’Angelo); every other mark separates (García-López, “Smith, Ann”).
    joined = re.sub(r"['’ʼ`]", "", fold(value))
    return " ".join(sorted("".join(mark if mark.isalnum() else " " for mark in joined).split()))


def _phonetic(value: str) -> str:
    return " ".join(sorted(filter(None, map(_sound, _name(value).split()))))


_SOUNDS = [(re.compile(pattern), sound) for pattern, sound in (
    (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^x", "s"), (r"^h(?=[aeiouy])", ""), (r"tch|ch", "x"),
    (r"sh", "x"),
    (r"ph", "f"), (r"th", "t"), (r"gh(?=$|t)", ""), (r"gue|gui", "ki"), (r"qu|ck|q", "k"),
    (r"c(?=[eiy])", "s"), (r"c", "k"),
    (r"^j|g(?=[eiy])|j", "h"), (r"g", "k"), (r"z", "s"), (r"v", "b"), (r"w", "b"), (r"ll", "l"),
    (r"d(?=$)", "t"),
)]  # fmt: skip


@lru_cache(maxsize=16_384)
def _sound(word: str) -> str:
    """The consonants that are heard: first letter's sound, then consonants, no doubles. Coarse on purpose: a
    person confirms each match."""
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
    "content": str,
}
