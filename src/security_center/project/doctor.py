"""`./ssc doctor`: what is unsafe or missing in this installation, in words, each with the command that mends
it. It changes nothing."""

from __future__ import annotations

import grp
import os
import re
import shutil
import socket
import sqlite3
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import override

from security_center.center.backup.kit import default_place
from security_center.center.queries.backup import last_backup
from security_center.center.queries.condition import BACKUP_LATE
from security_center.foundation.clock import now
from security_center.foundation.duties.heartbeat import machines_with_another_key_file
from security_center.foundation.notifications import channels
from security_center.foundation.notifications.channels.certificates import mend_of_certificate
from security_center.foundation.vault.provider import exchange_under_way, is_open
from security_center.foundation.web import health
from security_center.project import database_server
from security_center.project.install import UNITS
from security_center.project.system_users import Users, shut_to_the_group

PATIENCE = 10  # seconds for a proxy to answer
LARGEST_LOOKED_THROUGH = 1_000_000_000  # bytes of an embedded database that is read through for damaged pages
NEARLY_FULL = 0.05


@dataclass(frozen=True)
class Finding:
    """grave: somebody waits in vain, or what is kept is in danger. mend: a command, or what to do."""

    sentence: str
    mend: str
    grave: bool = False


Look = Callable[[], Iterator[Finding]]


def settings_are_safe() -> Iterator[Finding]:
    for message in checks.run_checks():
        yield Finding(str(message.msg), str(message.hint or ""), grave=message.level >= checks.ERROR)


def _waiting_changes() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def data_is_up_to_date() -> Iterator[Finding]:
    waiting = _waiting_changes()
    if waiting:
        yield Finding(
            f"The data is of an earlier version, or new: {waiting} changes of its tables wait.",
            _start(),
            grave=True,
        )


def programs_are_ready() -> Iterator[Finding]:
    """The same that the staff program's /readyz says."""
    if _waiting_changes():
        return  # its tables are not there yet
    ways = {
        "worker": _start(),
        "alerts": "see why the worker is slow: logs/worker.log in the data folder",
        "vault": (
            f"put the key back: {settings.SSC_DATA}/keys/vault.key (docs/operations.md, When the key is gone)"
        ),
        "mail": "see the line “mail”, and logs/worker.log in the data folder",
        "disk": f"find what is large: du -xh {settings.SSC_DATA} | sort -h | tail",
        "damage": _ssc("repair"),
        "ledger": _ssc("verify-ledger"),
    }
    for name, sentence in health.results("staff").items():
        if sentence and name != "backup":  # `backups_are_made` does not wait two days for the first
            yield Finding(sentence, ways.get(name, "docs/operations.md, Health"), grave=True)


def backups_are_made() -> Iterator[Finding]:
    if connection.vendor == "postgresql" and shutil.which("pg_dump") is None:
        yield Finding(
            "pg_dump is not installed, so no backup can be made.",
            "apt-get install postgresql-client",
            grave=True,
        )
    if _waiting_changes() or settings.SSC_DEMO:
        return
    last = last_backup()
    if last is None or last < now() - BACKUP_LATE:
        said = (
            "There is no backup of this data folder yet: if this machine breaks, every report is lost."
            if last is None
            else "There is no backup of the last two days."
        )
        yield Finding(
            said,
            (
                f"{_ssc('backup')} --to DIR-ON-ANOTHER-DISK; then let the nightly timer do it "
                "(systemctl enable --now ssc-backup.timer)"
            ),
        )


def files_are_the_owners() -> Iterator[Finding]:
    """A command that root once ran beside the units leaves files that the programs, and each nightly backup,
    cannot read."""
    data = Path(settings.SSC_DATA)
    owner = data.stat().st_uid
    # The public program's user writes there too
    public = {entry for name in ("files", "backup.lock") for entry in data.glob(name)}
    looked_at = [*data.iterdir(), *data.glob("keys/*")]
    others = sorted(
        str(entry)
        for entry in looked_at
        if entry.stat().st_uid != owner and (entry not in public or not entry.stat().st_uid)
    )
    if others:
        yield Finding(
            (
                f"Not owned by who owns {data}: {', '.join(others[:5])}. The programs or the backup may "
                "not be able to read them."
            ),
            f"chown {data.owner()}: {' '.join(others[:5])}",
            grave=True,
        )
    if "ssc-public" in _units():
        shut = [str(place) for place in shut_to_the_group(data, grp.getgrnam(Users().files).gr_gid)]
        if shut:
            yield Finding(
                f"The public program's user cannot reach {', '.join(shut)}, so its pages fail.",
                f"./ssc install, with the same words as the first time; {_start()}",
                grave=True,
            )
    embedded = data / "center.sqlite3"
    if settings.DATABASE_URL and embedded.exists():
        yield Finding(
            (
                f"An embedded database lies beside the one that DATABASE_URL names: {embedded}. A "
                "command was run without the settings."
            ),
            f"look whether anything is in it, then move it away: mv {embedded}* /root/",
        )


