"""The environment of every test run. Loaded with `-p` (see pyproject.toml), because pytest-django reads the
settings before any conftest.py: set later, the tests would run on the data folder, and with the key file, of
whoever develops here."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path


def _clear_away(folder: Path, made_by: int) -> None:
    if os.getpid() == made_by:  # not in a child that a test forked
        shutil.rmtree(folder, ignore_errors=True)


os.environ["SSC_DATA"] = tempfile.mkdtemp(prefix="ssc-test-")
atexit.register(_clear_away, Path(os.environ["SSC_DATA"]), os.getpid())
if "SSC_TEST_PREPARED" not in os.environ:  # processes of the same run (xdist) find it here
    os.environ["SSC_TEST_PREPARED"] = tempfile.mkdtemp(prefix="ssc-test-")
    atexit.register(_clear_away, Path(os.environ["SSC_TEST_PREPARED"]), os.getpid())
os.environ.setdefault("SSC_PROGRAM", "manage")
os.environ.setdefault("SSC_SIGNING_SECRET", "t" * 50)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")


# The collector looks for cycles among everything that ever lived. At Python's own threshold that was a
# seventh of the whole run's processor time.
gc.set_threshold(20_000, 20, 100)


def _on_postgresql() -> None:
    """The whole run on a throw-away cluster (`./ssc test --postgresql …`): its database takes the place of
    the embedded one."""
    sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]
    from tests import prepared
    from tests.postgres.cluster import Cluster

    cluster, made_by = Cluster(prepared.postgresql()), os.getpid()
    os.environ["DATABASE_URL"] = cluster.create("tests")  # processes of the same run (xdist) find it here
    atexit.register(lambda: cluster.stop() if os.getpid() == made_by else None)


if os.environ.get("SSC_TEST_ON_POSTGRESQL") == "yes" and not os.environ.get("DATABASE_URL"):
    _on_postgresql()


def pytest_collection_finish() -> None:
    """What stands now (modules, models, the tests themselves) stands until the end: the collector need not
    walk it again."""
    gc.collect()
    gc.freeze()
