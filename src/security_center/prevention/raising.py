"""Finds words that raise a report's urgency, in English and Spanish at once. It only ever raises.

Phrases come from raising_words.yaml, which also says how they are written. They are compiled once and looked up by the first
letters of each word, so that a report costs a fraction of a millisecond, however many phrases there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from .content_loader import RaisingEntry, Urgency, most_urgent, raising_words
from .content_reader import ContentFault

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_NOT_A_WORD = re.compile(r"[^a-z0-9\U0001F300-\U0001FAFF]+")
_EMOJI = re.compile(r"([\U0001F300-\U0001FAFF])")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
# Letters that pupils swap for signs to slip past filters: "k1ll", "b0mb", "su!c1de".
_SWAPPED = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "!": "i", "@": "a", "$": "s"})
# Begins only where a word begins and never gives letters back: a text of a million letters without a space costs no more than any other.
_SWAPPED_WORD = re.compile(r"(?<![a-z])[a-z]++(?:[013457!@$]++[a-z]++)+")
_KEY_LETTERS = 3
_WORDS_REMEMBERED = 20_000  # most texts say the same few words again and again; a flood of different ones must not fill the memory
_END = r"(?![a-z0-9])"
_FILLERS = r"(?: [^ ]+){0,4}?"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of an entry that stands in the text. `phrase` is the phrase of the content file, never what a reporter typed."""

    key: str
    phrase: str
    raises_to: Urgency
    category: str  # a hint: key of a category, or ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    hit: Hit
    pattern: re.Pattern[str]


_Index = dict[str, tuple[_Phrase, ...]]


def urgency_from_words(texts: Iterable[str]) -> tuple[Urgency | None, tuple[Hit, ...]]:
    """The most urgent level that the words of `texts` call for (None: no word raises), and one hit per entry and phrase.

    More text never lowers the result: each text is searched by itself, and every hit counts.
    """
    index = _index()
    found: dict[tuple[str, str], Hit] = {}
    for text in texts:
        for spelling in _spellings(text or ""):
            _search(spelling, index, found)
    hits = tuple(sorted(found.values(), key=lambda hit: (hit.raises_to, hit.key, hit.phrase)))
    return (most_urgent(*(hit.raises_to for hit in hits)) if hits else None), hits


def _search(spelling: str, index: _Index, found: dict[tuple[str, str], Hit]) -> None:
    position = 0
    seen: dict[str, tuple[_Phrase, ...]] = {}
    for word in spelling.split(" "):
        phrases = seen.get(word)
        if phrases is None:
            phrases = _beginning_with(word, index)
            if len(seen) < _WORDS_REMEMBERED:
                seen[word] = phrases
        for phrase in phrases:
            if (phrase.hit.key, phrase.hit.phrase) not in found and phrase.pattern.match(spelling, position):
                found[phrase.hit.key, phrase.hit.phrase] = phrase.hit
        position += len(word) + 1


def _beginning_with(word: str, index: _Index) -> tuple[_Phrase, ...]:
    if len(word) > _KEY_LETTERS + 1:
        return index.get(word[:_KEY_LETTERS], ())
    # A word of up to four letters may be the simple plural of a shorter first word ("ak", "aks").
    keys = {word[:length] for length in range(1, _KEY_LETTERS + 1)}
    return tuple(phrase for key in keys for phrase in index.get(key, ())) if word else ()


def _plain(text: str) -> str:
    """Small letters without accents or apostrophes; everything that is no letter, digit or emoji becomes one space."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_APOSTROPHES)
    if folded.isascii():
        return folded  # nothing to take away, and most texts are such
    return "".join(sign for sign in folded if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")


def _spaced(plain: str) -> str:
    return _NOT_A_WORD.sub(" ", _EMOJI.sub(r" \1 ", plain)).strip()


def _spellings(text: str) -> Iterator[str]:
    """The text as words, and, only where it differs, with drawn-out letters shortened and swapped letters put back."""
    plain = _plain(text)
    yield _spaced(plain)
    if _DRAWN_OUT.search(plain):
        yield _spaced(_DRAWN_OUT.sub(r"\1", plain))
        yield _spaced(_DRAWN_OUT.sub(r"\1\1", plain))
    if _SWAPPED_WORD.search(plain):
        yield _spaced(_SWAPPED_WORD.sub(lambda word: word.group().translate(_SWAPPED), plain))


def _word_pattern(word: str) -> str:
    if word.endswith("~"):
        return re.escape(word[:-1]) + "[a-z]*"
    if word.isalpha() and word.isascii():
        return re.escape(word) + "(?:e?s)?"
    return re.escape(word)


def _compiled(entry: RaisingEntry, phrase: str) -> Iterator[tuple[str, _Phrase]]:
    """The phrase under the first letters of each word it can begin with."""
    slots: list[list[str]] = []
    pattern = ""
    for slot in phrase.split():
        if slot == "…":
            if not slots:
                raise ContentFault(f"raising_words.yaml: {entry.key}: “{phrase}” begins with …")
            pattern += _FILLERS
            continue
        words = [_spaced(_plain(word.removesuffix("~"))) + ("~" if word.endswith("~") else "") for word in slot.split("/")]
        if any(not word.removesuffix("~") or " " in word or (word.endswith("~") and len(word) <= _KEY_LETTERS) for word in words):
            raise ContentFault(f"raising_words.yaml: {entry.key}: “{phrase}” holds a sign that cannot be matched")
        pattern += (" " if slots else "") + "(?:" + "|".join(map(_word_pattern, words)) + ")" + _END
        slots.append(words)
    compiled = _Phrase(Hit(entry.key, phrase, entry.raises_to, entry.category or ""), re.compile(pattern))
    for key in sorted({word.removesuffix("~")[:_KEY_LETTERS] for word in slots[0]}):
        yield key, compiled


@cache
def _index() -> _Index:
    index: defaultdict[str, list[_Phrase]] = defaultdict(list)
    for entry in raising_words().values():
        for phrase in (*entry.en, *entry.es):
            for key, compiled in _compiled(entry, phrase):
                index[key].append(compiled)
    return {key: tuple(phrases) for key, phrases in index.items()}
