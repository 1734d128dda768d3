"""A body without its length, as some proxies pass it on, through the real server: no word and no file of it
is lost."""

from __future__ import annotations

import socket
import sqlite3
import time
from urllib.parse import urlencode

import pytest
from tests.reporting.real_public import SLUG, RealPublic, in_chunks, receipt_in

from security_center.project.one_at_a_time import PATIENCE

FORM = f"/report/{SLUG}/"
ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def stored(real_public: RealPublic, table: str) -> int:
    with sqlite3.connect(f"file:{real_public.data / 'center.sqlite3'}?mode=ro", uri=True) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own table


@pytest.mark.programs
def test_a_body_in_chunks_arrives_whole_or_is_refused_with_the_page_that_says_what_to_do(
    real_public: RealPublic,
) -> None:
    what = "They plan a fight. " * 5_000
    status, _headers, page = real_public.post_files(
        FORM,
        {"seed": real_public.seed(), "what_happened": what},
        [("photo.png", b"\x89PNG" + b"x" * 300_000)],
        chunked=True,
    )
    assert status == 200
    words = receipt_in(page)
    status, _headers, page = real_public.ask(
        "POST", "/report/receipt/", in_chunks(urlencode({"words": words}).encode(), 7), ENCODED
    )
    assert status in {200, 302, 303}
    status, _headers, page = real_public.ask(
        "POST",
        FORM,
        in_chunks(
            urlencode({"seed": real_public.seed(), "what_happened": "In chunks, without files."}).encode(), 7
        ),
        ENCODED,
    )
    assert status == 200
    assert receipt_in(page)
    assert (stored(real_public, "reporting_report"), stored(real_public, "reporting_attachment")) == (2, 1)
    long = "x" * 2_200_000
    for chunked in (
        real_public.ask("POST", FORM, in_chunks(urlencode({"what_happened": long}).encode()), ENCODED),
        real_public.post_files(FORM, {"what_happened": long}, [], chunked=True),
    ):
        assert chunked[0] == 413
        assert "data-refused" in chunked[2]
    status, _headers, page = real_public.ask("POST", FORM, in_chunks(b""), ENCODED)
    assert status != 500
    assert stored(real_public, "reporting_report") == 2


@pytest.mark.programs
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_body_in_chunks_that_drips_in_holds_up_nobody(real_public: RealPublic, method: str) -> None:
    with socket.create_connection(("127.0.0.1", real_public.port)) as dripping:
        kind = "Content-Type: application/x-www-form-urlencoded"
        dripping.sendall(
            (
                f"{method} {FORM} HTTP/1.1\r\nHost: localhost\r\n{kind}\r\nTransfer-Encoding: "
                "chunked\r\n\r\n1\r\na\r\n"
            ).encode()
        )
        time.sleep(0.3)  # until the server has begun to read it
        began = time.monotonic()
        assert real_public.ask("GET", FORM)[0] == 200
        assert time.monotonic() - began < PATIENCE
