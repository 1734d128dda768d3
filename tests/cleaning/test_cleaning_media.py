import struct
from collections.abc import Callable

import pytest

from security_center.foundation.cleaning import CleanResult, Code, Outcome

type Clean = Callable[..., tuple[bytes, CleanResult]]


def box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, *bodies: bytes) -> bytes:
    return box(name, b"\x00" * 4, *bodies)


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


TIME = 0xE1234567


def track(handler: bytes, entry: bytes, offset: int, sizes: tuple[int, ...]) -> bytes:
    table = box(
        b"stbl",
        full(b"stsd", numbers(1), entry),
        full(b"stts", numbers(1, len(sizes), 100)),
        full(b"stsc", numbers(1, 1, len(sizes), 1)),
        full(b"stsz", numbers(0, len(sizes), *sizes)),
        full(b"stco", numbers(1, offset)),
    )
    information = box(
        b"minf", full(b"vmhd", b"\x00" * 8), box(b"dinf", full(b"dref", numbers(1), full(b"url "))), table
    )
    media = box(
        b"mdia",
        full(b"mdhd", numbers(TIME, TIME, 600, 600), b"\x00" * 4),
        full(b"hdlr", b"\x00" * 4, handler, b"\x00" * 12, b"MARKERHANDLER\x00"),
        information,
    )
    return box(
        b"trak",
        full(b"tkhd", numbers(TIME, TIME, 1, 0), b"\x00" * 64),
        media,
        box(b"udta", box(b"\xa9nam", b"MARKERTRACK")),
    )


VIDEO = box(
    b"avc1",
    b"\x00" * 6
    + b"\x00\x01"
    + b"\x00" * 4
    + b"MARK"
    + b"\x00" * 26
    + b"\x0dMARKERENCODER".ljust(32, b"\x00")
    + b"\x00\x18\xff\xff",
    box(b"avcC", b"\x01setup"),
)
PLACE = box(b"mebx", b"\x00" * 6 + b"\x00\x01" + b"MARKERKEYS")


def film(brand: bytes = b"mp42", *, extra: bytes = b"") -> tuple[bytes, bytes]:
    """A film with a picture track, a track of places, `udta` and `meta` with GPS, and the picture's
    samples."""
    frames = b"FRAME-ONE.FRAME-TWO."
    media = frames + b"MARKERPLACES" + b"MARKERGAP"
    start = box(b"ftyp", brand, b"\x00\x00\x02\x00isommp42")

    def whole(at: int) -> bytes:
        movie = box(
            b"moov",
            full(b"mvhd", numbers(TIME, TIME, 600, 600), b"\x00" * 80),
            track(b"vide", VIDEO, at, (10, 10)),
            track(b"meta", PLACE, at + len(frames), (12,)),
            box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7+47.6034-122.3300/MARKERGPS")),
            box(b"meta", b"\x00" * 4, b"MARKERMETA"),
        )
        return (
            start
            + movie
            + box(b"uuid", b"MARKERUUID")
            + extra
            + box(b"mdat", media)
            + box(b"free", b"MARKERFREE")
        )

    draft = whole(0)
    return whole(draft.index(frames)), frames


@pytest.mark.parametrize(
    ("brand", "media_type"), [(b"mp42", "video/mp4"), (b"qt  ", "video/quicktime"), (b"M4A ", "audio/mp4")]
)
def test_a_film_loses_place_time_and_device_and_every_byte_that_is_not_played_in_its_place(
    clean: Clean, brand: bytes, media_type: str
) -> None:
    original, frames = film(brand)
    assert original.count(b"MARKER") == 12
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert result.media_type == media_type
    assert set(result.notes) == {Code.MEDIA_NOT_REENCODED, Code.TRACKS_REMOVED}
    assert b"MARK" not in copy
    assert b"+47.6034" not in copy
    assert struct.pack(">I", TIME) not in copy
    assert len(copy) == len(original)
    assert copy.index(frames) == original.index(frames)
    assert b"avcC\x01setup" in copy


