"""The command line behind ./ssc. It imports only the standard library until a command needs more, so that
help needs no packages."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
INSTALLED = Path("/etc/ssc")  # settings of the installed units

COMMANDS = {
    "up": "start the public, staff and worker programs and keep them alive",
    "demo": "the same with an invented sample district, on this machine only",
    "install": "install service units, settings, the proxy's file and a nightly backup on this machine",
    "test": "run the tests (more words are handed to pytest)",
    "check": "run every check of the code",
    "bench": "measure the system",
    "simex": "try defenders' measures on a school's own floor plan, in a simulation",
    "manage": "run a management command",
    "backup": "write an encrypted backup",
    "restore": "restore a backup into a new data folder",
    "doctor": "say what is unsafe or missing in this installation, and how to mend it",
    "breach": "after a breach: end all sessions and links, tell reporters",
    "exchange-vault-key": "give the vault a new key, while everything runs",
    "repair": "write a copy of a damaged database with all that can be read",
    "verify-ledger": "check that no entry of the ledger was changed, removed or moved",
}
# They ask what is there, so they make no database: one of root's beside the units' own would be found by
# every later command.
OF_THE_DATA = {"backup", "breach", "doctor", "exchange-vault-key", "repair", "verify-ledger"} | {
    *("demo_code", "import_roster", "import_students", "move_to_postgresql", "public_role", "rotate_desk_key")
}


class ArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        sys.stderr.write(f"ssc: {message}. See ./ssc --help.\n")
        raise SystemExit(2)


def port_number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port from 1 to 65535")
    return int(text)


def own_options(command: str) -> argparse.ArgumentParser:
    parser = ArgumentParser(
        prog=f"./ssc {command}",
        description=COMMANDS[command].capitalize() + ".",
        allow_abbrev=False,
        add_help=command in {"up", "demo"},
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        help="the folder that holds everything that is kept (default: data, in the demo demo-data)",
    )
    if command in {"up", "demo"}:
        parser.add_argument(
            "--port", type=port_number, metavar="N", help="port of the public program (default 8000)"
        )
        parser.add_argument(
            "--staff-port", type=port_number, metavar="N", help="port of the staff program (default 8001)"
        )
        parser.add_argument(
            "--demo", action="store_true", help="with the invented sample district, on this machine only"
        )
    return parser


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  ./ssc {name:<{width}}  {sentence}" for name, sentence in COMMANDS.items()]
    return "\n".join(
        ["School Security Center", "", *lines, "", "  ./ssc up --help shows the options of a start."]
    )


def choose_data(given: str | None, default: str) -> Path:
    """The data folder as an absolute path, also put where settings.py finds it."""
    folder = Path(given or os.environ.get("SSC_DATA") or REPOSITORY / default).expanduser().absolute()
    os.environ["SSC_DATA"] = str(folder)
    return folder


def port_from(given: int | None, variable: str, default: int) -> int:
    if given is not None:
        return given
    try:
        return port_number(os.environ.get(variable) or str(default))
    except argparse.ArgumentTypeError as error:
        sys.stderr.write(f"ssc: {variable}: {error}.\n")
        raise SystemExit(2) from None


def up(command: str, words: list[str]) -> int:
    from . import addresses, supervisor

    options = own_options(command).parse_args(words)
    demo = options.demo or command == "demo"
    # The demo prints sign-in codes: nobody else on the network may reach it. A school's pupils must reach
    # theirs.
    bind = "127.0.0.1" if demo else addresses.bind(os.environ.get("SSC_BIND") or "0.0.0.0")  # noqa: S104
    data = choose_data(options.data, "demo-data" if demo else "data")
    if os.geteuid() == 0 and data.is_dir() and data.stat().st_uid:
        # Root's own files in it would lock out the programs of the units, and each nightly backup.
        owner = data.owner()
        sys.stderr.write(
            f"ssc: {data} belongs to {owner}. Start the installed units (systemctl start 'ssc*'), "
            f"or this as {owner}.\n"
        )
        return 2
    return supervisor.up(
        supervisor.Wish(
            data=data,
            port=port_from(options.port, "SSC_PORT", 8000),
            staff_port=port_from(options.staff_port, "SSC_STAFF_PORT", 8001),
            bind=bind,
            demo=demo,
        )
    )


def management(command: str, words: list[str]) -> int:
    """backup, restore, doctor, verify-ledger, manage: Django's management commands on the chosen data
    folder."""
    from . import data_folder

    options, rest = own_options(command).parse_known_args(words)
    # Done to the sample district, wherever it lies
    of_the_demo = command == "manage" and bool(rest) and rest[0].startswith("demo_")
    if of_the_demo:
        os.environ["SSC_DEMO"] = "yes"
    folder = choose_data(options.data, "demo-data" if of_the_demo else "data")
    asks_the_data = (
        command in OF_THE_DATA or (command == "manage" and set(rest[:1]) & OF_THE_DATA)
    ) and not {"-h", "--help"} & set(rest)
    if asks_the_data and not folder.is_dir():
        sys.stderr.write(f"ssc: there is no data folder at {folder}. Give the right one with --data.\n")
        return 2
    if asks_the_data or (command == "manage" and folder.is_dir()):
        as_installed(folder)
    has_database = (
        os.environ.get("DATABASE_URL")
        or os.environ.get("DATABASE_URL_FILE")
        or (folder / "center.sqlite3").exists()
    )
    if asks_the_data and not has_database:
        where = "Where PostgreSQL keeps it, set DATABASE_URL; else start once with ./ssc up."
        if os.geteuid() and INSTALLED.is_dir():
            where = (
                f"The settings of what is installed here lie in {INSTALLED}: run this as root, who may "
                "read them."
            )
        sys.stderr.write(f"ssc: there is no database in {folder}. {where}\n")
        return 2
    os.environ["SSC_PROGRAM"] = "manage"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
    arguments = rest if command == "manage" else [command.replace("-", "_"), *rest]
    os.umask(0o077)
    try:
        if command != "restore":
            return run_django(command, arguments)
        data_folder.make(folder)
        with data_folder.held(folder):  # nothing may be started on a half-restored folder
            return run_django(command, arguments)
    except (data_folder.DataFolderInUse, data_folder.DataFolderUnusable) as refusal:
        sys.stderr.write(f"ssc: {refusal}\n")
        return 2


def as_installed(folder: Path, settings: Path | None = None) -> None:
    """For root, on the folder of installed units: takes their settings and becomes the folder's owner. Root's
    own files in it, or another database than the units have, would be a second system in the place of the
    first. What is given on the command line (the database to move to) stands."""
    settings = settings or INSTALLED
    if os.geteuid() != 0 or not (settings / "common.env").exists():
        return
    from .install import settings_in

    given = settings_in((settings / "common.env").read_text(encoding="utf-8"))
    if Path(given.get("SSC_DATA", "")) != folder:
        return
    staff = settings / "staff.env"
    for name, value in {
        **given,
        **(settings_in(staff.read_text(encoding="utf-8")) if staff.exists() else {}),
    }.items():
        os.environ.setdefault(name, value)
    owner = folder.stat()
    if owner.st_uid == 0:
        return
    person = pwd.getpwuid(owner.st_uid)
    sys.stderr.write(f"ssc: as {person.pw_name}, with the settings of {settings}\n")
    os.initgroups(person.pw_name, person.pw_gid)
    os.setgid(person.pw_gid)
    os.setuid(person.pw_uid)


def run_django(command: str, arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line([f"./ssc {command}", *arguments])
    return 0


def main(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(usage() + "\n")
        return 0
    command, rest = words[0], words[1:]
    if command not in COMMANDS:
        sys.stderr.write(f"ssc: there is no command “{command}”. The commands are {', '.join(COMMANDS)}.\n")
        return 2
    if command in {"up", "demo"}:
        return up(command, rest)
    if command == "install":
        from . import install

        return install.main(rest)
    if command == "test":
        from . import test_run

        return test_run.main(rest)
    if command == "bench":
        import benchmarks

        return benchmarks.main(rest)
    if command == "simex":
        from simex.command import main as simex_main

        return simex_main(rest)
    if command == "check":
        from . import code_checks

        return code_checks.main()
    try:
        return management(command, rest)
    except PermissionError as error:
        if not error.filename:
            raise
        from . import data_folder

        sys.stderr.write(f"ssc: {data_folder.not_ones_own(Path(os.fsdecode(error.filename)))}\n")
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
