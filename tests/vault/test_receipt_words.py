import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_center.foundation.clock import clock_at
from security_center.foundation.vault import receipts
from security_center.foundation.vault.receipts import (
    LANGUAGES,
    BadSeed,
    CheckWordWrong,
    Receipt,
    ReceiptIncomplete,
    SeedTooOld,
    SessionOver,
    UnknownWord,
    fold,
    open_seed,
    open_session,
    seal_seed,
    seal_session,
    slips,
    word_list,
)

secrets = st.binary(min_size=10, max_size=10)
languages = st.sampled_from(LANGUAGES)


def test_the_lists_are_the_ones_that_receipts_were_issued_from() -> None:
    """A word moved or replaced makes every receipt that was ever written down lead nowhere. These digests
    must never change."""
    digests = {
        language: hashlib.sha256(" ".join(word_list(language)).encode()).hexdigest() for language in LANGUAGES
    }
    assert digests == {
        "en": "ab307d248ec88ca7f913e126e1801fc30d74244f73ece0d5521f9686dd2da6a8",
        "es": "8414830220aae08d4e36afafef6537f93ad5950031a601811e30ecec8a4e529e",
    }


@pytest.mark.long
def test_within_a_list_four_letters_tell_any_two_words_apart_and_so_does_one_slip() -> None:
    for language in LANGUAGES:
        words = [fold(word) for word in word_list(language)]
        assert len(words) == 1024
        assert all(4 <= len(word) <= 10 and word.isascii() and word.isalpha() for word in words)
        assert len({word[:4] for word in words}) == 1024
        assert [
            (a, b)
            for place, a in enumerate(words)
            for b in words[:place]
            if abs(len(a) - len(b)) < 2 and slips(a, b) < 2
        ] == []


def test_no_word_is_in_both_lists() -> None:
    assert {fold(word) for word in word_list("en")} & {fold(word) for word in word_list("es")} == set()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("lemon", "lemon", 0),
        ("lemn", "lemon", 1),
        ("lemmon", "lemon", 1),
        ("leomn", "lemon", 1),
        ("melon", "lemon", 2),
    ],
)
def test_a_slip_is_a_letter_added_left_out_changed_or_swapped(left: str, right: str, expected: int) -> None:
    assert slips(left, right) == expected


@given(secret=secrets, language=languages, data=st.data())
def test_a_receipt_is_read_however_messily_it_is_typed(
    secret: bytes, language: str, data: st.DataObject
) -> None:
    typed = ""
    for number, word in enumerate(Receipt(secret).words(language), start=1):
        how = data.draw(st.sampled_from([str.upper, str.title, str.lower, fold]))
        between = data.draw(
            st.sampled_from([" ", "  ", ", ", "\n", " - ", ".", "\t", f" {number}. ", "\u00a0", ""])
        )
        typed += between + how(word)
    assert Receipt.from_text(typed).secret == secret


@given(secret=secrets, language=languages, word=st.integers(0, 8), at=st.integers(1, 3))
def test_a_space_inside_a_word_does_not_matter(secret: bytes, language: str, word: int, at: int) -> None:
    words = Receipt(secret).words(language)
    words[word] = words[word][:at] + " " + words[word][at:]
    assert Receipt.from_text(" ".join(words)).secret == secret


@given(secret=secrets, language=languages, place=st.integers(0, 8), data=st.data())
def test_a_mistyped_word_is_named_with_the_word_that_was_meant(
    secret: bytes, language: str, place: int, data: st.DataObject
) -> None:
    words = Receipt(secret).words(language)
    meant = words[place]
    letters = list(fold(meant))
    spot = data.draw(st.integers(1, len(letters) - 1))
    slip = data.draw(st.sampled_from(["left out", "doubled", "swapped", "wrong"]))
    if slip == "left out":
        del letters[spot]
    elif slip == "doubled":
        letters.insert(spot, letters[spot])
    elif slip == "swapped" and letters[spot] != letters[spot - 1]:
        letters[spot - 1], letters[spot] = letters[spot], letters[spot - 1]
    else:
        letters[spot] = "x" if letters[spot] != "x" else "q"
    words[place] = "".join(letters)
    with pytest.raises(UnknownWord) as caught:
        Receipt.from_text(" ".join(words))
    assert caught.value.position == place + 1
    assert caught.value.word == "".join(letters)
    assert meant in caught.value.suggestions


def test_a_word_like_no_other_has_no_suggestions() -> None:
    words = Receipt.new().words("en")
    words[4] = "qqqqqqqqqq"
    with pytest.raises(UnknownWord) as caught:
        Receipt.from_text(" ".join(words))
    assert (caught.value.word, caught.value.position, caught.value.suggestions) == ("qqqqqqqqqq", 5, [])


@given(secret=secrets, language=languages, count=st.integers(0, 8))
def test_too_few_words_are_counted(secret: bytes, language: str, count: int) -> None:
    with pytest.raises(ReceiptIncomplete) as caught:
        Receipt.from_text(" ".join(Receipt(secret).words(language)[:count]))
    assert (caught.value.count, caught.value.expected) == (count, 9)


