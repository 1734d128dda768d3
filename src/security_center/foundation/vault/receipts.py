"""The reporter's receipt: 80 random bits as eight plain words and a check word, and what is derived from it.

The words are the only way back to a report, so they are short, common, and far apart from each other: within
a language no two words are one typing slip apart, and no word is in both lists, so the language of a receipt
is plain from its words. The order of a list is for ever: a word that moved would make every receipt issued
before open nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings

from security_center.foundation import clock
from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken, VaultError

_LISTS = Path(__file__).parent / "content"
# The languages that have a list of words of their own
LANGUAGES = tuple(sorted(file.stem.rpartition("_")[2] for file in _LISTS.glob("receipt_words_*.txt")))
SECRET_BYTES = 10
BITS_PER_WORD = 10
DATA_WORDS = SECRET_BYTES * 8 // BITS_PER_WORD
WORDS = DATA_WORDS + 1
LIST_LENGTH = 1 << BITS_PER_WORD
SEED_HOURS = 24
SESSION_MINUTES = 20
MOST_TYPED = 400  # characters; longer is no receipt, and measuring distances on it would cost time


class ReceiptError(VaultError):
    """What was typed is no receipt."""


class ReceiptIncomplete(ReceiptError):
    """There are fewer or more words than a receipt has."""

    def __init__(self, count: int, expected: int = WORDS) -> None:
        super().__init__(f"A receipt has {expected} words; {count} were typed.")
        self.count = count
        self.expected = expected


class UnknownWord(ReceiptError):
    """A word that is in no list. `position` counts from 1; `suggestions` are the nearest words, best first,
    perhaps none."""

    def __init__(self, word: str, position: int, suggestions: list[str]) -> None:
        super().__init__(f"Word {position} is not a word of any receipt.")
        self.word = word
        self.position = position
        self.suggestions = suggestions


class CheckWordWrong(ReceiptError):
    """All words exist but do not belong together: one was mistaken for another, or two changed places. A
    typing mistake, not a wrong receipt."""


class BadSeed(VaultError):
    """The hidden field of a form was changed or is not ours."""


class SeedTooOld(BadSeed):
    """The form lay open for longer than a day, or somebody kept its hidden field for later. `instead` is a
    receipt for the same form that only this server can work out, so that what is sent twice stays one
    report."""

    def __init__(self, instead: Receipt) -> None:
        super().__init__("This form is too old.")
        self.instead = instead


class SessionOver(VaultError):
    """The reporter's twenty minutes are over, or the program was started anew."""


@lru_cache(maxsize=32)
def word_list(language: str) -> tuple[str, ...]:
    """The 1,024 words of a language, as shown. A language without a list of its own gets the English one."""
    code = language.split("-")[0].lower()
    path = _LISTS / f"receipt_words_{code if code in LANGUAGES else settings.LANGUAGE_CODE}.txt"
    words = tuple(path.read_text(encoding="utf-8").split())
    if len(words) != LIST_LENGTH:
        raise RuntimeError(f"{path.name} must hold {LIST_LENGTH} words, not {len(words)}.")
    return words


@lru_cache(maxsize=32)
def _places(language: str) -> dict[str, int]:
    return {fold(word): place for place, word in enumerate(word_list(language))}


def fold(text: str) -> str:
    """Lower case without accents, so that “Águila”, “aguila” and “AGUILA” are one word. ñ becomes n: many
    keyboards lack it."""
    return "".join(
        mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark)
    )


@dataclass(frozen=True)
class Receipt:
    """A receipt's secret (10 bytes) and everything derived from it by HKDF."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"A receipt's secret has {SECRET_BYTES} bytes.")

    @classmethod
    def new(cls) -> Receipt:
        return cls(os.urandom(SECRET_BYTES))

    @classmethod
    def from_text(cls, text: str) -> Receipt:
        """The receipt that was typed, in either language: any case, accents, commas, line breaks, numbers
        before words, spaces left out or added.

        Raises `ReceiptIncomplete`, `UnknownWord` (with the nearest words), `CheckWordWrong`.
        """
        typed = _typed_words(text)
        ranked = sorted(LANGUAGES, key=lambda language: -sum(word in _places(language) for word in typed))
        if len(typed) == WORDS:
            places = _places(ranked[0])
            if all(word in places for word in typed):
                return cls(_secret_of([places[word] for word in typed]))
        respaced = _without_regard_to_spaces("".join(typed), ranked)
        if len(respaced) == 1:
            return cls(_secret_of(respaced[0]))
        if len(typed) != WORDS:
            raise ReceiptIncomplete(len(typed))
        places = _places(ranked[0])
        position, word = next(
            (number, word) for number, word in enumerate(typed, start=1) if word not in places
        )
        raise UnknownWord(word, position, _nearest(word, ranked[0]))

    def words(self, language: str) -> list[str]:
        """The nine words in this language's list (English for a language that has none)."""
        shown = word_list(language)
        return [shown[place] for place in (*_numbers(self.secret), _check_number(self.secret))]

    def phrase(self, language: str) -> str:
        """The words in one line, to be written down or read out."""
        return " ".join(self.words(language))

    @cached_property
    def private_key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(sealing.derive(self.secret, "receipt/key pair"))

    @cached_property
    def public_key(self) -> X25519PublicKey:
        return self.private_key.public_key()

    @cached_property
    def _locator(self) -> bytes:
        return sealing.derive(self.secret, "receipt/locator")

    def locator(self) -> bytes:
        """What finds the report; never stored as it is."""
        return self._locator

    def locator_digest(self) -> bytes:
        """32 bytes: the stored form of the locator."""
        return hashlib.sha256(b"receipt locator" + self._locator).digest()

    def content_digest(self, content: bytes) -> bytes:
        """32 bytes that tell whether the same content came again; without the receipt they tell nothing of
        the content."""
        return hmac.digest(sealing.derive(self.secret, "receipt/content"), content, "sha256")


