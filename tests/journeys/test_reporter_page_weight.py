"""What a pupil's phone has to load before the form stands there: measured in a real browser against the real
public program."""

from __future__ import annotations

import pytest
from tests.browser import PHONE, Visitor
from tests.reporting.real_public import SLUG, RealPublic

pytestmark = [pytest.mark.browser, pytest.mark.programs]

MOST_BYTES = 60 * 1024
MOST_REQUESTS = 4


@pytest.mark.parametrize("address", ["/", "/published/", "/report/", f"/report/{SLUG}/", "/report/receipt/"])
def test_the_first_visit_is_light(visitor: Visitor, real_public: RealPublic, address: str) -> None:
    page = visitor(PHONE)
    wire = page.context.new_cdp_session(page.page)
    wire.send("Network.enable")
    bytes_of: dict[str, int] = {}
    wire.on(
        "Network.loadingFinished",
        lambda event: bytes_of.__setitem__(event["requestId"], int(event["encodedDataLength"])),
    )
    page.goto(f"{real_public.address}{address}", wait_until="networkidle")
    page.nothing_was_refused()
    asked = [url for url in page.requested if not url.startswith("data:")]
    assert all(url.startswith(real_public.address) for url in asked), asked
    assert len(asked) <= MOST_REQUESTS, asked
    assert len(bytes_of) >= len(asked)
    assert sum(bytes_of.values()) <= MOST_BYTES, bytes_of
    assert sum(bytes_of.values()) > 2_000, "an answer that was not counted would pass"
