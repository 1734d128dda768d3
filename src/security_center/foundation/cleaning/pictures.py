"""Pictures are made anew from their pixels, so nothing that is not a pixel survives: no place, device, time,
author, thumbnail, or a second file behind the end of the first. What the metadata did for the eye (turning
upright, colour profile) is done before."""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from security_center.foundation.cleaning.results import CannotClean, Code
from security_center.foundation.cleaning.work import Cleaned, Task

# Imported for what they register: with no file to be opened any more, nothing can be loaded later. TIFF is
# how Pillow reads EXIF.
PARSERS = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)

_FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "gif": ("GIF",), "webp": ("WEBP",), "heic": ("HEIF",)}
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_GREATEST_SIDE = 30_000
_heic_is_here = False


def prepare(code: str) -> None:
    global _heic_is_here  # one process, one file
    Image.MAX_IMAGE_PIXELS = None  # our own limit below is lower and has its own code
    Image._initialized = 2  # no search for further plug-ins: only the parsers above exist
    if code == "heic":
        with suppress(ImportError):  # an optional library: without it the original is offered after a warning
            import pillow_heif

            pillow_heif.options.DECODE_THREADS = 1
            pillow_heif.register_heif_opener(thumbnails=False)
            _heic_is_here = True


def clean(content: bytearray, task: Task) -> Cleaned:
    if task.kind.code == "heic" and not _heic_is_here:
        raise CannotClean(Code.NOT_SUPPORTED)
    data, written = remake(BytesIO(content), task.kind.code, task)
    return Cleaned(_MEDIA_TYPES[written], [data])


def remake(source: BytesIO, code: str, task: Task, *, upright: bool = True) -> tuple[memoryview, str]:
    """The picture made anew and the format it is in now. `upright=False` inside a document, which turns its
    pictures itself."""
    image = Image.open(source, formats=_FORMATS[code])
    _check_size(image, task)
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format in {"GIF", "WEBP", "PNG"}:
        return _animation(image, frames, task)
    if frames > 1:
        task.note(Code.EXTRA_PICTURES_REMOVED)
    written = image.format or ""
    lossless = written == "WEBP" and b"VP8L" in source.getbuffer()[:64].tobytes()
    if written in {"HEIF", "MPO"}:
        written = "JPEG"
        if code == "heic":
            task.note(Code.CONVERTED)
    if upright:
        _turn(image)
    still = _pixels_only(_in_common_colours(image, task))
    del image  # with its decoder, before the memory of the encoder is added to it
    if written == "JPEG":
        if still.mode not in {"L", "RGB"}:
            still = still.convert("RGB")
        return _save(
            still, "JPEG", quality=92, subsampling=0 if still.mode == "RGB" else -1, optimize=False
        ), written
    if written == "WEBP":
        return _save(still, "WEBP", quality=92, lossless=lossless, exif=b"", icc_profile=b""), written
    return _save(still, written), written


def _check_size(image: Image.Image, task: Task) -> None:
    width, height = image.size
    limits = task.limits
    if max(width, height) > _GREATEST_SIDE or width * height > limits.pixels_that_can_be_reduced:
        raise CannotClean(Code.TOO_MANY_PIXELS)
    # Its decoder holds each picture several times
    most = limits.pixels // 2 if image.format == "WEBP" else limits.pixels
    part = 1
    while width * height > most * part * part:
        part *= 2
    if part > 1:
        if not _is_read_row_by_row(image):
            raise CannotClean(Code.TOO_MANY_PIXELS)
        image.draft(None, (width // part, height // part))
        if image.size[0] * image.size[1] > limits.pixels:
            raise CannotClean(Code.TOO_MANY_PIXELS)
        task.note(Code.PICTURE_REDUCED)


def _is_read_row_by_row(image: Image.Image) -> bool:
    """A JPEG in one scan. The decoder keeps the whole of one in several scans in memory, however small it
    gives it out."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.fp is None:
        return False
    # Behind the head of the first scan, which ends in three bytes and names two for each colour
    at = image.fp.tell()
    image.fp.seek(at - 4 - 2 * image.layers)
    return image.fp.read(1)[0] == image.layers and "progressive" not in image.info


def _turn(image: Image.Image) -> None:
    """Upright as the camera meant it. A broken EXIF block is no reason to lose the picture."""
    image.load()
    with suppress(OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError):
        ImageOps.exif_transpose(image, in_place=True)


def _in_common_colours(image: Image.Image, task: Task) -> Image.Image:
    profile = image.info.get("icc_profile")
    plain = _plain_mode(image)
    if not profile:
        return plain
    try:
        wanted = "RGB" if image.mode in {"RGB", "CMYK"} else plain.mode
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        read = image if image.mode in {"RGB", "CMYK"} else plain
        at_once = read.mode == wanted  # without a second picture in memory
        converted = ImageCms.profileToProfile(
            read,
            source,
            ImageCms.createProfile("sRGB"),
            inPlace=at_once,
            outputMode=None if at_once else wanted,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        task.note(Code.COLOURS_MAY_DIFFER)
        return plain
    return converted if converted is not None else plain


def _plain_mode(image: Image.Image) -> Image.Image:
    if "transparency" in image.info or image.mode in {"PA", "La"}:
        return image.convert("RGBA")
    if image.mode in {"1", "L", "LA", "RGB", "RGBA", "I;16"}:
        return image
    return image.convert("RGB")


def _pixels_only(image: Image.Image) -> Image.Image:
    """The same pixels with an empty `info`: Pillow copies what it finds there (profile, comment, EXIF, XMP)
    when it saves."""
    image.load()
    fresh = Image.new(image.mode, image.size)
    fresh.im = image.im
    return fresh


def _animation(image: Image.Image, count: int, task: Task) -> tuple[memoryview, str]:
    width, height = image.size
    # A few more while they are written
    if count > task.limits.frames or (count + 4) * width * height > task.limits.animation_pixels:
        raise CannotClean(Code.TOO_MANY_FRAMES)
    written = image.format or ""
    durations: list[int] = []
    loop = int(image.info.get("loop", 1 if written == "GIF" else 0))
    endless = {"loop": loop} if written != "GIF" or "loop" in image.info else {}

    def frames() -> Iterator[Image.Image]:
        for number in range(count):
            image.seek(number)
            image.load()
            durations.append(int(image.info.get("duration", 100)))
            yield _pixels_only(image.convert("RGBA"))

    every = list(frames())
    options: dict[str, Any] = {
        "save_all": True,
        "append_images": every[1:],
        "duration": durations,
        "disposal": 2,
        **endless,
    }
    if written == "WEBP":
        del options["disposal"]
        options |= {"quality": 85, "exif": b"", "icc_profile": b""}
    if written == "PNG":
        options["disposal"] = 0
        options["blend"] = 0
    return _save(every[0], written, **options), written


def _save(image: Image.Image, written: str, **options: Any) -> memoryview:
    out = BytesIO()
    image.save(out, written, **options)
    return out.getbuffer()