def seal_seed(receipt: Receipt) -> str:
    """The receipt as the form's hidden field, with the moment it was given: sealed under the server's secret,
    so it is neither readable nor inventable."""
    return _token(
        sealing.seal(
            _seed_key(), int(clock.now().timestamp()).to_bytes(8, "big") + receipt.secret, b"receipt seed"
        )
    )


def open_seed(token: str) -> Receipt:
    """The receipt of a form. Raises `BadSeed`, and `SeedTooOld` after a day: a form may lie open for an
    afternoon."""
    try:
        plain = sealing.open_sealed(_seed_key(), _untoken(token), b"receipt seed")
        receipt = Receipt(plain[8:])
    except (SealBroken, ValueError):
        raise BadSeed("This form is not one of ours.") from None
    # One from the future was given by a clock that was ahead, and would never age: it fails closed.
    if not -60 <= clock.now().timestamp() - int.from_bytes(plain[:8], "big") <= SEED_HOURS * 3600:
        raise SeedTooOld(
            Receipt(
                hmac.digest(_seed_key(), b"instead of an old one" + receipt.secret, "sha256")[:SECRET_BYTES]
            )
        )
    return receipt


def seal_session(receipt: Receipt) -> str:
    """The value of a returning reporter's cookie. It opens only while this start of the system lasts, and
    only for twenty minutes."""
    ends = int((clock.now() + timedelta(minutes=SESSION_MINUTES)).timestamp())
    return _token(sealing.seal(_session_key(), ends.to_bytes(8, "big") + receipt.secret, b"receipt session"))


def open_session(token: str) -> Receipt:
    """The receipt of a returning reporter. Raises `SessionOver`."""
    try:
        plain = sealing.open_sealed(_session_key(), _untoken(token), b"receipt session")
        receipt = Receipt(plain[8:])
    except (SealBroken, ValueError):
        raise SessionOver("Please type the receipt again.") from None
    left = datetime.fromtimestamp(int.from_bytes(plain[:8], "big"), UTC) - clock.now()
    # More than it was ever given was given by a clock that was ahead: it fails closed.
    if not timedelta(0) < left <= timedelta(minutes=SESSION_MINUTES + 1):
        raise SessionOver("Please type the receipt again.")
    return receipt


def _seed_key() -> bytes:
    return sealing.derive_from_setting(settings.SECRET_KEY, "receipt seed")


def _session_key() -> bytes:
    return sealing.derive_from_setting(settings.SSC_SESSION_SECRET, "receipt session")


def _token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _untoken(token: str) -> bytes:
    if len(token) > 200 or not token.isascii():
        raise ValueError
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError from None
    if _token(raw) != token:  # one text for each token: whoever left is remembered by it
        raise ValueError
    return raw


def _numbers(secret: bytes) -> list[int]:
    whole = int.from_bytes(secret, "big")
    return [whole >> BITS_PER_WORD * place & LIST_LENGTH - 1 for place in reversed(range(DATA_WORDS))]


def _check_number(secret: bytes) -> int:
    return (
        int.from_bytes(hashlib.sha256(b"receipt check word" + secret).digest()[:2], "big")
        >> 16 - BITS_PER_WORD
    )


def _joined(numbers: list[int]) -> bytes:
    whole = 0
    for number in numbers[:DATA_WORDS]:
        whole = whole << BITS_PER_WORD | number
    return whole.to_bytes(SECRET_BYTES, "big")


def _secret_of(numbers: list[int]) -> bytes:
    secret = _joined(numbers)
    if _check_number(secret) != numbers[DATA_WORDS]:
        raise CheckWordWrong(
            "These words do not belong together. One of them may be mistyped, or two may have changed places."
        )
    return secret


def _typed_words(text: str) -> list[str]:
    """Runs of letters. Everything else (commas, numbers, dots, line breaks, hyphens) only separates."""
    folded = fold(text[:MOST_TYPED])
    return "".join(mark if mark.isalpha() else " " for mark in folded).split()


def _without_regard_to_spaces(letters: str, languages: list[str]) -> list[list[int]]:
    """The ways to cut the letters, however spaced, into nine words: those that agree with their check word if
    there are any, else all."""
    ways: list[list[int]] = []
    for language in languages:
        places = _places(language)
        longest = max(map(len, places))
        if len(letters) > WORDS * longest:
            continue
        cuts: list[list[list[int]]] = [[] for _ in range(len(letters) + 1)]
        cuts[0].append([])
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - longest), end):
                number = places.get(letters[start:end])
                if number is not None:
                    cuts[end].extend([*head, number] for head in cuts[start][:64] if len(head) < WORDS)
        ways += [numbers for numbers in cuts[-1] if len(numbers) == WORDS]
    return [numbers for numbers in ways if numbers[DATA_WORDS] == _check_number(_joined(numbers))] or ways


def _nearest(word: str, language: str, most: int = 4) -> list[str]:
    """The words of the list within two typing slips, nearest first. At most four are one slip from anything
    typed, so the one meant is among them."""
    shown = word_list(language)
    near = sorted(
        (distance, place)
        for other, place in _places(language).items()
        if (distance := slips(word, other)) <= 2
    )
    return [shown[place] for _distance, place in near[:most]]


def slips(left: str, right: str) -> int:
    """Typing slips between two words: letters added, left out, changed, or two neighbours that changed
    places."""
    if abs(len(left) - len(right)) > 3:
        return abs(len(left) - len(right))
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        following = [i]
        for j, b in enumerate(right, start=1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]
