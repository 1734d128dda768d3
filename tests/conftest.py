"""What every test shares. Settings are read from the environment, so the data folder is chosen before Django starts."""

import os
import tempfile

_data = tempfile.mkdtemp(prefix="ssc-test-")
os.environ["SSC_DATA"] = _data
os.environ.setdefault("SSC_PROGRAM", "manage")
os.environ.setdefault("SSC_SIGNING_SECRET", "t" * 50)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")

from typing import Any  # noqa: E402 - the environment above comes first

import pytest  # noqa: E402


@pytest.fixture(autouse=True, scope="session")
def _tables_of_the_ledger_can_be_emptied() -> Any:
    """A test with real transactions ends with its tables emptied, which the ledger's triggers refuse: they are taken away for that moment, and
    the migrate signal at its end makes them again."""
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
