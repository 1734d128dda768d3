"""Finds words that raise a report's urgency, in each language at once. It only ever raises.

Phrases come from raising_words.yaml, which also says how they are written. They are compiled once and looked
up by their first two words, so that a report costs a fraction of a millisecond, however many phrases there
are.

Anybody may send a megabyte and a half of whatever costs most. So a text is folded and searched in pieces,
each sign by itself (one sign of Unicode can stand for eighteen), and the number of phrases that are tried is
bounded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from string import ascii_lowercase

from security_center.foundation.content_reader import ContentFault

from .content_loader import RaisingEntry, Urgency, most_urgent, raising_words

PIECE = 16_384  # signs of a text that are folded at once
MOST_TRIES = (
    40_000  # beginnings of phrases that are followed up in one text; a page of ordinary words has about fifty
)
# Most texts say the same few words again and again; a flood of different ones must not fill the memory
_PAIRS_REMEMBERED = 20_000
_LONGEST_PHRASE = 24  # words, those between included
_LONGEST_WORD = 200  # letters; a longer run of letters and signs is no word that anybody wrote
_APOSTROPHES = frozenset("'’‘`´ʼ")
_EMOJI = range(0x1F300, 0x1FB00)
_CAPITALS = str.maketrans("0123456789ABCDEF", "GHIJKLMNOPABCDEF")
_BETWEEN = " ,.;:-/"  # of the signs that stand between words, those that no word is written with
_SIGNS = dict.fromkeys((code for code in range(128) if not chr(code).isalnum()), " ")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
# Letters that pupils swap for signs to slip past filters: "k1ll", "b0mb", "su!c1de".
_SWAPPED = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "!": "i", "@": "a", "$": "s"}
)
# Begins only where a word begins and never gives letters back: a text of a million letters without a space
# costs no more than any other.
_SWAPPED_WORD = re.compile(r"(?<![a-z])[a-z]++(?:[013457!@$]++[a-z]++)+")
_KEY_LETTERS = 3
_END = r"(?![a-z0-9])"
_FILLERS = r"(?: [^ ]+){0,4}?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of an entry that stands in the text. `phrase` is the phrase of the content file, never what a
    reporter typed."""

    key: str
    phrase: str
    raises_to: Urgency
    category: str  # a hint: key of a category, or ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    hit: Hit
    pattern: re.Pattern[str] | None  # None where the words it was found by are all of it


class _ByWord[Kept]:
    """What is kept for a word as the content file writes words: the word and its simple plurals, or ("~") any
    ending."""

    def __init__(self) -> None:
        self._whole: dict[str, Kept] = {}
        self._begun: dict[str, dict[str, Kept]] = {}  # by the first letters

    def at(self, word: str, fresh: Callable[[], Kept]) -> Iterator[Kept]:
        """The place of each form of `word`, made where there is none."""
        if word.endswith("~"):
            yield self._begun.setdefault(word[:_KEY_LETTERS], {}).setdefault(word[:-1], fresh())
        else:
            for form in (word, f"{word}s", f"{word}es") if word.isalpha() and word.isascii() else (word,):
                yield self._whole.setdefault(form, fresh())

    def of(self, word: str) -> list[Kept]:
        kept = [self._whole[word]] if word in self._whole else []
        if begun := self._begun.get(word[:_KEY_LETTERS]):
            kept += [
                some
                for start, some in begun.items()
                if word.startswith(start) and not word[len(start) :].strip(ascii_lowercase)
            ]
        return kept

    def of_all(self, words: set[str]) -> dict[str, list[Kept]]:
        """What is kept for those of `words` that anything is kept for."""
        perhaps = [word for word in words if word in self._whole or word[:_KEY_LETTERS] in self._begun]
        return {word: kept for word in perhaps if (kept := self.of(word))}