def key_is_kept_well() -> Iterator[Finding]:
    folder = Path(settings.SSC_DATA) / "keys"
    key = folder / "vault.key"
    if key.exists() and not os.access(key, os.R_OK):
        yield Finding(
            "The vault's key is there, but the system's user cannot read it.",
            f"chown {Path(settings.SSC_DATA).owner()} {key}",
            grave=True,
        )
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("Others on this machine can read the vault's key.", f"chmod 600 {key}", grave=True)
    kit = default_place()
    if kit.exists():
        yield Finding(
            "The recovery kit, which opens every backup, still lies beside the data.",
            f"copy {kit} to two safe places away from this machine, then: rm {kit}",
        )


def key_is_one() -> Iterator[Finding]:
    if _waiting_changes():
        return
    if exchange_under_way():
        yield Finding(
            "The vault's key is being exchanged, and no backup can be made before that ends.",
            _ssc("exchange-vault-key --yes"),
            grave=True,
        )
    elif is_open():
        for host in machines_with_another_key_file():
            yield Finding(
                f"{host} has another key file than this machine.",
                f"copy {settings.SSC_DATA}/keys/vault.key there",
                grave=True,
            )


def heads_are_kept_elsewhere() -> Iterator[Finding]:
    folder = settings.SSC_SIGNED_HEADS_DIR
    if not folder:
        yield Finding(
            (
                "The ledger's signatures are kept nowhere else: whoever holds the data folder and its "
                "key can rewrite it unseen."
            ),
            "set SSC_SIGNED_HEADS_DIR to a folder of another machine (docs/operations.md)",
        )
    elif not Path(folder).is_dir():
        yield Finding(
            f"{folder}, where the ledger's signatures should go, is not there.",
            f"mount it, or make it: mkdir -p {folder}",
            grave=True,
        )
    elif not os.access(folder, os.W_OK):
        owner = Path(settings.SSC_DATA).owner()
        yield Finding(
            f"{folder}, where the ledger's signatures should go, cannot be written to.",
            f"chown {owner} {folder}",
            grave=True,
        )


def disk_has_room() -> Iterator[Finding]:
    disk = shutil.disk_usage(settings.SSC_DATA)
    if disk.free < disk.total * NEARLY_FULL:
        free = disk.free / 1_000_000_000
        yield Finding(
            f"Only {free:.1f} GB are free where the data lies.",
            f"find what is large: du -xh {settings.SSC_DATA} | sort -h | tail",
        )


def mail_server_answers() -> Iterator[Finding]:
    """Of each channel that is set up; that none is, is said by the checks of settings."""
    for channel in channels.configured():
        for sentence, mend in channel.bounce.faults():
            yield Finding(sentence, mend, grave=True)


def addresses_answer() -> Iterator[Finding]:
    """Through the proxy, as a reporter's phone comes, to the form itself. Plain http is said by the checks of
    settings."""
    programs = (
        ("public", settings.SSC_PUBLIC_URL, settings.SSC_PORT, ("/healthz", "/readyz", "/report/")),
        ("staff", settings.SSC_STAFF_URL, settings.SSC_STAFF_PORT, ("/healthz",)),
    )
    for program, url, port, paths in programs:
        if not url.startswith("https://"):
            continue
        path, why, error = next(
            ((path, *found) for path in paths if (found := _asked(url + path))[0]), ("", "", None)
        )
        everywhere = settings.SSC_BIND in {"0.0.0.0", "::"}  # noqa: S104 (no bind)
        here = f"http://{'localhost' if everywhere else settings.SSC_BIND}:{port}"
        if path == "/healthz" and (inside := _asked(f"{here}/healthz")[0]):
            yield Finding(
                f"The {program} program does not answer on {here}: {inside}.", _log(program), grave=True
            )
        elif path == "/healthz":
            yield Finding(
                f"{url} does not answer from here: {why}.",
                _mend_of_address(error, f"SSC_{program.upper()}_URL"),
                grave=True,
            )
        elif path:
            yield Finding(
                f"{url}{path}: {why}. Reporters may see an error in place of the form.",
                _log(program),
                grave=True,
            )


