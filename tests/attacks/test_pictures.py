"""Pictures as an iPhone makes them (HEIC): where and with what they were taken, what lies beside the picture,
and what an evil one costs."""

from __future__ import annotations

import random
import resource
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image
from tests.cleaning.conftest import Clean, clean
from tests.cleaning.test_cleaning_child import use_as_child
from tests.cleaning.test_cleaning_pictures import PLACE, PROFILE, XMP, difference, exif, picture

from security_center.foundation.cleaning import Code, Limits, Outcome, stream
from security_center.foundation.cleaning.reasons import SENTENCES

__all__ = ["clean"]

UPRIGHT = picture().transpose(Image.Transpose.ROTATE_270)
MARKER_COLOUR = (255, 0, 255)


def photo(
    *, orientation: int = 6, beside: tuple[Image.Image, ...] = (), thumbnails: tuple[int, ...] = ()
) -> bytes:
    """As the camera writes it: turned by a note, with place, maker and colours in its notes, small copies of
    it, and further pictures."""
    pillow_heif.register_heif_opener()
    file = pillow_heif.from_pillow(picture())
    for image in beside:
        file.add_from_pillow(image)
    file[0].info["exif"] = exif(orientation).tobytes()
    file[0].info["xmp"] = XMP
    file[0].info["icc_profile"] = PROFILE
    out = BytesIO()
    file.save(out, quality=90, primary_index=0, thumbnails=list(thumbnails))
    return out.getvalue()


def test_a_copy_of_an_iphone_photo_stands_upright_and_tells_nothing_of_where_and_with_what(
    clean: Clean,
) -> None:
    original = photo(thumbnails=(128, 64))
    told = pillow_heif.open_heif(original)
    assert told.info["exif"]
    assert told.info["thumbnails"] == [128, 64]
    assert original.count(b"MARKER") >= 3
    assert Image.open(BytesIO(original)).getexif().get_ifd(PLACE)
    copy, result = clean(original, "IMG_0001.HEIC", "image/heic")
    assert (result.outcome, result.media_type, result.notes) == (
        Outcome.CLEANED,
        "image/jpeg",
        (Code.CONVERTED,),
    )
    assert result.confinement >= {"memory", "syscalls"}
    shown = Image.open(BytesIO(copy))
    assert shown.size == UPRIGHT.size
    assert difference(shown, UPRIGHT) < 6
    assert not any(word in copy for word in (b"MARKER", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"))
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown.info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_whichever_way_the_phone_was_held(clean: Clean, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    expected = picture().transpose(turns[orientation]) if orientation in turns else picture()
    copy, _ = clean(photo(orientation=orientation), "IMG_0001.HEIC", "image/heic")
    assert difference(Image.open(BytesIO(copy)), expected) < 6


def test_further_pictures_in_the_file_are_not_in_the_copy_and_the_reader_is_told(clean: Clean) -> None:
    """A burst, or the picture before it was cropped: whoever sends the one does not mean to send the
    others."""
    beside = Image.new("RGB", (64, 64), MARKER_COLOUR)
    original = photo(beside=(beside, beside))
    assert len(pillow_heif.open_heif(original)) == 3
    copy, result = clean(original, "IMG_0001.HEIC", "image/heic")
    assert Code.EXTRA_PICTURES_REMOVED in result.notes
    shown = Image.open(BytesIO(copy))
    assert (getattr(shown, "n_frames", 1), shown.size) == (1, UPRIGHT.size)
    assert copy.count(b"\xff\xd8\xff") == 1


def test_without_its_library_the_reader_is_told_so_in_a_sentence(
    clean: Clean, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = f"""
sys.modules["pillow_heif"] = None
sys.path.insert(0, {str(Path(stream.__file__).parents[3])!r})
from security_center.foundation.cleaning import child
child.main(sys.argv[-2:], sys.stdin.buffer, out)
"""
    original = photo()
    use_as_child(monkeypatch, tmp_path, script)
    copy, result = clean(original, "IMG_0001.HEIC", "image/heic")
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.NOT_SUPPORTED)
    assert str(SENTENCES[result.reason]) == "A safe copy of this kind of file cannot be made here."


def enlarged(original: bytes, width: int, height: int) -> bytes:
    """The file says that its pictures are this large (`ispe`)."""
    data, at = bytearray(original), 0
    while (at := data.find(b"ispe", at)) != -1:
        data[at + 8 : at + 16] = width.to_bytes(4) + height.to_bytes(4)
        at += 4
    return bytes(data)


@pytest.mark.parametrize(
    ("width", "height"),
    [(30_000, 30_000), (65_535, 65_535), (2**31 - 1, 2**31 - 1), (0, 0), (9_000, 9_000), (7_000, 7_000)],
)
def test_a_photo_that_says_it_is_huge_costs_little(clean: Clean, width: int, height: int) -> None:
    cost(clean, enlarged(photo(orientation=1), width, height))


def test_a_photo_with_more_pixels_than_the_limit_is_refused_before_it_is_unpacked(clean: Clean) -> None:
    """A few kilobytes of one colour, as a grid of tiles. (With a lower limit: to write 51 million pixels
    takes the test long.)"""
    pillow_heif.register_heif_opener()
    out = BytesIO()
    Image.new("L", (2_000, 2_000)).save(out, "HEIF", tile_size=512, quality=1)
    assert len(out.getvalue()) < 20_000
    assert cost(clean, out.getvalue(), pixels=3_999_999) is Code.TOO_MANY_PIXELS
    assert (
        clean(out.getvalue(), "IMG_0001.HEIC", "image/heic", limits=Limits(pixels=4_000_000))[1].outcome
        is Outcome.CLEANED
    )


def test_a_photo_with_bytes_changed_at_random_gives_a_result_or_a_reason(clean: Clean) -> None:
    chance, original = random.Random(9), photo(thumbnails=(64,))
    for _ in range(12):
        data = bytearray(original)
        for _ in range(6):
            data[chance.randrange(40, len(data))] = chance.randrange(256)
        copy, result = clean(bytes(data), code="heic")
        assert (result.outcome is Outcome.CLEANED) == (result.reason is None) == bool(copy)
        assert b"MARKER" not in copy


def cost(clean: Clean, data: bytes, **limits: int) -> Any:
    """Why it was refused. Bounded: some seconds of the processor, and memory by the child's own limit."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    copy, result = clean(data, "IMG_0001.HEIC", "image/heic", limits=Limits(cpu_seconds=10, **limits))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (copy, result.outcome) == (b"", Outcome.CANNOT_CLEAN)
    assert after.ru_utime - before.ru_utime < 5
    return result.reason
