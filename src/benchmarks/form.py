"""What a phone loads before the form can be filled in."""

from __future__ import annotations

import http.client
import re

from . import school, system
from .figures import Figure


def run() -> list[Figure]:
    data = school.ready("form")
    with system.running(data) as ours:
        connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=30)
        page, weight = _get(connection, f"/report/{school.SCHOOL}/")
        text = page.decode()
        linked = re.findall(
            r'<(?:link[^>]+rel="(?:stylesheet|icon|manifest|apple-touch-icon)"[^>]+href|script[^>]+src|img[^>]+src)="([^"]+)"',
            text,
        )
        # A phone fetches the manifest and the icon of the home screen only when somebody installs the page.
        first_visit = [
            address
            for address in dict.fromkeys(linked)
            if not address.startswith("data:") and "manifest" not in address and "apple" not in address
        ]
        for address in first_visit:
            weight += _get(connection, address)[1]
    return [
        Figure("report form, first visit, over the wire", weight / 1024, "KiB", 60),
        Figure("requests of a first visit", 1 + len(first_visit), "", 4),
    ]


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[bytes, int]:
    """The plain body, and the bytes of the answer as they went over the wire, headers included."""
    import gzip

    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    headers = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    plain = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
    return plain, len(body) + headers
