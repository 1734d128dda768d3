"""Where the two web programs listen and are reached. What breaks a rule stops the start."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from .given import stop

# A name, also one beyond ASCII, or an address by version 4 or 6: no blank, no star
_HOST = re.compile(r"[\w.:-]+")


def bind(given: str) -> str:
    """SSC_BIND as an address of this machine: the server takes no name."""
    try:
        return str(ipaddress.ip_address({"localhost": "127.0.0.1"}.get(given, given)))
    except ValueError:
        stop(
            f"SSC_BIND is “{given}”, but it must be an address of this machine, such as 127.0.0.1, "
            "or 0.0.0.0 for all of them."
        )


def url(name: str, given: str) -> str:
    """An address of a whole host, without the slash at its end."""
    if "@" in given:
        stop(
            f"{name} holds a name or password before an @, which no page has. It must be an address "
            "such as https://report.example.org."
        )
    if (
        (found := _split(given)) is None
        or found.scheme not in {"http", "https"}
        or not _HOST.fullmatch(found.hostname or "")
    ):
        stop(f"{name} is “{given}”, but it must be an address such as https://report.example.org.")
    if found.path.strip("/") or "?" in given or "#" in given:
        stop(
            f"{name} is “{given}”, but nothing may follow the host's name: set "
            f"{found.scheme}://{found.netloc}"
        )
    return given.rstrip("/")


def two(public_url: str, staff_url: str, ports: tuple[int, int]) -> None:
    """The public and the staff program are two."""
    if ports[0] == ports[1]:
        stop(f"SSC_STAFF_PORT is {ports[1]}, as SSC_PORT is, but the two programs cannot share a port.")
    if _origin(public_url) == _origin(staff_url):
        stop(
            f"SSC_STAFF_URL is “{staff_url}”, as SSC_PUBLIC_URL is: links of the staff would lead "
            "to the reporters. Give it a name of its own."
        )


def _split(given: str) -> SplitResult | None:
    try:
        found = urlsplit(given)
        found.port  # noqa: B018 - asking is what raises
    except ValueError:
        return None
    return found


def _origin(given: str) -> tuple[str, str | None, int | None]:
    found = urlsplit(given)
    return found.scheme, found.hostname, found.port or {"http": 80, "https": 443}.get(found.scheme)
