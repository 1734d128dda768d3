"""A backup in other hands: without its kit, with another's, changed, and put back when what it holds is no
longer true.

What a whole system does with its backups is in tests/backup/test_running_system.py.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest
from tests.running import make_district, run, ssc

pytestmark = pytest.mark.programs

MARKER = "MARKER-of-a-word-that-somebody-typed"
# A report with a file; a reader who is signed in; two links. Then the backup is made, and then the reader
# signs out and one link is used.
BEFORE = f"""
import json
from django.test import Client
from django.conf import settings
from django_scopes import scopes_disabled
from security_center.foundation.organizations import actions
from security_center.foundation.refusals import Refusal
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.vault import files
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent
from tests.cast import sign_in
with scopes_disabled():
    school = Organization.objects.filter(kind="school").order_by("pk").first()
    report = receive_report(actor=None, organization=school, content=ReportContent("{MARKER}")).report
    files.write([b"{MARKER}" * 100])
    people = {{person.name: person for person in Person.objects.all()}}
    rosa, ada = people["Rosa Ortiz"], people["Ada Stone"]
    cookie = sign_in(rosa).cookies[settings.SESSION_COOKIE_NAME].value
    from security_center.foundation.organizations.reset_links import ResetLinks
    print(json.dumps({{
        "number": report.number, "cookie": cookie, "rosa": rosa.pk, "reset": ResetLinks().make_token(rosa),
        "invitation": actions.invite(actor=ada, person=people["Ben Cole"]).split("/")[2],
        "names": [person.name for person in Person.objects.all()],
        "addresses": [person.email for person in Person.objects.all()],
    }}))
"""
# What each of them opens.
OPENS = """
import json, sys
from django.conf import settings
from security_center.foundation.organizations import actions
from security_center.foundation.refusals import Refusal
from security_center.foundation.organizations.models import AccessSession, Person, SignIn
from security_center.foundation.organizations.reset_links import ResetLinks
from security_center.foundation.organizations.sessions import SessionStore
held = json.loads({held!r})
try:
    invitation = actions.open_invitation(held["invitation"]).person.name
except Refusal as fault:
    invitation = type(fault).__name__
