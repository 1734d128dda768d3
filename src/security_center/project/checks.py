"""Combinations of settings that are each allowed and together unsafe. The preparation prints every finding at
each start."""

from __future__ import annotations

import ipaddress
import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 (Django's own name)

from security_center.foundation.clock import now
from security_center.project import given

SAID_BEFORE = timedelta(days=45)  # a school's summer holidays are half over

# Before it, two processes that write and reset the write-ahead log at one instant can damage the file
# (sqlite.org/wal.html, "WAL-reset bug").
SAFE_SQLITE = (3, 51, 3)


def loopback_only(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register()
def sqlite_with_several_processes(**_: Any) -> list[CheckMessage]:
    if (
        settings.DATABASE_URL
        or sqlite3.sqlite_version_info >= SAFE_SQLITE
        or settings.SSC_WEB_PROCESSES == settings.SSC_WORKER_PROCESSES == 1
    ):
        return []
    return [
        Warning(
            (
                f"SQLite {sqlite3.sqlite_version} with more than one process of a program can damage "
                "the database."
            ),
            hint=(
                "Leave SSC_WEB_PROCESSES and SSC_WORKER_PROCESSES at 1, or use PostgreSQL "
                "(DATABASE_URL), or SQLite 3.51.3 or newer."
            ),
            id="project.W001",
        )
    ]


@register()
def open_network_without_tls(**_: Any) -> list[CheckMessage]:
    if settings.SSC_DEMO or loopback_only(settings.SSC_BIND):
        return []
    found: list[CheckMessage] = []
    if not (settings.SSC_PUBLIC_URL.startswith("https://") and settings.SSC_STAFF_URL.startswith("https://")):
        found.append(
            Warning(
                (
                    "reports and passwords travel unencrypted: the programs listen on the network and "
                    "their addresses are not https."
                ),
                hint=(
                    "Put a TLS proxy in front and set SSC_PUBLIC_URL and SSC_STAFF_URL (see README), or "
                    "set SSC_BIND=127.0.0.1."
                ),
                id="project.W002",
            )
        )
    elif getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        found.append(
            Warning(
                (
                    "the programs trust the proxy's header X-Forwarded-Proto and can also be reached "
                    "past the proxy."
                ),
                hint="Set SSC_BIND=127.0.0.1 when the proxy runs on this machine.",
                id="project.W003",
            )
        )
    return found


@register()
def messages_that_reach_nobody(**_: Any) -> list[CheckMessage]:
    from security_center.foundation.notifications import queries as notifications

    if notifications.alerts_leave():
        return []
    return [
        Warning(
            (
                "e-mail is not set up, so no alert leaves this machine: a reader learns of a report "
                "only by looking at the screen."
            ),
            hint="Set SSC_EMAIL_HOST, SSC_EMAIL_USER, SSC_EMAIL_PASSWORD and SSC_EMAIL_FROM.",
            id="project.W004",
        )
    ]


@register()
def demo_that_others_can_reach(**_: Any) -> list[CheckMessage]:
    """The demo prints sign-in names and one-time codes: on a network or on real data it would be an open
    door."""
    if not settings.SSC_DEMO:
        return []
    found: list[CheckMessage] = []
    if not loopback_only(settings.SSC_BIND):
        found.append(
            Error(
                "the demo listens on loopback only.",
                hint="Start it with ./ssc demo and leave SSC_BIND unset.",
                id="project.E001",
            )
        )
    if settings.DATABASE_URL and not settings.DATABASE_URL.rpartition("/")[2].startswith("demo"):
        found.append(
            Error(
                "the demo would write its invented district into the database that DATABASE_URL names.",
                hint="Unset DATABASE_URL, or give a database whose name begins with “demo”.",
                id="project.E002",
            )
        )
    return found


@register()
def public_program_as_the_owner(**_: Any) -> list[CheckMessage]:
    if (
        not settings.DATABASE_URL
        or settings.SSC_PUBLIC_DATABASE_URL
        or settings.SSC_DEMO
        or settings.SSC_PROGRAM != "manage"
    ):
        return []
    return [
        Warning(
            "the public program connects to the database as the role that may read and change everything.",
            hint=(
                "Make a role for it (./ssc manage public_role ssc_public --execute), give it a "
                "password, and set SSC_PUBLIC_DATABASE_URL."
            ),
            id="project.W006",
        )
    ]


@register()
def hosts_of_any_name(**_: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "SSC_ALLOWED_HOSTS may not be “*”: a forged host name would be put into links.",
            hint="Name the hosts.",
            id="project.E003",
        )
    ]


@register()
def signed_heads_beside_the_data(**_: Any) -> list[CheckMessage]:
    if not settings.SSC_SIGNED_HEADS_DIR or not Path(settings.SSC_SIGNED_HEADS_DIR).absolute().is_relative_to(
        settings.SSC_DATA
    ):
        return []
    return [
        Warning(
            (
                "the ledger's signed heads lie inside the data folder: who can rewrite the ledger can "
                "rewrite them too."
            ),
            hint="Point SSC_SIGNED_HEADS_DIR to a folder outside, best on another machine.",
            id="project.W005",
        )
    ]


@register()
def machines_that_share_too_little(**_: Any) -> list[CheckMessage]:
    """Whoever shares the files runs several machines: what one of them signs or seals another must open."""
    if not settings.SSC_FILES_DIR:
        return []
    lacking = [
        name
        for name in ("SSC_SIGNING_SECRET", "SSC_SESSION_SECRET")
        if not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))
    ]
    if not settings.DATABASE_URL:
        lacking.append("DATABASE_URL")
    if not lacking or settings.SSC_PROGRAM != "manage":
        return []
    return [
        Warning(
            (
                f"SSC_FILES_DIR is set, as for several machines, but not {', '.join(lacking)}: a page "
                "that one machine gave is not taken by another."
            ),
            hint="Give every machine the same values (docs/operations.md, Several machines).",
            id="project.W007",
        )
    ]


