from collections.abc import Iterator

import pytest
from tests import prepared
from tests.postgres.cluster import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One throw-away cluster for all tests of this process."""
    found = Cluster(prepared.postgresql())
    yield found
    found.stop()
