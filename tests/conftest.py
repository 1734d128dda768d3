"""What every test shares. The environment is set before, by tests/environment.py."""

from collections import Counter
from typing import Any

import hypothesis
import pytest
from tests import prepared

# No test is judged by the time it took: machines are busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

pytest_plugins = ("tests.keeping", "tests.browser", "tests.cast", "tests.running")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The repeats on PostgreSQL begin, then files in which the most takes long: none is left running alone at
    the end (xdist: `--dist loadfile`)."""
    long = Counter(item.path for item in items if item.get_closest_marker("long"))
    items.sort(key=lambda item: (item.path.parent.name != "postgres", -long[item.path]))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database begins with its tables: no migration is left to do."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared.TABLES
        return
    creation = connection.creation
    make = creation._create_test_db

    def made(verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = make(verbosity, autoclobber, keepdb)
        creation.held = prepared.in_memory(name)  # a database in memory lives as long as somebody holds it
        return name

    creation._create_test_db = made


@pytest.fixture(autouse=True, scope="session")
def _tables_of_the_ledger_can_be_emptied() -> Any:
    """A test with real transactions ends with its tables emptied, which the ledger's triggers refuse: they
    are taken away for that moment, and the migrate signal at its end makes them again."""
    from django.db import connection
    from django.test import TransactionTestCase

    from security_center.foundation.ledger import triggers

    empty = TransactionTestCase._fixture_teardown

    def without_triggers(case: TransactionTestCase) -> None:
        triggers.remove(connection)
        empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_triggers)
        yield


@pytest.fixture(autouse=True, scope="session")
def _pages_find_their_style_and_their_language() -> Any:
    """What the preparation of a start would have made: without it `{% static %}` raises, and every page is
    English."""
    from django.test import override_settings

    from security_center.project import translations

    translations.compile_stale()
    plain = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=plain):
        yield


@pytest.fixture(autouse=True)
def _no_language_is_left_over() -> Any:
    """A page in Spanish leaves its thread speaking Spanish, and the next test would read that."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_clock_is_held_over() -> Any:
    """A worker's watch that ran in this process holds the clock: to the next test its own would not count."""
    from security_center.foundation import clock

    yield
    clock.let_go()


@pytest.fixture(autouse=True)
def _no_signed_head_is_left_over() -> Any:
    """The files of signed heads outlive the tables that a test's end empties: to the next test its ledger
    would look cut."""
    from django.conf import settings

    yield
    for name in ("signed-heads.jsonl", "keys/ledger-head.jsonl"):
        (settings.SSC_DATA / name).unlink(missing_ok=True)
