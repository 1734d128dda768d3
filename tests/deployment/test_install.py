"""`./ssc install`: what it writes, what it leaves alone, and the programs started as its units say, by their
users."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from security_center.project import install

DATABASE = [
    "--database-url",
    "postgresql://ssc:one@localhost/ssc",
    "--public-database-url",
    "postgresql://ssc_public:two@localhost/ssc",
]


def words(folder: Path, *more: str) -> list[str]:
    return [
        "--domain",
        "report.example.org",
        "--staff-domain",
        "desk.example.org",
        "--to",
        str(folder),
        *more,
    ]


def unit(path: Path) -> configparser.ConfigParser:
    """systemd's own form, in which a name may stand several times: the values are joined by lines."""

    class Repeated(dict[str, object]):
        def __setitem__(self, key: str, value: object) -> None:
            if key in self and isinstance(value, list) and isinstance(held := self[key], list):
                held.extend(value)
            else:
                super().__setitem__(key, value)

    parser = configparser.ConfigParser(
        interpolation=None, strict=False, dict_type=Repeated, delimiters=("=",)
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
@pytest.mark.parametrize("more", [[], DATABASE], ids=["embedded", "PostgreSQL"])
def test_everything_is_written_without_a_blank_left_and_secrets_are_for_root_alone(
    tmp_path: Path, proxy: str, more: list[str]
) -> None:
    assert install.main(words(tmp_path, "--proxy", proxy, *more)) == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in written} == {
        *(
            {"ssc-staff.service", "ssc-worker.service", "ssc-public.service", "public.env"}
            if more
            else {"ssc.service"}
        ),
        *(
            "ssc-backup.service",
            "ssc-backup.timer",
            "common.env",
            "staff.env",
            "shipped.json",
            "ssc.conf" if proxy == "nginx" else "Caddyfile",
        ),
    }
    for path in written:
        assert "@DO" not in path.read_text()
        assert (path.stat().st_mode & 0o777) == (0o600 if path.suffix == ".env" else 0o644), path
    secret = (tmp_path / "etc/ssc/common.env").read_text().partition("SSC_SIGNING_SECRET=")[2].split()[0]
    assert len(secret) > 60


def test_a_second_run_changes_nothing_and_what_somebody_changed_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install.main(words(tmp_path))
    mail = tmp_path / "etc/ssc/staff.env"
    mail.write_text("SSC_EMAIL_HOST=smtp.example.org\n")
    unit = tmp_path / "etc/systemd/system/ssc-backup.timer"
    unit.write_text("[Timer]\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert install.main(words(tmp_path)) == 0
    assert {path: path.read_bytes() for path in before} == before
    (told,) = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("as it was")]
    assert told.startswith("kept ")
    assert list(tmp_path.rglob(f"*{install.NEW}")) == []


