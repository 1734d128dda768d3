"""The environment of every test run. Loaded with `-p` (see pyproject.toml), because pytest-django reads the settings before any conftest.py:
set later, the tests would run on the data folder, and with the key file, of whoever develops here."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _clear_away(folder: Path, made_by: int) -> None:
    if os.getpid() == made_by:  # not in a child that a test forked
        shutil.rmtree(folder, ignore_errors=True)


os.environ["SSC_DATA"] = tempfile.mkdtemp(prefix="ssc-test-")
atexit.register(_clear_away, Path(os.environ["SSC_DATA"]), os.getpid())
os.environ.setdefault("SSC_PROGRAM", "manage")
os.environ.setdefault("SSC_SIGNING_SECRET", "t" * 50)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
