"""Memory: a 25 MB photo taken in while the public program's memory is watched, then cleaned by the worker;
the three programs at rest."""

from __future__ import annotations

import http.client
import io
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from . import client, school, system
from .figures import Figure

MEGA = 1_000_000


def photo(size: int = 25 * MEGA) -> bytes:
    """A real JPEG of about `size` bytes, with a camera's and a place's metadata."""
    from PIL import Image

    side = 4300
    noise = random.Random(7).randbytes(side * side * 3)  # noqa: S311 - a picture, not a secret
    picture = Image.frombytes("RGB", (side, side), noise)
    exif = Image.Exif()
    exif[0x010F] = "Bench Camera"
    for quality in (70, 80, 88, 92, 95, 98):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, exif=exif)
        if out.tell() >= size * 0.9:
            return out.getvalue()
    return out.getvalue()


def run() -> list[Figure]:
    data = school.ready("memory")
    picture = photo()
    with system.running(data) as ours:
        time.sleep(6)
        rest = {program: sum(map(system.resident, pids)) for program, pids in ours.children().items()}
        rest["supervisor"] = system.resident(ours.process.pid)
        grown, status = _send(ours, picture)
        if status != 200:
            raise RuntimeError(f"The photo was answered with {status}.")
    cleaned = _clean(data)
    three = sum(rest.get(program, 0) for program in ("public", "staff", "worker"))
    return [
        Figure(
            f"public program grows while a {len(picture) / MEGA:.0f} MB photo comes in",
            grown / MEGA,
            "MB",
            20,
        ),
        Figure("the photo is cleaned by the worker in", cleaned, "s"),
        Figure(
            "three programs at rest",
            three / MEGA,
            "MB",
            450,
            note=", ".join(f"{k} {v / MEGA:.0f}" for k, v in rest.items()),
        ),
    ]


def _send(ours: system.System, picture: bytes) -> tuple[int, int]:
    pids = ours.children()["public"]
    connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=120)

    def send(content: bytes) -> int:
        connection.request("GET", f"/report/{school.SCHOOL}/")
        seed = client.seed_of(connection.getresponse().read().decode())
        body = client.form_body(
            {"language": "en", "seed": seed, "what_happened": client.TEXT}, {"files": ("photo.jpg", content)}
        )
        connection.request("POST", f"/report/{school.SCHOOL}/", body=body, headers=client.MULTIPART)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    send(picture[:200_000])  # warm: the first upload loads code
    before = sum(map(system.resident, pids))
    highest = [before]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.01):
            highest[0] = max(highest[0], sum(map(system.resident, pids)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = send(picture)
    stop.set()
    watcher.join()
    return highest[0] - before, status


_CLEAN = """
import django; django.setup()
import time
from django_scopes import scopes_disabled
from security_center.reporting.actions import cleaning, desk, files
from security_center.reporting.models import Attachment
from security_center.foundation.organizations.models import Person
with scopes_disabled():
    a = Attachment.objects.order_by("-size").first()
    reader = Person.objects.get(email="rosa.ortiz@cedarvalley.example")
    desk.look(actor=reader, report=a.report)
    files.ask_for_clean_copy(actor=reader, attachment=a)
    t = time.perf_counter()
    state = cleaning.make_clean_copy(attachment_id=a.pk)
    print(state, time.perf_counter() - t)
"""


def _clean(data: Path) -> float:
    settings = system.environment(data, SSC_PROGRAM="worker", SSC_DEMO="yes")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _CLEAN], env=settings, check=True, capture_output=True, text=True
    )
    state, seconds = ended.stdout.split()[-2:]
    if state != "cleaned":
        raise RuntimeError(f"The photo ended as {state}.")
    return float(seconds)
