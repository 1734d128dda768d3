"""Two machines with one PostgreSQL and one shared folder of files: what one of them began the other goes on
with, and each may die."""

from __future__ import annotations

import io
import itertools
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest
from PIL import Image
from tests import prepared
from tests.postgres.cluster import Cluster
from tests.programs.start import status
from tests.running import NotShown, Reporter, StaffBrowser, make_district, run, ssc, until

from benchmarks import system

pytestmark = [pytest.mark.postgres, pytest.mark.programs]

SENDERS, EACH = 4, 4
PATIENCE = 240.0  # seconds for one line: a loaded machine starts a program again in less
CLEANED = """
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import desk
from security_center.reporting.actions.files import ask_for_clean_copy
from security_center.reporting.models import Attachment
with scopes_disabled():
    attachment = Attachment.objects.get()
    if attachment.state == "sealed":
        rosa = Person.objects.get(name="Rosa Ortiz")
        desk.look(actor=rosa, report=attachment.report)
        ask_for_clean_copy(actor=rosa, attachment=attachment)
    print(attachment.state)
"""


@dataclass
class Machines:
    first: system.System
    second: system.System
    shared: Path


def small_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "olive").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def machines(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    place = tmp_path_factory.mktemp("machines")
    shared = place / "shared"
    shared.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("DATABASE_URL", cluster.create("demo_machines", like=prepared.TABLES))
        patch.setenv("SSC_FILES_DIR", str(shared))
        patch.setenv("SSC_SIGNING_SECRET", secrets.token_urlsafe(64))
        patch.setenv("SSC_SESSION_SECRET", secrets.token_hex(32))
        one, two = place / "one", place / "two"
        make_district(one)
        (two / "keys").mkdir(mode=0o700, parents=True)
        two.chmod(0o700)
        for name in ("keys/vault.key", "demo-sign-in.json"):
            (two / name).write_bytes((one / name).read_bytes())
            (two / name).chmod(0o600)
        yield Machines(
            stack.enter_context(system.running(one)), stack.enter_context(system.running(two)), shared
        )


def test_a_reporter_who_came_back_at_one_machine_goes_on_at_the_other(machines: Machines) -> None:
    here, there = Reporter(machines.first.port), Reporter(machines.second.port)
    words = here.send("Someone broke into lockers.")
    assert "Someone broke into lockers." in there.come_back(words)
    here.cookie = there.cookie
    assert "And the gym." in here.write("And the gym.")


def test_somebody_who_signed_in_at_one_machine_is_signed_in_at_the_other(machines: Machines) -> None:
    rosa = StaffBrowser(machines.first.data, machines.first.staff_port, "Rosa Ortiz")
    status, _page = rosa.sign_in()
    assert status == 200
    # The browser sends its cookie to both: ports share cookies
    rosa.base = f"http://localhost:{machines.second.staff_port}"
    status, page = rosa.ask("/desk/")
    assert status == 200
    assert "Rosa" in page


def test_a_photo_that_came_in_at_one_machine_is_opened_and_cleaned_by_the_other(machines: Machines) -> None:
    Reporter(machines.first.port).send("A photo of it.", {"files": ("photo.jpg", small_photo())})
    assert len([file for file in machines.shared.glob("??/*") if file.suffix == ""]) >= 1
    assert not (machines.first.data / "files").exists()
    assert not (machines.second.data / "files").exists()
    until(lambda: run(machines.second.data, CLEANED).strip() == "cleaned", "the photo has a clean copy")


def test_a_folder_that_is_no_longer_mounted_takes_no_file_and_loses_no_word(machines: Machines) -> None:
    mark = machines.shared / ".installation"
    kept = mark.read_bytes()
    mark.unlink()
    try:
        words = Reporter(machines.first.port).send(
            "With a photo that has no place.", {"files": ("photo.jpg", small_photo())}
        )
        assert "With a photo that has no place." in Reporter(machines.second.port).come_back(words)
    finally:
        mark.write_bytes(kept)


def test_another_installations_folder_is_refused_at_the_start(machines: Machines, tmp_path: Path) -> None:
    other = tmp_path / "files"
    other.mkdir()
    (other / ".installation").write_text("0" * 64, encoding="ascii")
    code = "from security_center.project.preparation import mark_shared_files\nmark_shared_files()"
    with pytest.raises(AssertionError, match="belongs to another installation"):
        run(machines.first.data, code, SSC_FILES_DIR=str(other))
    (other / ".installation").unlink()
    with pytest.raises(AssertionError, match="Is it mounted"):
        run(machines.first.data, code, SSC_FILES_DIR=str(other))


def test_machines_die_under_load_and_every_receipt_opens_at_the_one_that_lives(machines: Machines) -> None:
    """As behind a balancer: a sender whose machine does not answer is sent to the other one."""
    shown: list[tuple[str, str]] = []
    died = threading.Event()

    def send(sender: int) -> None:
        ports = [machines.first.port, machines.second.port]
        for number in range(EACH):
            text = f"Sender {sender} wrote line {number}."
            if number == EACH - 1:  # nobody is done before the machines die, however slow the dying is
                assert died.wait(PATIENCE)
            end = time.monotonic() + PATIENCE
            for turn in itertools.count(sender + number):
                try:
                    shown.append((Reporter(ports[turn % 2]).send(text), text))
                    break
                except (OSError, HTTPException, NotShown):
                    assert time.monotonic() < end
                    time.sleep(0.1)

    senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    until(lambda: len(shown) > 1, "senders are at work")
    os.killpg(machines.second.children()["public"][0], signal.SIGKILL)  # its supervisor starts it again
    # The whole machine: the kernel ends its programs with it
    os.kill(machines.first.process.pid, signal.SIGKILL)
    died.set()
    for sender in senders:
        sender.join(EACH * PATIENCE)
    assert len(shown) == SENDERS * EACH
    until(
        lambda: status(machines.second.port) == 200,
        "the second machine answers again",
    )
    for words, text in shown:
        assert text in Reporter(machines.second.port).come_back(words)
    verified = ssc(machines.second.data, "verify-ledger")
    assert verified.returncode == 0, verified.stdout + verified.stderr