def test_an_update_replaces_what_nobody_changed_and_lays_the_new_text_beside_what_somebody_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It once offered to take the drop of a certificate's path or of a folder away at each update, though its
    own text was as before."""
    install.main(words(tmp_path))
    changed, unchanged = (
        tmp_path / "etc/systemd/system" / name for name in ("ssc-backup.service", "ssc.service")
    )
    changed.write_text(changed.read_text() + "Environment=MINE=1\n")
    capsys.readouterr()
    install.main(words(tmp_path, "--data", "/srv/elsewhere"))  # as a new text of ours would
    out = capsys.readouterr().out
    assert f"NOT REPLACED {changed}" in out
    assert f"updated     {unchanged}" in out
    assert "MINE=1" in changed.read_text()
    assert "/srv/elsewhere" in changed.with_name(changed.name + install.NEW).read_text()
    assert "/srv/elsewhere" in unchanged.read_text()


def test_a_later_run_adds_the_database_to_settings_that_were_filled_in_and_takes_nothing_away(
    tmp_path: Path,
) -> None:
    install.main(words(tmp_path))
    mail = tmp_path / "etc/ssc/staff.env"
    mail.write_text("SSC_EMAIL_HOST=smtp.example.org\nSSC_EMAIL_PASSWORD=secret\n")
    assert install.main(words(tmp_path, *DATABASE)) == 0
    assert mail.read_text().startswith(
        "SSC_EMAIL_HOST=smtp.example.org\nSSC_EMAIL_PASSWORD=secret\nDATABASE_URL="
    )
    wish = install.options(words(tmp_path, *DATABASE))
    assert any("disable --now ssc;" in line for line in install.next_steps(wish))


@pytest.mark.parametrize(
    "wrong",
    [
        ["--domain", "desk.example.org"],
        ["--domain", "a b"],
        ["--domain", "x;}"],
        ["--data", "srv"],
        ["--data", "/a b"],
        DATABASE[:2],
        ["--database-url", "postgresql://ssc:a/b@c@localhost/ssc", *DATABASE[2:]],
    ],
)
def test_a_wrong_wish_is_refused_in_words_and_writes_nothing(
    tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert install.main(words(tmp_path, *wrong)) == 2
    assert capsys.readouterr().err.startswith("ssc: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [[], DATABASE], ids=["embedded", "PostgreSQL"])
def test_the_units_are_understood_by_systemd_or_at_least_whole(tmp_path: Path, more: list[str]) -> None:
    install.main(words(tmp_path, *more))
    units = sorted((tmp_path / install.UNITS).iterdir())
    if analyze := shutil.which("systemd-analyze"):
        ended = subprocess.run(
            [analyze, "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
    for path in units:
        read = unit(path)
        assert read.sections()[0] == "Unit"
        if path.suffix == ".service":
            service = read["Service"]
            for command in (service["ExecStart"], service.get("ExecStartPre", "/bin/true")):
                assert Path(command.split()[0]).exists(), f"{path.name}: {command}"
            assert service["NoNewPrivileges"] == "yes"
            assert service["ProtectSystem"] == "strict"
            assert service["LimitCORE"] == "0"


def test_the_public_program_gets_another_user_and_neither_key_nor_the_other_address(tmp_path: Path) -> None:
    install.main(words(tmp_path, *DATABASE))
    folder = tmp_path / install.UNITS
    public, staff, worker = (
        unit(folder / f"ssc-{name}.service")["Service"] for name in ("public", "staff", "worker")
    )
    assert public["User"] != staff["User"] == worker["User"]
    assert "/srv/ssc/keys" in public["InaccessiblePaths"].split()
    assert public["ReadWritePaths"].split() == ["/srv/ssc/files", "/srv/ssc/backup.lock"]
    assert "staff.env" not in (folder / "ssc-public.service").read_text()
    assert (
        "ssc:one@"
        not in (tmp_path / "etc/ssc/public.env").read_text() + (tmp_path / "etc/ssc/common.env").read_text()
    )


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_the_proxy_finds_the_programs_at_the_ports_of_the_settings(tmp_path: Path, proxy: str) -> None:
    install.main(words(tmp_path, "--proxy", proxy, *DATABASE))
    for name, line in (("common", "SSC_PORT=8100"), ("staff", "SSC_STAFF_PORT=8101")):
        settings = tmp_path / f"etc/ssc/{name}.env"
        settings.write_text(f"{settings.read_text()}{line}\n")
    install.main(words(tmp_path, "--proxy", proxy, *DATABASE))
    text = (tmp_path / install.PROXIES[proxy]).read_text()
    assert "127.0.0.1:8100" in text
    assert "127.0.0.1:8101" in text
    assert "127.0.0.1:800" not in text


def test_a_later_run_keeps_the_proxy_and_one_that_changes_it_names_the_file_that_stays_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install.main(words(tmp_path, "--proxy", "nginx"))
    install.main(words(tmp_path))
    assert not (tmp_path / install.PROXIES["caddy"]).exists()
    capsys.readouterr()
    install.main(words(tmp_path, "--proxy", "caddy"))
    behind = tmp_path / install.PROXIES["nginx"]
    assert f"rm {behind}" in capsys.readouterr().out
    behind.unlink()
    install.main(words(tmp_path, "--proxy", "caddy"))
    assert "ALSO THERE" not in capsys.readouterr().out


def test_a_file_of_the_web_servers_package_is_not_taken_for_one_of_an_earlier_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    welcome = tmp_path / install.PROXIES["caddy"]
    welcome.parent.mkdir(parents=True)
    welcome.write_text(":80 { respond hello }\n")
    install.main(words(tmp_path, "--proxy", "caddy"))
    install.main(words(tmp_path, "--proxy", "nginx"))
    assert "rm " not in capsys.readouterr().out
    assert welcome.exists()


def test_a_later_run_without_the_databases_addresses_keeps_the_two_users(tmp_path: Path) -> None:
    """It wrote the one unit for everything beside the three, and shut the public program out of its files."""
    install.main(words(tmp_path, *DATABASE))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert install.options(words(tmp_path)).own_users
    install.main(words(tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_units_that_come_later_are_enabled_too(tmp_path: Path) -> None:
    """From SQLite to PostgreSQL, and on another machine: they were started, and gone after the next
    reboot."""
    steps = "\n".join(install.next_steps(install.options(words(tmp_path, *DATABASE)), again=True))
    assert "systemctl enable ssc-staff ssc-worker ssc-public ssc-backup.timer" in steps


def test_a_refused_start_is_tried_again_for_as_long_as_it_takes() -> None:
    """systemd gives up after five starts within ten seconds, and a wrong password ends one at once: a program
    that the next mend does not bring back would take no report."""
    for unit in sorted(install.TEXTS.glob("ssc*.service")):
        text = unit.read_text(encoding="utf-8")
        assert ("Restart=always" in text) == ("RestartSec=3" in text), unit.name