def test_too_many_words_are_counted_too() -> None:
    with pytest.raises(ReceiptIncomplete) as caught:
        Receipt.from_text(Receipt.new().phrase("en") + " lemon")
    assert caught.value.count == 10


def test_two_words_that_changed_places_are_a_typing_mistake_with_or_without_spaces() -> None:
    receipt = Receipt(bytes(range(10)))
    words = receipt.words("en")
    words[0], words[1] = words[1], words[0]
    for between in (" ", ""):
        with pytest.raises(CheckWordWrong):
            Receipt.from_text(between.join(words))


def test_a_word_mistaken_for_another_is_told_from_a_wrong_receipt_almost_always() -> None:
    receipt = Receipt(bytes(10))
    caught = 0
    for word in word_list("en")[1:]:
        words = receipt.words("en")
        words[3] = word
        try:
            Receipt.from_text(" ".join(words))
        except CheckWordWrong:
            caught += 1
    assert caught >= 1018  # of 1,023; the check word has ten bits


def test_a_wrong_but_well_typed_receipt_is_another_receipt_not_an_error() -> None:
    other = Receipt.new()
    assert (
        Receipt.from_text(other.phrase("es")).locator_digest()
        == other.locator_digest()
        != Receipt.new().locator_digest()
    )


@pytest.mark.parametrize(
    "text", ["", "   ", "1234 5678", "x" * 100_000, "lemon " * 50_000, "\u0301" * 500, "🙂" * 9, "ﬃ" * 300]
)
def test_anything_else_that_is_typed_is_refused_quickly_and_by_name(text: str) -> None:
    with pytest.raises(receipts.ReceiptError):
        Receipt.from_text(text)


def test_a_language_without_a_list_shows_the_english_words() -> None:
    receipt = Receipt.new()
    assert receipt.words("vi") == receipt.words("en") == receipt.words("en-us")
    assert receipt.words("es-mx") == receipt.words("es")


@given(secret=secrets)
def test_what_is_derived_is_the_same_each_time_and_differs_by_purpose(secret: bytes) -> None:
    once, twice = Receipt(secret), Receipt(secret)
    assert once.locator() == twice.locator()
    assert once.locator_digest() == twice.locator_digest()
    assert once.private_key.private_bytes_raw() == twice.private_key.private_bytes_raw()
    assert (
        once.content_digest(b"words") == twice.content_digest(b"words") != once.content_digest(b"other words")
    )
    assert (
        len(
            {
                once.locator(),
                once.locator_digest(),
                once.private_key.private_bytes_raw(),
                once.public_key.public_bytes_raw(),
            }
        )
        == 4
    )


def test_the_same_content_under_two_receipts_has_two_digests() -> None:
    assert Receipt.new().content_digest(b"words") != Receipt.new().content_digest(b"words")


def test_a_receipt_prints_without_its_secret() -> None:
    assert "aaaa" not in repr(Receipt(b"a" * 10))


def test_a_forms_seed_comes_back_and_cannot_be_read_or_invented(settings) -> None:
    receipt = Receipt.new()
    seed = seal_seed(receipt)
    assert open_seed(seed) == receipt
    assert seal_seed(receipt) != seed
    for wrong in (
        "",
        "x",
        "é",
        "!!!",
        seed[:-3],
        seed + "AAAA",
        "A" * len(seed),
        "A" * 10_000,
        seal_session(receipt),
    ):
        with pytest.raises(BadSeed):
            open_seed(wrong)
    settings.SECRET_KEY = "another secret of another server " * 2
    with pytest.raises(BadSeed):
        open_seed(seed)


def test_a_form_may_lie_open_for_a_day_and_then_gets_another_receipt_that_only_the_server_knows() -> None:
    receipt, start = Receipt.new(), datetime(2026, 11, 24, 9, tzinfo=UTC)
    with clock_at(start):
        seed = seal_seed(receipt)
    with clock_at(start + timedelta(hours=24)):
        assert open_seed(seed) == receipt
    instead = set()
    for hours in (25, 1000):
        with clock_at(start + timedelta(hours=hours)), pytest.raises(SeedTooOld) as old:
            open_seed(seed)
        instead.add(old.value.instead.secret)
    assert len(instead) == 1, "what is sent twice stays one report"
    assert instead != {receipt.secret}


def test_a_session_lasts_twenty_minutes_and_no_longer_than_this_start(settings) -> None:
    receipt, start = Receipt.new(), datetime(2026, 11, 24, 9, tzinfo=UTC)
    with clock_at(start):
        token = seal_session(receipt)
    with clock_at(start + timedelta(minutes=19, seconds=59)):
        assert open_session(token) == receipt
        for wrong in ("", token[:-2], seal_seed(receipt)):
            with pytest.raises(SessionOver):
                open_session(wrong)
    with clock_at(start + timedelta(minutes=20)), pytest.raises(SessionOver):
        open_session(token)
    settings.SSC_SESSION_SECRET = "made at the next start"
    with clock_at(start), pytest.raises(SessionOver):
        open_session(token)