@register()
def data_that_others_can_read(**_: Any) -> list[CheckMessage]:
    """A key, a sealed file or the database in reach of every user of the machine (Raptor 2024,
    threat-assessment.md F14: files in open storage)."""
    kept = [Path(settings.SSC_DATA), *_database_files()]
    return [
        Error(
            f"every user of this machine can read {path}.",
            hint=f"Close it: chmod o-rwx {path}",
            id="project.E004",
        )
        for path in kept
        if path.exists() and path.stat().st_mode & 0o007 and not _behind_a_closed_folder(path)
    ]


def _database_files() -> list[Path]:
    """The embedded database; none where a server keeps it, or memory does."""
    database = settings.DATABASES["default"]
    name = str(database["NAME"])
    return (
        [Path(name).absolute()]
        if "sqlite" in str(database["ENGINE"]) and name and "memory" not in name
        else []
    )


def _behind_a_closed_folder(path: Path) -> bool:
    return any(not folder.stat().st_mode & 0o001 for folder in path.parents)


@register()
def data_that_is_served(**_: Any) -> list[CheckMessage]:
    """A folder whose files the web server hands out must hold neither keys nor files nor the database, nor
    lie above them."""
    data = Path(settings.SSC_DATA).absolute()
    private = [data / "keys", data / "files", data / "logs", *_database_files()]
    served = [
        Path(str(place)).absolute()
        for place in (settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS)
        if place
    ]
    return [
        Error(
            f"the folder {place} is handed out to anybody and holds, or lies within, what is private.",
            hint="Leave STATIC_ROOT as it is, and let no other folder be served.",
            id="project.E005",
        )
        for place in served
        if any(path.is_relative_to(place) or place.is_relative_to(path) for path in private)
    ]


@register()
def pages_that_tell_too_much(**_: Any) -> list[CheckMessage]:
    """With DEBUG an error page shows the values that were being worked on: the words of a case."""
    if not settings.DEBUG or settings.SSC_DEMO:
        return []
    return [
        Error(
            "DEBUG is on: an error page would show what people wrote.", hint="Unset DEBUG.", id="project.E006"
        )
    ]


@register()
def files_that_are_not_sealed(**_: Any) -> list[CheckMessage]:
    """Django's own storage writes files as they are. Ours are sealed by the vault, so its storage keeps
    nothing."""
    if settings.STORAGES["default"]["BACKEND"] == "django.core.files.storage.InMemoryStorage":
        return []
    return [
        Error(
            "files would be stored without being sealed.",
            hint="Leave STORAGES as it is; files go through the vault.",
            id="project.E007",
        )
    ]


@register()
def certificate_of_the_identity_provider(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("saml", {}).get("APPS", []):
        ends = max(
            datetime.fromisoformat(end) for _certificate, end in app["settings"]["idp"]["certificates"]
        )
        if ends - now() > SAID_BEFORE:
            continue
        if ends <= now():
            said = (
                f"the certificate of the district's sign-in (SAML) has run out on {ends:%Y-%m-%d}: "
                "nobody signs in that way."
            )
        else:
            said = f"the certificate of the district's sign-in (SAML) runs out on {ends:%Y-%m-%d}."
        hint = (
            "Download its metadata again once it has a new one, name the file in "
            "SSC_SAML_METADATA_FILE, and start again."
        )
        found.append(Warning(said, hint=hint, id="project.W008"))
    return found


@register()
def settings_that_are_none(**_: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"{name} is no setting of this program.",
            hint=f"Is {nearest} meant?" if nearest else "See docs/settings.md.",
            id="project.W009",
        )
        for name, nearest in given.mistyped()
    ]
