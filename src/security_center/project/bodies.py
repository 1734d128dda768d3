"""Bodies that come without their length (`Transfer-Encoding: chunked`), as some proxies pass them on.

Django takes a body without a length for an empty one: a report with all its words would arrive as an empty
form. The server ends such a body where it ends, so it is enough to name a length that it cannot pass. Text is
read first, since Django refuses by the named length before it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Ten files of 100 MB, the text and the edges of the parts. The proxies of docs/operations.md let as much
# through.
LONGEST = 1100 * 1024 * 1024
SEGMENT = 64 * 1024


def with_length(application: Application) -> Application:
    """The application, told a length where the body has none."""

    def called(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if (
            not environ.get("CONTENT_LENGTH")
            and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        ):
            if environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"):
                environ["CONTENT_LENGTH"] = str(LONGEST)
            else:
                body = _read(environ["wsgi.input"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
                environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return application(environ, start_response)

    return called


def _read(stream: Any, most: int) -> bytes:
    """The first `most` bytes. What comes after them is thrown away, up to a bound: whoever is answered while
    still sending sees a broken connection instead of the answer."""
    body = bytearray()
    for _segment in range(LONGEST // SEGMENT):
        segment = stream.read(SEGMENT)
        if not segment:
            break
        body += segment[: most - len(body)]
    return bytes(body)