print(json.dumps({{
    "session": dict(SessionStore(held["cookie"]).load()).get("_auth_user_id"),
    "invitation": invitation,
    "reset": ResetLinks().check_token(Person.objects.get(pk=held["rosa"]), held["reset"]),
}}))
"""


@dataclass
class Theft:
    data: Path
    archive: Path
    kit: Path
    held: dict[str, Any]

    def opens(self, data: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            run(data, OPENS.format(held=json.dumps(self.held))).splitlines()[-1]
        )
        return found


@pytest.fixture(scope="module")
def theft(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Theft:
    outside = tmp_path_factory.mktemp("stolen")
    held = json.loads(
        run(
            district, BEFORE, PYTHONPATH=f"{Path(__file__).parents[2] / 'src'}:{Path(__file__).parents[2]}"
        ).splitlines()[-1]
    )
    done = ssc(district, "backup", "--to", str(outside), "--kit", str(outside / "kit.txt"))
    assert done.returncode == 0, done.stderr
    (archive,) = outside.glob("*.age")
    return Theft(district, archive, outside / "kit.txt", held)


def refusal(theft: Theft, into: Path, archive: Path, kit: Path | None = None) -> str:
    """The sentence with which a restore is refused; nothing is left that could be started."""
    done = ssc(into, "restore", str(archive), "--kit", str(kit or theft.kit))
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert not (into / "keys").exists()
    assert not (into / "files").exists()
    return done.stderr


def test_without_the_kit_it_shows_its_size_and_nothing_else(theft: Theft) -> None:
    everything = b"".join(path.read_bytes() for path in theft.archive.parent.iterdir() if path != theft.kit)
    words = [
        MARKER,
        theft.held["cookie"],
        theft.held["invitation"],
        *theft.held["names"],
        *theft.held["addresses"],
    ]
    assert [word for word in words if word.encode() in everything] == []
    assert not any(
        sign in everything for sign in (b"SQLite format", b"center.sqlite3", b"files/", b"signing-secret")
    )
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(theft.archive.read_bytes(), [pyrage.x25519.Identity.generate()])
    assert (theft.data / "backup-recipient.txt").read_text().startswith("age1"), (
        "what lies on the machine encrypts, and decrypts nothing"
    )


def test_the_kit_of_another_installation_opens_nothing(theft: Theft, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_district(other)
    done = ssc(other, "backup", "--to", str(tmp_path / "theirs"), "--kit", str(tmp_path / "kit.txt"))
    assert done.returncode == 0, done.stderr
    assert "another recovery kit" in refusal(theft, tmp_path / "data", theft.archive, tmp_path / "kit.txt")


def repacked(theft: Theft, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> bytes:
    """What somebody makes of it who has the kit's public half and once saw the inside: members changed, and
    encrypted to the kit anew."""
    secret = next(
        line for line in theft.kit.read_text().splitlines() if line.startswith("backup secret: ")
    ).partition(": ")[2]
    inside = io.BytesIO(pyrage.decrypt(theft.archive.read_bytes(), [pyrage.x25519.Identity.from_str(secret)]))
    members = []
    with tarfile.open(fileobj=inside) as tar:
        for info in tar:
            content = tar.extractfile(info)
            assert content is not None
            members.append((info, content.read()))
    change(members)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    to = pyrage.x25519.Recipient.from_str((theft.data / "backup-recipient.txt").read_text().strip())
    return pyrage.encrypt(out.getvalue(), [to])


def plain(name: str) -> tarfile.TarInfo:
    return tarfile.TarInfo(name)


CHANGES: dict[str, Callable[[list[tuple[tarfile.TarInfo, bytes]]], Any]] = {
    "one byte of the database": lambda held: held.__setitem__(
        0, (held[0][0], held[0][1][:-1] + bytes([held[0][1][-1] ^ 1]))
    ),
    "two members swapped": lambda held: held.insert(0, held.pop(1)),
    "a member left out": lambda held: held.pop(1),
    "a file added": lambda held: held.insert(
        -1, (plain("files/0b/0badc0de-0000-4000-8000-000000000001"), b"mine")
    ),
    "another key for later backups": lambda held: [
        held.__setitem__(number, (info, b"x" * len(data)))
        for number, (info, data) in enumerate(held)
        if info.name == "backup-recipient.txt"
    ],
    "the seal of nothing": lambda held: held.__setitem__(-1, (held[-1][0], b"0" * 64)),
}


@pytest.mark.parametrize("how", CHANGES)
def test_whoever_changes_it_and_encrypts_it_anew_is_found_out(theft: Theft, tmp_path: Path, how: str) -> None:
    forged = tmp_path / "forged.age"
    forged.write_bytes(repacked(theft, CHANGES[how]))
    assert "not written by the system" in refusal(theft, tmp_path / "data", forged)


@pytest.mark.parametrize("where", [0, 40, 200, 70_000, -1])
def test_a_bit_that_turned_or_an_end_that_is_missing_is_refused(
    theft: Theft, tmp_path: Path, where: int
) -> None:
    raw = bytearray(theft.archive.read_bytes())
    raw[where] ^= 4
    for name, content in (("turned", raw), ("cut", theft.archive.read_bytes()[:where])):
        spoiled = tmp_path / f"{name}.age"
        spoiled.write_bytes(content)
        assert "damaged or cut off" in refusal(theft, tmp_path / name, spoiled)


def test_sessions_and_links_of_then_let_nobody_in_after_a_restore(theft: Theft, tmp_path: Path) -> None:
    """They may have ended since: a reader signed out of a stolen computer, a link was used. The backup does
    not know that."""
    assert theft.opens(theft.data) == {
        "session": str(theft.held["rosa"]),
        "invitation": "Ben Cole",
        "reset": True,
    }
    done = ssc(tmp_path / "data", "restore", str(theft.archive), "--kit", str(theft.kit))
    assert done.returncode == 0, done.stderr
    assert theft.opens(tmp_path / "data") == {
        "session": None,
        "invitation": "InvitationExpired",
        "reset": False,
    }
    assert "Everybody signs in again" in done.stdout
    assert ssc(tmp_path / "data", "verify-ledger").returncode == 0
    shutil.rmtree(tmp_path / "data")