def test_the_tables_of_a_cleaned_film_still_find_its_frames(clean: Clean) -> None:
    original, frames = film()
    copy, _ = clean(original)
    offset = struct.unpack(">I", copy[copy.index(b"stco") + 12 :][:4])[0]
    assert copy[offset : offset + len(frames)] == frames


def test_a_film_in_pieces_has_no_copy(clean: Clean) -> None:
    original, _ = film(extra=box(b"moof", b"\x00" * 8))
    assert clean(original)[1].reason is Code.NOT_SUPPORTED


@pytest.mark.parametrize("cut", [20, 200, 700])
def test_a_cut_film_is_damaged(clean: Clean, cut: int) -> None:
    original, _ = film()
    copy, result = clean(original[:cut])
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.DAMAGED)


def test_a_film_whose_tables_point_behind_its_end_is_damaged(clean: Clean) -> None:
    original, _ = film()
    at = original.index(b"stco") + 12
    assert clean(original[:at] + b"\x7f\xff\xff\xff" + original[at + 4 :])[1].reason is Code.DAMAGED


def test_a_box_that_claims_more_than_there_is_does_not_cost_memory(clean: Clean) -> None:
    original, _ = film()
    at = original.index(b"stsz") + 12
    assert clean(original[:at] + b"\xff\xff\xff\xff" + original[at + 4 :])[1].reason in {
        Code.NOT_SUPPORTED,
        Code.DAMAGED,
    }


FRAME = b"\xff\xfb\x90\x64" + b"\x00" * 413  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz


def tagged_song() -> bytes:
    picture = b"ID3\x04\x00\x00\x00\x00\x02\x01" + b"TPE1MARKERARTIST".ljust(257, b"\xff")
    ape = (
        b"APETAGEX"
        + struct.pack("<IIII", 2000, 60, 1, 0x80000000)
        + b"\x00" * 8
        + b"MARKERAPE"
        + b"APETAGEX"
        + b"\x00" * 24
    )
    return (
        picture + FRAME * 5 + b"MARKERBETWEEN" + FRAME * 5 + ape + b"TAG" + b"MARKERTITLE".ljust(125, b"\x00")
    )


def test_a_song_is_its_frames_and_nothing_else(clean: Clean) -> None:
    original = tagged_song()
    assert original.count(b"MARKER") == 4
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert result.media_type == "audio/mpeg"
    assert copy == FRAME * 10


def test_a_song_without_frames_is_damaged(clean: Clean) -> None:
    assert clean(b"ID3\x04\x00\x00\x00\x00\x00\x10" + b"nothing that is sound" * 90)[1].reason is Code.DAMAGED


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)


