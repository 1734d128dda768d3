"""The running system, a report's whole way: no word of reporter or desk lies open in the data folder, its
logs, its mail or a temporary folder.

(tests/reporting/test_marker_strings.py asks the public program alone, with everything that can go wrong
there.)"""

from __future__ import annotations

import base64
import io
import json
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from tests.running import Reporter, StaffBrowser, run, until

from benchmarks import system
from security_center.foundation.vault.receipts import Receipt

pytestmark = pytest.mark.programs

MARKERS = {
    name: f"Zq{number}Ñandú{name.title().replace('_', '')}Wv"
    for number, name in enumerate(
        (
            "what_happened",
            "who",
            "when_where",
            "weapon",
            "how_do_you_know",
            "file_name",
            "in_picture",
            "message",
            "answer",
            "note",
            "basis",
        )
    )
}
AS_DESK = f"""
import json
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.actions.files import ask_for_clean_copy
from security_center.reporting.models import Attachment, Report
markers = json.loads({json.dumps(MARKERS)!r})
rosa = Person.objects.get(name="Rosa Ortiz")
with scopes_disabled():
    report = Report.objects.get()
    desk.look(actor=rosa, report=report)
    report = desk.acknowledge(actor=rosa, report=report)
    desk.write_note(actor=rosa, report=report, body=markers["note"])
    thread.desk_writes(actor=rosa, report=report, body=markers["answer"])
    for attachment in Attachment.objects.filter(report=report):
        ask_for_clean_copy(actor=rosa, attachment=attachment)
    decisions.decide(
        actor=rosa, report=report, actions=["parent_notified"], validity="plausible",
        considered=markers["basis"],
    )
"""


def spellings(text: str) -> set[bytes]:
    """How a text could stand on a disk."""
    plain = text.encode()
    core = text[:5] + text[10:]  # without the letters that are not ASCII, for what folds them
    coded = {base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)}
    other = {
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.encode("latin-1"),
        json.dumps(text)[1:-1].encode(),
        quote(text).encode(),
    }
    return (
        {
            plain,
            plain.lower(),
            plain.upper(),
            plain.hex().encode(),
            plain.hex().upper().encode(),
            core.encode(),
            text[8:].encode(),
        }
        | other
        | coded
    )


def photo() -> bytes:
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = MARKERS["in_picture"].encode()  # ImageDescription
    Image.effect_noise((600, 400), 60).convert("RGB").save(
        held, "JPEG", exif=exif, comment=MARKERS["in_picture"].encode()
    )
    assert held.getvalue().count(MARKERS["in_picture"].encode()) == 2
    return held.getvalue()


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        yield folder


def test_no_word_is_found_while_it_runs_nor_after_it_was_killed(district: Path, temporary: Path) -> None:
    with system.running(district) as ours:
        reporter = Reporter(ours.port)
        fields = {name: MARKERS[name] for name in ("who", "when_where", "weapon", "how_do_you_know")}
        words = reporter.send(
            MARKERS["what_happened"], {"files": (f"{MARKERS['file_name']}.jpg", photo())}, **fields
        )
        reporter.come_back(words)
        assert MARKERS["message"] in reporter.write(MARKERS["message"])
        run(district, AS_DESK)
        until(
            lambda: _asked(district, "SELECT state FROM reporting_attachment") == "cleaned", "the clean copy"
        )
        rosa = StaffBrowser(district, ours.staff_port, "Rosa Ortiz")
        rosa.sign_in()
        number = _asked(district, "SELECT number FROM reporting_report")
        page = rosa.ask(f"/desk/reports/{number}/")[1]
        assert all(MARKERS[name] in page for name in ("what_happened", "who", "message", "note", "answer"))
        assert MARKERS["answer"] in reporter.page("/report/receipt/thread/")
        receipt = Receipt.from_text(words)
        assert (district / "center.sqlite3-wal").stat().st_size > 0
        assert _found(district, temporary, receipt) == []
        ours.process.send_signal(signal.SIGKILL)  # nothing is tidied up
        ours.process.wait()
        until(lambda: not ours.children(), "every program is gone")
        assert _found(district, temporary, receipt) == []


def _found(data: Path, temporary: Path, receipt: Receipt) -> list[str]:
    kept = [
        path
        for folder in (data, temporary)
        for path in folder.rglob("*")
        if path.is_file() and "static" not in path.parts
    ]
    contents = {str(path): path.read_bytes() for path in kept}
    names = "\n".join(contents).encode()
    assert any(b"Lincoln Middle School" in content for content in contents.values()), (
        "this search finds what lies open"
    )
    assert any("/files/" in path for path in contents)
    assert any("/logs/" in path for path in contents)
    wanted = {name: spellings(text) for name, text in MARKERS.items()}
    wanted["receipt"] = {
        receipt.secret,
        receipt.locator(),
        receipt.secret.hex().encode(),
        receipt.phrase("en").encode(),
        receipt.phrase("es").encode(),
    }
    wanted["receipt"] |= {
        " ".join(receipt.words("en")[:3]).encode(),
        "\n".join(receipt.words("en")[:3]).encode(),
    }
    return [
        f"{name} in {path}"
        for path, content in [*contents.items(), ("the names of files", names)]
        for name, ways in wanted.items()
        if any(way in content for way in ways)
    ]


def _asked(data: Path, statement: str) -> str:
    connection = sqlite3.connect(data / "center.sqlite3", timeout=20)
    try:
        return str(connection.execute(statement).fetchone()[0])
    finally:
        connection.close()
