"""A thief who takes the whole disk finds no word of a report (style.md, "Tests that this house owes its
users", 2)."""

from __future__ import annotations

import base64
import sqlite3
import zlib

import pytest
from tests.reporting.real_public import SLUG, RealPublic, hidden_in, receipt_in

from security_center.foundation.vault.receipts import Receipt

pytestmark = pytest.mark.programs

FIELDS = ("what_happened", "who", "when_where", "weapon", "how_do_you_know")


def forms_of(marker: str) -> list[bytes]:
    """How a marker could stand on a disk: plain, in other letters, as UTF-16, in base64 at each offset, as
    hexadecimal."""
    plain = marker.encode()
    coded = [base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, plain.lower(), plain.upper(), marker.encode("utf-16-le"), plain.hex().encode(), *coded]


def test_no_word_of_a_report_a_file_a_message_or_a_receipt_is_on_the_disk(real_public: RealPublic) -> None:
    markers = {
        name: f"Zq{number}xMarker{name.title().replace('_', '')}Vw{number}k"
        for number, name in enumerate((*FIELDS, "seed_like", "extra"))
    }
    markers |= {
        "file_name": "Zq77FileNameVw",
        "file_content": "Zq88FileContentVw",
        "message": "Zq99MessageVw",
        "late_file": "Zq66LateFileVw",
    }
    form = f"/report/{SLUG}/"
    typed = {name: f"{markers[name]} and more" for name in FIELDS}
    typed |= {
        "category": markers["extra"],
        "language": markers["extra"],
        "seed": real_public.seed(),
        "danger_now": "yes",
        "unknown": markers["extra"],
    }
    # More than fits into memory at once: a server might spool it
    photo = markers["file_content"].encode() * 40_000
    status, _headers, page = real_public.post_files(form, typed, [(f"{markers['file_name']}.png", photo)])
    assert status == 200
    words = receipt_in(page)
    status, headers, _page = real_public.post("/report/receipt/", {"words": words})
    assert status == 303
    cookie = headers["Set-Cookie"].partition(";")[0]
    status, _headers, thread = real_public.ask("GET", "/report/receipt/thread/", headers={"Cookie": cookie})
    assert status == 200
    assert typed["what_happened"] in thread
    answer = {
        "proof": hidden_in(thread, "proof"),
        "message": hidden_in(thread, "message"),
        "body": markers["message"],
    }
    status, _headers, _page = real_public.post_files(
        "/report/receipt/thread/",
        answer,
        [(f"{markers['late_file']}.pdf", markers["late_file"].encode())],
        {"Cookie": cookie},
    )
    assert status == 303
    # What must fail on the way, fails with the words in hand: errors, an oversized body, a wrong receipt.
    real_public.post(form, {"what_happened": "", "who": markers["who"]})
    real_public.post(form, {"what_happened": markers["extra"] * 400_000})
    real_public.post("/report/receipt/", {"words": f"{markers['extra']} {words}"})
    real_public.ask("GET", f"/report/?q={markers['extra']}")

    receipt = Receipt.from_text(words)
    secrets = [
        receipt.secret,
        receipt.locator(),
        receipt.phrase("en").encode(),
        receipt.phrase("es").encode(),
        receipt.secret.hex().encode(),
    ]
    kept = real_public.everything_on_disk()
    assert any(path.suffix == ".sqlite3" for path in kept)
    assert any("files" in path.parts for path in kept), "the photo is kept, sealed"
    assert any(b"Maple High School" in path.read_bytes() for path in kept), (
        "this search would find what lies open"
    )
    found = []
    for path in kept:
        content = path.read_bytes()
        for name, marker in markers.items():
            found += [f"{name} in {path.name}" for spelled in forms_of(marker) if spelled in content]
        found += [f"the receipt in {path.name}" for secret in secrets if secret in content]
    assert found == []


def test_the_same_holds_for_every_value_of_every_table(real_public: RealPublic) -> None:
    marker = "Zq55TableMarkerVw"
    assert real_public.post(f"/report/{SLUG}/", {"what_happened": marker, "who": marker})[0] == 200
    with sqlite3.connect(f"file:{real_public.data / 'center.sqlite3'}?mode=ro", uri=True) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        assert "reporting_report" in tables
        assert connection.execute("SELECT count(*) FROM reporting_report").fetchone() == (1,)
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  (the names come from the database itself)
                for value in row:
                    content = value if isinstance(value, bytes) else str(value).encode()
                    assert marker.encode() not in content
                    if content[:1] == b"\x78":  # a compressed value hides a marker from a plain search
                        try:
                            assert marker.encode() not in zlib.decompress(content)
                        except zlib.error:
                            continue
