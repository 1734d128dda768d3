"""The three programs started as the units say, by two system users: what the public one can reach of what the
others keep."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import prepared
from tests.deployment.test_install import unit
from tests.postgres.cluster import Cluster
from tests.programs.start import free_port, status, until

from security_center.project import install, system_users

pytestmark = [pytest.mark.programs, pytest.mark.postgres]
USERS = system_users.Users("ssct-staff", "ssct-public", "ssct-files")  # thrown away afterwards


def test_the_folders_are_shut_to_others_and_only_sealed_files_are_shared(tmp_path: Path) -> None:
    me = pwd.getpwuid(os.getuid()).pw_name
    users = system_users.Users(me, me, grp.getgrgid(os.getgid()).gr_name)
    for own_users, modes in ((False, [0o700, 0o700, 0o700]), (True, [0o2750, 0o2770, 0o700])):
        data, backups = tmp_path / f"data-{own_users}", tmp_path / f"backups-{own_users}"
        system_users.make_folders(data, backups, users, own_users=own_users)
        assert [path.stat().st_mode & 0o7777 for path in (data, data / "files", backups)] == modes
        assert (data / "backup.lock").exists() is own_users


def test_an_installation_that_gets_a_second_user_shares_what_the_first_one_made_and_no_file_of_roots_stays(
    tmp_path: Path,
) -> None:
    """Pages made under one user were shut to the other, whose program died at each start; one file of root's
    stopped every nightly backup."""
    me = pwd.getpwuid(os.getuid()).pw_name
    group = next(
        (one for one in (grp.getgrall() if os.geteuid() == 0 else ()) if one.gr_gid != os.getgid()),
        grp.getgrgid(os.getgid()),
    )
    users, data = system_users.Users(me, me, group.gr_name), tmp_path / "data"
    system_users.make_folders(data, tmp_path / "backups", users, own_users=False)
    for name in ("static/web/page.css", "locale/es/words.mo", "files/ab/sealed", "keys/vault.key"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    (data / "files/ab/link").symlink_to(data / "keys/vault.key")
    for entry in (data, *data.rglob("*")):
        entry.chmod(0o700 if entry.is_dir() else 0o600)
    if os.geteuid() == 0:
        os.chown(data / "keys", 65534, -1)
    assert data in system_users.shut_to_the_group(data, group.gr_gid)
    assert data / "static" in system_users.shut_to_the_group(data, group.gr_gid)

    system_users.make_folders(data, tmp_path / "backups", users, own_users=True)
    assert system_users.shut_to_the_group(data, group.gr_gid) == []
    names = (
        "static/web",
        "static/web/page.css",
        "locale/es/words.mo",
        "files/ab",
        "files/ab/sealed",
        "keys",
        "keys/vault.key",
    )
    found = {name: (data / name).stat() for name in names}
    assert [state.st_mode & 0o777 for state in found.values()] == [
        0o750,
        0o640,
        0o640,
        0o770,
        0o660,
        0o700,
        0o600,
    ]
    assert {state.st_uid for state in found.values()} == {os.getuid()}
    assert all(found[name].st_gid == group.gr_gid for name in names[:5])
    assert found["keys/vault.key"].st_gid == os.getgid()


@contextmanager
def two_users() -> Iterator[None]:
    system_users.make_users(USERS, own_users=True)
    try:
        yield
    finally:
        for command in (["userdel", USERS.staff], ["userdel", USERS.public], ["groupdel", USERS.files]):
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


@dataclass
class Units:
    """The units below `root`, as a service manager would start them: user, group, environment and command,
    without its own walls."""

    root: Path

    def started(self, name: str) -> subprocess.Popen[bytes]:
        service = unit(self.root / install.UNITS / f"ssc-{name}.service")["Service"]
        user = {"ssc": USERS.staff, "ssc-public": USERS.public}[service["User"]]
        environment = dict(pair.split("=", 1) for pair in service["Environment"].split())
        for file in service["EnvironmentFile"].split():
            lines = (self.root / file.lstrip("/")).read_text(encoding="utf-8").splitlines()
            environment |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        environment |= {"PATH": os.environ["PATH"], "UMASK": service["UMask"]}
        as_user = ["setpriv", f"--reuid={user}", f"--regid={USERS.files}", "--init-groups", "--no-new-privs"]

        def words(command: str) -> list[str]:
            return [
                *as_user,
                "/bin/sh",
                "-c",
                'umask "$UMASK"; exec "$@"',
                "sh",
                *shlex.split(command.replace("$$", "$")),
            ]

        if "ExecStartPre" in service:
            subprocess.run(
                words(service["ExecStartPre"]),
                env=environment,
                check=True,
                cwd="/",
                stdout=subprocess.DEVNULL,
            )
        return subprocess.Popen(words(service["ExecStart"]), env=environment, cwd="/")


def ended_as(name: str, *command: str) -> subprocess.CompletedProcess[str]:
    words = ["setpriv", f"--reuid={name}", f"--regid={USERS.files}", "--init-groups", *command]
    return subprocess.run(words, check=False, capture_output=True, text=True)


def test_the_public_program_runs_beside_the_others_and_its_user_reaches_no_key_secret_or_page() -> None:
    if os.geteuid() != 0 or not system_users.reachable_by_others(install.CODE):
        # Only root can become two users. What keeps them apart is then looked at in the file that would:
        # their modes, tested above, and the units.
        assert "InaccessiblePaths=@DATA@/keys" in (install.TEXTS / "ssc-public.service").read_text(
            encoding="utf-8"
        )
        return
    with ExitStack() as stack:
        top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ssc-users-", dir="/tmp")))
        top.chmod(0o755)
        cluster = Cluster(prepared.postgresql())
        stack.callback(cluster.stop)
        cluster.folder.chmod(0o755)
        cluster.psql("postgres", "CREATE ROLE reporters LOGIN")
        cluster.create("installed", like=prepared.TABLES)
        stack.enter_context(two_users())
        data, port, staff_port = top / "data", free_port(), free_port()
        names = [
            "--domain",
            "report.example.org",
            "--staff-domain",
            "desk.example.org",
            "--to",
            str(top / "root"),
            "--data",
            str(data),
        ]
        urls = [
            "--database-url",
            cluster.url("installed"),
            "--public-database-url",
            cluster.url("installed", "reporters"),
        ]
        assert install.main([*names, *urls]) == 0
        with (top / "root/etc/ssc/common.env").open("a") as common:
            common.write(f"SSC_PORT={port}\nSSC_STAFF_PORT={staff_port}\n")
        # As after some weeks with one user and the embedded database.
        system_users.make_folders(data, top / "backups", USERS, own_users=False)
        for name in ("static", "locale"):
            (data / name).mkdir(mode=0o700)
        (data / "signing-secret").write_text("left there by a command of root's", encoding="ascii")
        system_users.make_folders(data, top / "backups", USERS, own_users=True)
        assert {entry.owner() for entry in data.iterdir()} == {USERS.staff}
        units = Units(top / "root")
        programs = {}
        for name in ("staff", "worker", "public"):
            programs[name] = units.started(name)
            stack.callback(programs[name].wait, 20)
            stack.callback(programs[name].terminate)
        until(lambda: status(port) == status(staff_port) == 200, "both web programs answer")
        until(lambda: status(staff_port, "/readyz") == 200, "the worker is heard and the key is there")
        assert status(port, "/report/") == 200

        key = data / "keys" / "vault.key"
        assert ended_as(USERS.staff, "cat", str(key)).returncode == 0
        for forbidden in (
            ["cat", str(key)],
            ["ls", str(key.parent)],
            ["cat", str(top / "root/etc/ssc/staff.env")],
            ["cat", f"/proc/{programs['staff'].pid}/environ"],
            ["ls", str(top / "backups")],
        ):
            assert ended_as(USERS.public, *forbidden).returncode != 0, forbidden
        found = ["find", str(data), "-path", str(data / "files"), "-prune", "-o", "-writable", "-print"]
        assert ended_as(USERS.public, *found).stdout.split() == [str(data / "backup.lock")]
        assert ended_as(USERS.public, "touch", str(data / "files" / "sealed")).returncode == 0