def _asked(url: str) -> tuple[str, Exception | None]:
    """Why `url` does not answer well, or "", and the error that said so."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 (https, or this machine's own address)
            other = url.endswith("/healthz") and answer.read(16) != b"ok\n"
        return ("something else answers there" if other else ""), None
    except urllib.error.HTTPError as error:
        body = error.read(10_000).decode("utf-8", "replace") if url.endswith("/readyz") else ""
        said = re.findall(r'": "((?!ok")[^"]+)"', body)
        return " ".join(said) or f"it answers {error.code} {error.reason}", error
    except (OSError, ValueError) as error:
        return _words(error), error


def _words(error: Exception) -> str:
    return str(getattr(error, "reason", error)) or type(error).__name__


def _mend_of_address(error: Exception | None, setting: str) -> str:
    """What `setting` names is asked for over https and did not answer as it should."""
    cause = getattr(error, "reason", error)
    if error is None or isinstance(error, urllib.error.HTTPError):
        return f"another program answers: look where the web server there leads that name, and at {setting}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return mend_of_certificate(cause, setting)
    if isinstance(cause, socket.gaierror):
        return f"have the name entered in the name server that this machine asks, or mend {setting}"
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing listens there: start the web server, or mend {setting}"
    return f"look at {setting}, and at name server, firewall and web server on the way there"


def identity_provider_answers() -> Iterator[Finding]:
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", []):
        url = f"{app['settings']['server_url']}/.well-known/openid-configuration"
        error: Exception | None = None
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 (https, or loopback: identity_provider.py)
                why = "" if b"authorization_endpoint" in answer.read(100_000) else "it is no issuer"
        except (OSError, ValueError) as fault:
            why, error = _words(fault), fault
        if why:
            mend = _mend_of_address(error, "SSC_OIDC_ISSUER")
            yield Finding(f"{url} does not answer ({why}), so nobody signs in by it.", mend, grave=True)


def _server_answers() -> Iterator[Finding]:
    for setting in ("DATABASE_URL", "SSC_PUBLIC_DATABASE_URL"):
        try:
            if url := getattr(settings, setting):
                database_server.ask(url, setting)
        except (database_server.NoAnswer, database_server.Refused) as fault:
            mend = f"systemctl start postgresql, or mend {setting} (/etc/ssc/staff.env)"
            yield Finding(str(fault), mend, grave=True)
            return


def database_is_whole() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        yield from _server_answers()
        return
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    if not file.exists() or file.stat().st_size > LARGEST_LOOKED_THROUGH:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        if cursor.fetchone()[0] != "ok":
            yield Finding("The database file has damaged pages.", _ssc("repair"), grave=True)


LOOKS: dict[str, Look] = {
    "settings": settings_are_safe,
    "database": database_is_whole,
    "version of the data": data_is_up_to_date,
    "programs": programs_are_ready,
    "backup": backups_are_made,
    "files": files_are_the_owners,
    "keys": key_is_kept_well,
    "key exchange": key_is_one,
    "ledger": heads_are_kept_elsewhere,
    "disk": disk_has_room,
    "mail": mail_server_answers,
    "addresses": addresses_answer,
    "sign-in": identity_provider_answers,
}
ASK_THE_DATABASE = {"version of the data", "programs", "backup", "key exchange"}


def _ssc(command: str) -> str:
    return f"./ssc {command} --data {settings.SSC_DATA}"


def _start() -> str:
    """As this folder is started: by the installed units, or by hand."""
    return f"systemctl restart {' '.join(_units())}" if _units() else _ssc("up")


def _log(program: str) -> str:
    if not _units():
        return f"its log says why: {settings.SSC_DATA}/logs/{program}.log"
    return f"journalctl -n 50 -u {f'ssc-{program}' if f'ssc-{program}' in _units() else 'ssc'}"


def _units() -> list[str]:
    """The installed units that run on this folder."""
    found, data = sorted(Path("/", UNITS).glob("ssc*.service")), str(settings.SSC_DATA)
    return [unit.stem for unit in found if unit.stem != "ssc-backup" and data in unit.read_text()]


def look() -> dict[str, list[Finding]]:
    """Every look with what it found. One that breaks is itself a finding, and the others go on."""
    found: dict[str, list[Finding]] = {}
    with override("en"):  # the person at the terminal reads what the other commands print
        for name, one in LOOKS.items():
            if name in ASK_THE_DATABASE and connection.vendor == "postgresql" and found["database"]:
                continue  # that it does not answer was said
            try:
                found[name] = list(one())
            except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
                sentence = f"This could not be looked at ({type(error).__name__})."
                found[name] = [Finding(sentence, _log("staff"), grave=True)]
    return found
