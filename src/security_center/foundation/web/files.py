"""Handing out a sealed file, opened while it is sent."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable

from django.http import StreamingHttpResponse

from security_center.foundation.vault.attached import AttachedFile

# What a browser draws itself, from a clean copy that our own worker made. Anything else is only ever
# downloaded.
SHOWN_INLINE = ("image/", "audio/", "video/", "text/plain", "application/pdf")


def file_response(
    chunks: Iterable[bytes], row: AttachedFile, called: str, *, original: bool
) -> StreamingHttpResponse:
    """The name that a device gave the file may name somebody: the copy is `called` by the number of what it
    belongs to."""
    media_type = (
        "application/octet-stream" if original else row.cleaned_media_type or "application/octet-stream"
    )
    inline = not original and media_type.startswith(SHOWN_INLINE)
    suffix = "" if original else mimetypes.guess_extension(media_type) or ""
    response = StreamingHttpResponse(chunks, content_type=media_type)
    name = f"{called}{'-original' if original else ''}{suffix}"
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Content-Length"] = str(row.size if original else row.cleaned_size)
    return response
