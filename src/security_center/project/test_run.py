"""`./ssc test`: all tests. What they need of the system is installed where that is allowed; what is missing
is said and fails, nothing is skipped. `--quick` leaves out what takes long: see QUICK."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
# What `--quick` leaves out: what needs a browser, PostgreSQL or the real programs, and what takes more than a
# second of the processor.
QUICK = "not (browser or postgres or programs or long)"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> str | None:
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs; Debian keeps them off the PATH."""
    initdb = shutil.which("initdb")
    if initdb:
        return Path(initdb).resolve().parent
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(
        installed,
        key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0,
        default=None,
    )


def find_proxy(name: str) -> str | None:
    """Debian keeps nginx off an ordinary user's PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def install(package: str) -> None:
    print(f"ssc: installing {package} for the tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wish = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if (
        subprocess.run(  # noqa: S603
            wish, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode
        != 0
    ):
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S607
        subprocess.run(wish, env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S603


def missing() -> list[str]:
    wanted: dict[str, Callable[[], object]] = {
        "chromium": find_chromium,
        "postgresql": find_postgresql,
        "nginx": lambda: find_proxy("nginx"),
        "caddy": lambda: find_proxy("caddy"),
    }
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    lacking = []
    for package, find in wanted.items():
        if find() is None and may_install:
            install(package)
        if find() is None:
            lacking.append(package)
    return lacking


def names_tests(words: list[str]) -> bool:
    """Whether the person named some tests: then only those run, and only what pytest itself asks for is
    needed."""
    return any(not word.startswith("-") and (REPOSITORY / word.split("::")[0]).exists() for word in words)


def main(words: list[str]) -> int:
    # The tests named, on a throw-away cluster; the whole run has its own part that does so
    on_postgresql = "--postgresql" in words
    quick = "--quick" in words
    words = [word for word in words if word not in {"--postgresql", "--quick"}]
    whole = not names_tests(words)
    if whole and not quick and (lacking := missing()):
        sys.stderr.write(
            f"ssc: the tests need {' and '.join(lacking)}; install with: apt-get install "
            f"{' '.join(lacking)}\n"
        )
        return 2
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SSC_") and name != "DATABASE_URL"
    }
    # What a test is told to write anew (tests/house/test_query_counts.py).
    environment = kept | {name: value for name, value in os.environ.items() if name.startswith("SSC_WRITE_")}
    chromium = find_chromium()
    if chromium:
        environment["SSC_TEST_CHROMIUM"] = chromium
    postgresql = find_postgresql()
    if postgresql:
        environment["SSC_TEST_POSTGRESQL"] = str(postgresql)
    if on_postgresql:
        environment["SSC_TEST_ON_POSTGRESQL"] = "yes"
    if quick:
        words = ["-m", QUICK, *words]
    if whole and not any(word.startswith("-n") for word in words):
        # One more than processors: a quarter of the time tests wait
        words = ["-n", str(min((os.cpu_count() or 1) + 1, 5)), *words]
    if any(word.startswith("-n") for word in words):
        # A file's fixtures are made once, in the order of tests/conftest.py.
        words = ["--dist", "loadfile", "--no-loadscope-reorder", *words]
    os.chdir(REPOSITORY)
    # In the place of this process: a signal to ./ssc test reaches pytest, and nothing runs on when it is
    # ended.
    return os.execve(sys.executable, [sys.executable, "-m", "pytest", *words], environment)  # noqa: S606


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