class _Beginning:
    """The phrases that a word begins: those that it opens alone, and the others by their second word."""

    def __init__(self) -> None:
        self.alone: list[_Phrase] = []
        self.by_second: _ByWord[list[_Phrase]] = _ByWord()
        self.all: list[_Phrase] = []


def urgency_from_words(texts: Iterable[str]) -> tuple[Urgency | None, tuple[Hit, ...]]:
    """The most urgent level that the words of `texts` call for (None: no word raises), and one hit per entry
    and phrase.

    More text never lowers the result: each text is searched by itself, and every hit counts.
    """
    found: dict[tuple[str, str], Hit] = {}
    for text in texts:
        if text:
            _Search(found).text(text)
    hits = tuple(sorted(found.values(), key=lambda hit: (hit.raises_to, hit.key, hit.phrase)))
    return (most_urgent(*(hit.raises_to for hit in hits)) if hits else None), hits


class _Search:
    """The search through one text. After `MOST_TRIES` the first word of a phrase counts as all of it: nothing
    of a long text is passed over."""

    def __init__(self, found: dict[tuple[str, str], Hit]) -> None:
        self._found = found
        self._index = _index()
        self._opened: dict[
            tuple[str, str], list[_Phrase]
        ] = {}  # by two words that begin them; others have to end them
        self._counted: set[str] = set()
        self._tries = 0

    def text(self, text: str) -> None:
        ends: list[list[str]] = [[], [], [], []]  # a phrase may begin in one piece and end in the next
        for plain in _pieces(text):
            spellings = _spellings(plain)
            for number, words in enumerate(spellings):
                if not number or words is not spellings[0] or ends[number] != ends[0]:
                    self._look_through([*ends[number], *words])
            ends = [[*end, *words][-_LONGEST_PHRASE:] for end, words in zip(ends, spellings, strict=True)]

    def _look_through(self, words: list[str]) -> None:
        begun = self._index.of_all(set(words))
        for position, word in enumerate(words):
            if word not in begun or word in self._counted:
                continue
            if self._tries > MOST_TRIES:
                self._counted.add(word)
                for beginning in begun[word]:
                    self._note(beginning.all)
                continue
            pair = (word, words[position + 1] if position + 1 < len(words) else "")
            opened = self._opened.get(pair)
            if opened is None:
                opened = self._opened_by(begun[word], pair[1])
                if len(self._opened) < _PAIRS_REMEMBERED:
                    self._opened[pair] = opened
            if opened:
                self._try(opened, " ".join(words[position : position + _LONGEST_PHRASE]))

    def _opened_by(self, beginnings: list[_Beginning], second: str) -> list[_Phrase]:
        """The phrases that two words begin and others have to end. What they are all of is found."""
        self._tries += 1
        phrases = [
            phrase for one in beginnings for some in (one.alone, *one.by_second.of(second)) for phrase in some
        ]
        self._note(phrase for phrase in phrases if phrase.pattern is None)
        return [phrase for phrase in phrases if phrase.pattern is not None]

    def _try(self, opened: list[_Phrase], said: str) -> None:
        self._tries += len(opened)
        found = [phrase for phrase in opened if phrase.pattern is not None and phrase.pattern.match(said)]
        self._note(found)
        for phrase in found:
            opened.remove(phrase)

    def _note(self, phrases: Iterable[_Phrase]) -> None:
        for phrase in phrases:
            self._found[phrase.hit.key, phrase.hit.phrase] = phrase.hit


