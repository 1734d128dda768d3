"""How a caller uses the package: feed pieces, gather the copy, then ask for the result."""

from collections.abc import Callable

import pytest

from security_center.foundation.cleaning import KINDS, CleanResult, Limits, clean_stream, identify

type Clean = Callable[..., tuple[bytes, CleanResult]]


@pytest.fixture
def clean() -> Clean:
    def run(
        data: bytes,
        name: str = "",
        declared: str = "",
        *,
        limits: Limits | None = None,
        code: str | None = None,
    ) -> tuple[bytes, CleanResult]:
        kind = KINDS[code] if code else identify(data[:4096], name, declared)
        assert kind is not None, "the file is not on the allow-list"
        cleaning = clean_stream((data[at : at + 65536] for at in range(0, len(data), 65536)), kind, limits)
        copy = b"".join(cleaning)
        return copy, cleaning.result

    return run
