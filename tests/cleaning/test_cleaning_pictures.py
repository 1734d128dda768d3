import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from security_center.foundation.cleaning import CleanResult, Code, Limits, Outcome

type Clean = Callable[..., tuple[bytes, CleanResult]]

PLACE = 0x8825


def picture(width: int = 320, height: int = 200) -> Image.Image:
    """Smooth colours with a dark corner at the top left, so that turning is visible."""
    shade = Image.linear_gradient("L").resize((width, height))
    image = Image.merge(
        "RGB", (shade, shade.transpose(Image.Transpose.FLIP_TOP_BOTTOM), Image.new("L", (width, height), 90))
    )
    image.paste((0, 0, 0), (0, 0, width // 4, height // 4))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "MARKERMAKER"
    data[0x013B] = "MARKERARTIST"
    place = data.get_ifd(PLACE)
    place[1], place[2], place[3], place[4] = "N", (47.0, 36.0, 12.5), "W", (122.0, 19.0, 59.0)
    place[29] = "MARKERDAY"
    return data


def encoded(image: Image.Image, written: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, written, **options)
    return out.getvalue()


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>MARKERXMP</x:xmpmeta>"


@pytest.mark.parametrize("written", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_pixels_and_loses_place_device_profile_and_what_hangs_behind_it(
    clean: Clean, written: str
) -> None:
    options = {"comment": b"MARKERCOMMENT"} if written == "JPEG" else {}
    original = (
        encoded(picture(), written, exif=exif(), icc_profile=PROFILE, xmp=XMP, **options) + b"MARKERBEHIND"
    )
    assert original.count(b"MARKER") >= 4
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert b"MARKER" not in copy
    shown = Image.open(BytesIO(copy))
    assert shown.format == written
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown.info)
    assert not dict(shown.getexif())
    assert difference(shown, picture()) < 3


def test_the_place_in_a_photo_is_really_there_before_and_gone_after(clean: Clean) -> None:
    original = encoded(picture(), "JPEG", exif=exif())
    assert Image.open(BytesIO(original)).getexif().get_ifd(PLACE)
    copy, _ = clean(original)
    assert not Image.open(BytesIO(copy)).getexif().get_ifd(PLACE)
    assert b"Exif" not in copy


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_before_the_note_about_turning_goes(clean: Clean, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    expected = picture().transpose(turns[orientation]) if orientation in turns else picture()
    copy, _ = clean(encoded(picture(), "JPEG", exif=exif(orientation), quality=95))
    shown = Image.open(BytesIO(copy))
    assert shown.size == expected.size
    assert difference(shown, expected) < 3


def test_an_iphone_photo_becomes_a_jpeg_without_its_place(clean: Clean) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    original = encoded(picture(), "HEIF", exif=exif(6).tobytes())
    assert b"MARKER" in original
    copy, result = clean(original, "IMG_0001.HEIC", "image/heic")
    assert result.outcome is Outcome.CLEANED
    assert result.media_type == "image/jpeg"
    assert result.notes == (Code.CONVERTED,)
    assert b"MARKER" not in copy
    assert difference(Image.open(BytesIO(copy)), picture().transpose(Image.Transpose.ROTATE_270)) < 6


@pytest.mark.parametrize("written", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_keeps_its_frames_and_their_times(clean: Clean, written: str) -> None:
    frames = [Image.new("RGB", (60, 40), (number * 30, 10, 200 - number * 20)) for number in range(6)]
    options = {"comment": b"MARKER"} if written == "GIF" else {}
    copy, result = clean(
        encoded(
            frames[0],
            written,
            save_all=True,
            append_images=frames[1:],
            duration=[70, 80, 90, 100, 110, 120],
            loop=0,
            **options,
        )
    )
    assert result.outcome is Outcome.CLEANED
    assert b"MARKER" not in copy
    shown = Image.open(BytesIO(copy))
    assert shown.n_frames == 6
    assert shown.info["loop"] == 0
    for number, frame in enumerate(frames):
        shown.seek(number)
        shown.load()
        assert difference(shown, frame) < 6
        assert round(shown.info["duration"]) == 70 + number * 10


def test_see_through_parts_stay_see_through(clean: Clean) -> None:
    image = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    image.paste((0, 200, 0, 255), (0, 0, 20, 40))
    copy, _ = clean(encoded(image, "PNG"))
    assert list(Image.open(BytesIO(copy)).getchannel("A").getcolors()) == [(800, 0), (800, 255)]


def test_a_second_file_hidden_behind_or_inside_a_picture_is_not_in_the_copy(clean: Clean) -> None:
    hidden = b"PK\x03\x04MARKERZIP%PDF-1.4 MARKERPDF<script>MARKERSCRIPT</script>"
    original = encoded(picture(), "JPEG", comment=hidden) + hidden
    copy, result = clean(original)
    assert result.outcome is Outcome.CLEANED
    assert b"MARKER" not in copy
    assert b"%PDF" not in copy


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width times height pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    machine = zlib.compressobj(9)
    row = b"\x00" * (width * 3 + 1)
    packed = b"".join(machine.compress(row) for _ in range(min(height, 2000))) + machine.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(25_000, 25_000), (2_000_000, 2), (2_147_483_647, 1)])
def test_a_picture_of_huge_dimensions_is_never_unpacked(clean: Clean, width: int, height: int) -> None:
    copy, result = clean(
        bomb(min(width, 30_000), height)[:16]
        + struct.pack(">II", width, height)
        + b"\x08\x02\x00\x00\x00"
        + b"\x00" * 4
        + b"\x00" * 99
    )
    assert copy == b""
    assert result.outcome is Outcome.CANNOT_CLEAN
    assert result.reason in {Code.TOO_MANY_PIXELS, Code.DAMAGED}


def test_a_decompression_bomb_ends_at_the_pixel_limit(clean: Clean) -> None:
    original = bomb(20_000, 20_000)
    assert len(original) < 200_000
    copy, result = clean(original)
    assert copy == b""
    assert result.reason is Code.TOO_MANY_PIXELS


def test_a_picture_that_passes_the_pixel_limit_and_not_the_memory_limit_ends_with_a_reason(
    clean: Clean,
) -> None:
    copy, result = clean(
        encoded(Image.new("RGB", (7000, 7000)), "PNG"), limits=Limits(memory_bytes=300 * 1024 * 1024)
    )
    assert copy == b""
    assert result.reason is Code.NEEDS_TOO_MUCH_MEMORY


def test_a_very_large_photo_is_made_smaller_instead_of_lost(clean: Clean) -> None:
    copy, result = clean(
        encoded(Image.new("RGB", (1600, 1200), (10, 120, 200)), "JPEG"), limits=Limits(pixels=600_000)
    )
    assert result.outcome is Outcome.CLEANED
    assert Code.PICTURE_REDUCED in result.notes
    assert Image.open(BytesIO(copy)).size == (800, 600)


def in_several_scans(image: Image.Image) -> bytes:
    """As it begins: the first scan names one colour of three."""
    whole = encoded(image, "JPEG")
    at = whole.rindex(b"\xff\xda\x00\x0c\x03")
    return whole[:at] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + whole[at + 14 :]


@pytest.mark.parametrize(
    "written", [in_several_scans, lambda image: encoded(image, "JPEG", progressive=True)]
)
def test_a_very_large_photo_that_cannot_be_read_row_by_row_is_not_unpacked(
    clean: Clean, written: Callable[[Image.Image], bytes]
) -> None:
    """One of 1.5 MB took 1 GB."""
    copy, result = clean(
        written(Image.new("RGB", (1600, 1200), (10, 120, 200))), limits=Limits(pixels=600_000)
    )
    assert (copy, result.reason) == (b"", Code.TOO_MANY_PIXELS)


def test_a_sound_picture_that_is_too_large_is_not_called_damaged(clean: Clean) -> None:
    copy, result = clean(
        encoded(Image.new("RGB", (16_383, 3_000), (9, 90, 20)), "WEBP", lossless=True, method=0)
    )
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.TOO_MANY_PIXELS)


def test_a_picture_is_in_memory_twice_at_most(clean: Clean) -> None:
    """Once as it was and once upright; its colours are changed where it is."""
    original = encoded(
        Image.new("RGB", (5_000, 4_000), (9, 90, 20)), "PNG", exif=exif(6), icc_profile=PROFILE
    )
    _, result = clean(original, limits=Limits(memory_bytes=240 * 1024 * 1024))
    assert result.outcome is Outcome.CLEANED


def test_a_moving_picture_with_too_many_frames_has_no_copy(clean: Clean) -> None:
    frames = [Image.new("L", (8, 8), number * 5) for number in range(40)]
    original = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    _, result = clean(original, limits=Limits(frames=30))
    assert result.reason is Code.TOO_MANY_FRAMES


@pytest.mark.parametrize("written", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_cut_picture_is_damaged_and_never_half_believed(clean: Clean, written: str) -> None:
    noise = Image.frombytes("RGB", (200, 200), random.Random(4).randbytes(120_000))
    original = encoded(noise, written)
    copy, result = clean(original[: len(original) // 2])
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.DAMAGED)


def test_a_file_that_only_begins_like_a_picture_is_damaged(clean: Clean) -> None:
    _, result = clean(b"\xff\xd8\xff\xe0" + b"%PDF-1.7 and nothing of a picture" * 50)
    assert result.reason is Code.DAMAGED