class _Folded(dict[int, str | None]):
    """One sign → small letters without accents or apostrophes, or signs of ASCII; a space for anything else.
    An emoji becomes a word of capitals, which no other sign does, since a text that is all ASCII is searched
    several times as fast."""

    def __missing__(self, code: int) -> str | None:
        if code >= 0x20000 and code >> 12 != 0xE0:
            return " "  # signs of writings that no phrase is written in; each kept would fill the memory
        return self.setdefault(code, self._fold(chr(code)))

    @staticmethod
    def _fold(sign: str) -> str | None:
        if ord(sign) in _EMOJI:
            return f" {format(ord(sign), 'X').translate(_CAPITALS)} "
        signs = unicodedata.normalize("NFKD", sign.casefold())
        kept = [
            one
            for one in signs
            if one not in _APOSTROPHES
            and not unicodedata.combining(one)
            and unicodedata.category(one) != "Cf"
        ]
        plain = "".join(one if one.isascii() and one.isprintable() else " " for one in kept)
        return (plain if plain.strip() else " ") if kept else None


_FOLDED = _Folded()


def _pieces(text: str) -> Iterator[str]:
    """The folded text in pieces that end where a word ends."""
    rest = ""
    for start in range(0, len(text), PIECE):
        plain = rest + text[start : start + PIECE].translate(_FOLDED)
        end = max(map(plain.rfind, _BETWEEN)) + 1 or len(plain)  # nobody wrote a word as long as a piece
        yield plain[:end]
        rest = plain[end:]
    yield rest


def _words(plain: str) -> list[str]:
    return [word[:_LONGEST_WORD] for word in plain.translate(_SIGNS).split()]


def _spellings(plain: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """The words as they stand, twice with drawn-out letters shortened, and with swapped letters put back;
    where nothing differs, the same list."""
    words = once = twice = swapped = _words(plain)
    if _DRAWN_OUT.search(plain):
        once, twice = _words(_DRAWN_OUT.sub(r"\1", plain)), _words(_DRAWN_OUT.sub(r"\1\1", plain))
    if _SWAPPED_WORD.search(plain):
        swapped = _words(_SWAPPED_WORD.sub(lambda word: word.group().translate(_SWAPPED), plain))
    return words, once, twice, swapped


def _word_pattern(word: str) -> str:
    if word.endswith("~"):
        return re.escape(word[:-1]) + "[a-z]*"
    if word.isalpha() and word.isascii():
        return re.escape(word) + "(?:e?s)?"
    return re.escape(word)


def _enter(entry: RaisingEntry, phrase: str, index: _ByWord[_Beginning]) -> None:
    """The phrase under each word that it can begin with, and each that can come second."""
    slots: list[list[str]] = []
    pattern = ""
    for slot in phrase.split():
        if slot == "…":
            if not slots:
                raise ContentFault(f"raising_words.yaml: {entry.key}: “{phrase}” begins with …")
            pattern += _FILLERS
            continue
        words = [
            " ".join(_words(word.removesuffix("~").translate(_FOLDED))) + ("~" if word.endswith("~") else "")
            for word in slot.split("/")
        ]
        if any(
            not word.removesuffix("~") or " " in word or (word.endswith("~") and len(word) <= _KEY_LETTERS)
            for word in words
        ):
            raise ContentFault(
                f"raising_words.yaml: {entry.key}: “{phrase}” holds a sign that cannot be matched"
            )
        pattern += (" " if slots else "") + "(?:" + "|".join(map(_word_pattern, words)) + ")" + _END
        slots.append(words)
    alone = len(slots) == 1 or phrase.split()[1] == "…"
    whole = len(slots) == (1 if alone else 2) and "…" not in phrase
    compiled = _Phrase(
        Hit(entry.key, phrase, entry.raises_to, entry.category or ""), None if whole else re.compile(pattern)
    )
    for word in slots[0]:
        for beginning in index.at(word, _Beginning):
            beginning.all.append(compiled)
            if alone:
                beginning.alone.append(compiled)
                continue
            for second in slots[1]:
                for phrases in beginning.by_second.at(second, list):
                    phrases.append(compiled)


@cache
def _index() -> _ByWord[_Beginning]:
    index: _ByWord[_Beginning] = _ByWord()
    for entry in raising_words().values():
        for phrase in chain.from_iterable(entry.words.values()):
            _enter(entry, phrase, index)
    return index