def recording() -> tuple[bytes, bytes]:
    samples = bytes(range(255)) * 9
    shape = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    body = (
        b"WAVE"
        + chunk(b"bext", b"MARKERBEXT")
        + chunk(b"fmt ", shape)
        + chunk(b"LIST", b"INFOIART\x0a\x00\x00\x00MARKERINFO")
        + chunk(b"data", samples)
        + chunk(b"id3 ", b"MARKERID3")
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body + b"MARKERBEHIND", samples


def test_a_recording_is_its_format_and_its_samples(clean: Clean) -> None:
    original, samples = recording()
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert b"MARKER" not in copy
    assert copy.endswith(b"data" + struct.pack("<I", len(samples)) + samples + b"\x00")
    assert struct.unpack("<I", copy[4:8])[0] == len(copy) - 8


def test_a_recording_that_was_cut_off_keeps_what_there_is(clean: Clean) -> None:
    original, samples = recording()
    copy, result = clean(original[: original.index(samples) + 500])
    assert result.outcome is Outcome.CLEANED
    assert copy.endswith(struct.pack("<I", 500) + samples[:500])


def checksum(data: bytes) -> int:
    """The checksum of RFC 3533, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def page(number: int, flags: int, body: bytes, *, ends: bool = True, serial: bytes = b"ABCD") -> bytes:
    lacing = b"\xff" * (len(body) // 255) + (bytes([len(body) % 255]) if ends else b"")
    head = b"OggS\x00" + bytes([flags]) + b"\x00" * 8 + serial + struct.pack("<I", number)
    rest = bytes([len(lacing)]) + lacing + body
    return head + struct.pack("<I", checksum(head + b"\x00" * 4 + rest)) + rest


def voice_message(kind: str) -> bytes:
    artist = b"ARTIST=MARKERARTIST" + b"." * 1200
    tags = struct.pack("<I", 12) + b"MARKERVENDOR" + struct.pack("<II", 1, len(artist)) + artist
    head, comments = (
        (b"OpusHead" + b"\x01" * 11, b"OpusTags" + tags)
        if kind == "opus"
        else (b"\x01vorbis" + b"\x00" * 23, b"\x03vorbis" + tags + b"\x01")
    )
    sound = page(1, 0, comments[:510], ends=False) + page(2, 1, comments[510:]) + page(3, 4, b"SOUND" * 30)
    return page(0, 2, head) + sound


@pytest.mark.parametrize("kind", ["opus", "vorbis"])
def test_a_voice_message_loses_its_comments_and_every_page_still_adds_up(clean: Clean, kind: str) -> None:
    original = voice_message(kind)
    assert original.count(b"MARKER") == 2
    copy, result = clean(original + b"MARKERBEHIND")
    assert result.outcome is Outcome.CLEANED
    assert b"MARKER" not in copy
    assert len(copy) == len(original)
    pages = [b"OggS" + rest for rest in copy.split(b"OggS")[1:]]
    assert len(pages) == 4
    for one in pages:
        assert struct.unpack("<I", one[22:26])[0] == checksum(one[:22] + b"\x00" * 4 + one[26:])
    assert pages[3] == original[-len(pages[3]) :]


def test_two_streams_in_one_file_have_no_copy(clean: Clean) -> None:
    assert (
        clean(voice_message("opus") + page(0, 2, b"OpusHead", serial=b"EFGH"))[1].reason is Code.NOT_SUPPORTED
    )


@pytest.mark.parametrize(
    "start",
    [
        page(0, 2, b"Speex   ") + page(1, 0, b"x") + page(2, 4, b"x"),
        b"\x1aE\xdf\xa3\x01\x00\x00\x00\x42\x82\x84webm" + b"\x00" * 40,
    ],
)
def test_what_cannot_be_cleaned_honestly_says_so(clean: Clean, start: bytes) -> None:
    copy, result = clean(start)
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.NOT_SUPPORTED)


def test_text_is_utf8_without_what_cannot_be_seen(clean: Clean) -> None:
    copy, result = clean("\ufeffHe said:\r\n\u202etset\u202c a\u200bb \x1b[31mred\r\rniño 👨‍👩‍👧 ".encode())
    assert copy.decode() == "He said:\ntset ab [31mred\n\nniño 👨‍👩‍👧 "
    assert result.notes == (Code.TEXT_CHANGED,)
    assert result.media_type == "text/plain"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1252"])
def test_text_of_other_encodings_becomes_utf8(clean: Clean, encoding: str) -> None:
    words = "Mañana a las ocho, detrás del gimnasio. " * 4000
    data = words.encode(encoding)
    copy, result = clean(b"\xfe\xff" + data if encoding == "utf-16-be" else data)
    assert copy.decode() == words
    assert result.notes == ()


def test_line_ends_and_letters_split_between_pieces_are_whole(clean: Clean) -> None:
    words = "x" * 65535 + "\r\n" + "y" * 65534 + "é" + "\r\n" + "z"
    copy, _ = clean(words.encode())
    assert copy.decode() == words.replace("\r\n", "\n")
