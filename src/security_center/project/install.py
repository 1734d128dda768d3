"""`./ssc install`: system users, folders, settings with fresh secrets, service units, the nightly backup's
timer and the proxy's file.

The texts stand in deployment/. Without a database address everything runs as one system user on the embedded
database; with one the public program gets a user of its own, from whom the key is hidden. Nothing that
somebody changed is overwritten: a new text is put beside it, and settings get the lines that they lack."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import database_address
from .system_users import CannotMakeUser, Users, make_folders, make_users, reachable_by_others

CODE = Path(__file__).resolve().parents[3]
TEXTS = Path(__file__).parent / "deployment"
UNITS = Path("etc/systemd/system")
SETTINGS = Path("etc/ssc")
# Digests of the texts as they were written: which of them somebody has changed since, and which are new
SHIPPED = SETTINGS / "shipped.json"
PROXIES = {"nginx": Path("etc/nginx/conf.d/ssc.conf"), "caddy": Path("etc/caddy/Caddyfile")}
NEW = ".ssc-new"  # the ending of a text that was put beside a changed file
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class CannotInstall(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Wish:
    """What the person asked for. `root` is / or the folder that the files are only shown in."""

    domain: str
    staff_domain: str
    proxy: str
    data: Path
    backups: Path
    database_url: str
    public_database_url: str
    root: Path

    @property
    def own_users(self) -> bool:
        """Whether the public program has a system user of its own: a wall only where the database knows roles
        (decision 0010)."""
        return bool(self.database_url)


def options(words: Sequence[str]) -> Wish:
    """Raises CannotInstall."""
    parser = argparse.ArgumentParser(
        prog="./ssc install",
        allow_abbrev=False,
        description="Install service units, settings and the proxy's file.",
    )
    parser.add_argument(
        "--domain", required=True, metavar="NAME", help="where reports are taken: the name on the posters"
    )
    parser.add_argument("--staff-domain", required=True, metavar="NAME", help="where people sign in")
    parser.add_argument(
        "--proxy",
        choices=sorted(PROXIES),
        help="the web server in front (default: that of an earlier run, else caddy)",
    )
    parser.add_argument(
        "--data", type=Path, default=Path("/srv/ssc"), metavar="DIR", help="what is kept (default: /srv/ssc)"
    )
    parser.add_argument(
        "--backups",
        type=Path,
        default=Path("/var/backups/ssc"),
        metavar="DIR",
        help="default: /var/backups/ssc",
    )
    parser.add_argument(
        "--database-url",
        default="",
        metavar="URL",
        help="PostgreSQL, and with it a system user for the public program (default: that of an earlier run)",
    )
    parser.add_argument(
        "--public-database-url",
        default="",
        metavar="URL",
        help="the same database as the role that may do less",
    )
    parser.add_argument(
        "--to", type=Path, default=Path("/"), metavar="DIR", help="only write the files below DIR, for a look"
    )
    given = parser.parse_args(list(words))
    for name in (given.domain, given.staff_domain):
        if not HOST.fullmatch(name):
            raise CannotInstall(
                f"“{name}” is no name of a host such as report.example.org, in small letters."
            )
    if given.domain == given.staff_domain:
        raise CannotInstall("reporters and staff need two different names.")
    root = given.to.absolute()
    # Those of an earlier run: without them everything would become one user's again
    if not given.database_url and not given.public_database_url:
        earlier = _settings_of_before(root, "staff")
        given.database_url = earlier.get("DATABASE_URL", "")
        given.public_database_url = earlier.get("SSC_PUBLIC_DATABASE_URL", "")
    if bool(given.database_url) != bool(given.public_database_url):
        raise CannotInstall(
            "give --database-url and --public-database-url together: the public program connects as "
            "a role that may do less."
        )
    for option, url in (
        ("--database-url", given.database_url),
        ("--public-database-url", given.public_database_url),
    ):
        try:
            if url:
                database_address.parsed(url)
        except database_address.NoDatabaseAddress as error:
            raise CannotInstall(f"{option} {error}.") from None
    for folder in (given.data, given.backups):
        if not folder.is_absolute() or re.search(r"[\s%$\\\"']", str(folder)):
            raise CannotInstall(f"“{folder}” must be a whole path without spaces and signs.")
    proxies = [
        proxy for proxy, place in PROXIES.items() if str(place) in _shipped(root) and (root / place).exists()
    ]
    proxy = given.proxy or (proxies[0] if len(proxies) == 1 else "caddy")
    return Wish(
        *(
            given.domain,
            given.staff_domain,
            proxy,
            given.data,
            given.backups,
            given.database_url,
            given.public_database_url,
        ),
        root=root,
    )


def texts(wish: Wish) -> dict[Path, tuple[str, int]]:
    """Every file, by its place below the root: text and mode."""
    units = (
        ["ssc-staff.service", "ssc-worker.service", "ssc-public.service"]
        if wish.own_users
        else ["ssc.service"]
    )
    found = {
        UNITS / name: (TEXTS / name, 0o644) for name in [*units, "ssc-backup.service", "ssc-backup.timer"]
    }
    found |= {SETTINGS / name: (TEXTS / name, 0o600) for name in ("common.env", "staff.env")}
    found[PROXIES[wish.proxy]] = (TEXTS / ("nginx.conf" if wish.proxy == "nginx" else "Caddyfile"), 0o644)
    values = {
        "DOMAIN": wish.domain,
        "STAFF_DOMAIN": wish.staff_domain,
        "CODE": str(CODE),
        "DATA": str(wish.data),
        "BACKUPS": str(wish.backups),
        "SIGNING_SECRET": _settings_of_before(wish.root, "common").get("SSC_SIGNING_SECRET")
        or secrets.token_urlsafe(64),
        "PORT": _port(wish.root, "public", "SSC_PORT", 8000),
        "STAFF_PORT": _port(wish.root, "staff", "SSC_STAFF_PORT", 8001),
    }
    made = {
        place: (_filled(source.read_text(encoding="utf-8"), values), mode)
        for place, (source, mode) in found.items()
    }
    if wish.own_users:
        staff, mode = made[SETTINGS / "staff.env"]
        urls = f"DATABASE_URL={wish.database_url}\nSSC_PUBLIC_DATABASE_URL={wish.public_database_url}\n"
        made[SETTINGS / "staff.env"] = (staff + urls, mode)
        made[SETTINGS / "public.env"] = (
            f"# For the public program alone.\nDATABASE_URL={wish.public_database_url}\n",
            0o600,
        )
    return made


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda name: values[name[1]], text)


def _settings_of_before(root: Path, name: str) -> dict[str, str]:
    """Those of an earlier run and of whoever changed them since, so that a second run changes nothing; none
    before the first."""
    try:
        return settings_in((root / SETTINGS / f"{name}.env").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _port(root: Path, program: str, name: str, usual: int) -> str:
    """Where that program listens by its settings: the proxy has to find it there."""
    return (_settings_of_before(root, "common") | _settings_of_before(root, program)).get(name) or str(usual)


def write(root: Path, made: dict[Path, tuple[str, int]]) -> list[str]:
    """Writes each file, or beside it where somebody has changed it and our text is new. Returns a line for
    each."""
    shipped = _shipped(root)
    told = []
    for place, (text, mode) in made.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        there = path.read_text(encoding="utf-8") if path.exists() else None
        ours, earlier = _digest(text), shipped.get(str(place))
        if there == text:
            told.append(f"as it was   {path}")
        elif there is not None and path.suffix == ".env":
            # Filled in by hand, mail server and all: a text in its place would take that away
            told.append(_completed(path, text))
        elif there is None or earlier == _digest(there):
            _put(path, text, mode)
            told.append(f"{'written' if there is None else 'updated'}     {path}")
        elif earlier == ours:
            told.append(f"kept        {path}, with your changes: ours is as it was")
        else:
            beside = path.with_name(path.name + NEW)
            _put(beside, text, mode)
            told.append(
                f"NOT REPLACED {path} has another text. Look at both (diff {path} {beside}), then: "
                f"mv {beside} {path}"
            )
        if path.suffix != ".env":
            shipped[str(place)] = ours
    _put(root / SHIPPED, json.dumps(shipped, indent=1) + "\n", 0o644)
    others = [
        root / place
        for place in PROXIES.values()
        if place not in made and _is_of_ours(root / place, shipped.get(str(place)))
    ]
    return told + [
        (
            f"ALSO THERE  {path}, of an earlier run: two web servers would take the same ports. If that "
            f"one is to go: rm {path}"
        )
        for path in others
    ]


def _is_of_ours(path: Path, shipped: str | None) -> bool:
    """Not one of the district's own, or of the web server's package, that was there before and stayed."""
    return path.exists() and _digest(path.read_text(encoding="utf-8")) == shipped


def _shipped(root: Path) -> dict[str, str]:
    record = root / SHIPPED
    return json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _put(path: Path, text: str, mode: int) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
    ) as handle:
        handle.write(text)
    path.chmod(mode)


def settings_in(text: str) -> dict[str, str]:
    """The settings of a file that systemd reads too: NAME=value, a line each."""
    return {
        name: value.strip().strip("\"'")
        for name, value in re.findall(r"^\s*(\w+)\s*=(.*)$", text, re.MULTILINE)
    }


def _completed(path: Path, text: str) -> str:
    """Adds the settings that a file lacks and touches none that it has. Returns the line that says so."""
    old = path.read_text(encoding="utf-8")
    have, wanted = settings_in(old), settings_in(text)
    lacking = [name for name in wanted if name not in have]
    other = [name for name, value in wanted.items() if have.get(name, value) != value]
    if lacking:
        path.write_text(
            old.rstrip("\n") + "\n" + "".join(f"{name}={wanted[name]}\n" for name in lacking),
            encoding="utf-8",
        )
    kept = f" (kept as it was: {', '.join(other)})" if other else ""
    return (f"added to    {path}: {', '.join(lacking)}" if lacking else f"as it was   {path}") + kept


def next_steps(wish: Wish, *, again: bool = False) -> list[str]:
    """`again`: the first administrator, the certificate and the kit are there already."""
    services = "ssc-staff ssc-worker ssc-public" if wish.own_users else "ssc"
    log = "ssc-staff" if wish.own_users else "ssc"
    hooks = "--pre-hook 'systemctl stop nginx' --post-hook 'systemctl start nginx'"
    names = f"--cert-name {wish.domain} -d {wish.domain} -d {wish.staff_domain}"
    earlier = UNITS / "ssc.service"
    goes = (
        [f"the earlier unit goes:      systemctl disable --now ssc; rm /{earlier}"]
        if wish.own_users and (wish.root / earlier).exists()
        else []
    )
    if again:
        return [
            *goes,
            (
                f"start again:                systemctl daemon-reload; systemctl enable {services} "
                "ssc-backup.timer"
            ),
            (
                f"                            systemctl restart {services} ssc-backup.timer; systemctl "
                f"reload {wish.proxy}"
            ),
            f"is all well?                {CODE}/ssc doctor --data {wish.data}",
        ]
    return [
        *goes,
        "fill in the mail server:    /etc/ssc/staff.env",
        "start:                      systemctl daemon-reload",
        f"                            systemctl enable --now {services} ssc-backup.timer",
        (
            f"the first administrator:    journalctl -u {log} | grep 'works once' | tail -1   (each "
            "start makes a new one)"
        ),
        *(
            [f"a certificate for both:     certbot certonly --standalone {hooks} {names}"]
            if wish.proxy == "nginx"
            else []
        ),
        *(
            ["more connections:           worker_connections 8192; in /etc/nginx/nginx.conf"]
            if wish.proxy == "nginx"
            else []
        ),
        f"the proxy:                  systemctl reload {wish.proxy}",
        (
            f"the key:                    copy {wish.data}/keys/vault.key to a safe place: without it "
            "nothing can ever be read"
        ),
        (
            "the recovery kit:           systemctl start ssc-backup, then take "
            f"{wish.data}/keys/recovery-kit.txt away from this machine"
        ),
        f"is all well?                {CODE}/ssc doctor --data {wish.data}",
    ]


def main(words: Sequence[str]) -> int:
    try:
        wish = options(words)
        for_real = wish.root == Path("/")
        if for_real:
            if os.geteuid() != 0:
                raise CannotInstall(
                    "only root makes users and units. With --to DIR the files are written there for a look."
                )
            if not reachable_by_others(CODE):
                raise CannotInstall(
                    f"the system users could not read {CODE}. Move the code to /opt/ssc and start from there."
                )
            make_users(Users(), own_users=wish.own_users)
            make_folders(wish.data, wish.backups, Users(), own_users=wish.own_users)
        again = (wish.root / SETTINGS / "common.env").exists()
        told = write(wish.root, texts(wish))
    except (CannotInstall, CannotMakeUser) as refusal:
        sys.stderr.write(f"ssc: {refusal}\n")
        return 2
    print("\n".join(told))
    if for_real and shutil.which(wish.proxy) is None:
        print(f"\n{wish.proxy} is not installed yet: apt-get install {wish.proxy}")
    if for_real:
        print("\nNext:\n" + "\n".join(f"  {line}" for line in next_steps(wish, again=again)))
    return 0
