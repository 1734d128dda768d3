"""Bodies that cost as much as they can, sent to the real public program: processor and memory of each, of the
costliest that a search finds, and of forty at once beside honest reporters."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_from_bytes

from .. import client, school, system
from ..figures import Figure, percentile

SIZE = 1_500_000  # bytes; a little less than the program takes as text
FORM = f"/report/{school.SCHOOL}/"
AT_ONCE = 40
HONEST = 4
SEARCH_SECONDS = 60.0
FILE_PART = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nx\r\n'
# What a costly text may be made of: words that begin phrases, letters drawn out and swapped, signs that stand
# for many, what a page has to escape.
FRAGMENTS = [
    *(
        "me ",
        "se ",
        "la ",
        "va a ",
        "kill ",
        "kill the ",
        "my ",
        "has a ",
        "going to ",
        "want ",
        "school ",
        "end ",
        "no ",
        "me va a ",
        "shoooot ",
        "k1ll ",
    ),
    *(
        "aaab1c ",
        "a ",
        "a!",
        "a1a",
        "'",
        "<",
        "&",
        "\n",
        " ",
        "é",
        "ſ",
        "İ",
        "ß",
        "\u0301",
        "\u200d",
        "\ufdfa",
        "\ufb03",
        "\u33af",
        "\U0001f52a",
        "\U00020000",
    ),
]


def _filled(text: str) -> str:
    return (text * (SIZE // len(text.encode()) + 1)).encode()[:SIZE].decode(errors="ignore")


def _words(seed: int, letters: str, shortest: int, longest: int) -> str:
    chance = random.Random(seed)  # noqa: S311 - a text, not a secret
    return " ".join(
        "".join(chance.choices(letters, k=chance.randint(shortest, longest))) for _ in range(SIZE // shortest)
    )[:SIZE]


def _openings() -> str:
    from security_center.prevention.content_loader import raising_words

    slots = {
        word
        for entry in raising_words().values()
        for phrases in entry.words.values()
        for phrase in phrases
        for word in phrase.split()
    }
    words = sorted({one.rstrip("~") for slot in slots for one in slot.split("/")} - {"…"})
    return " ".join(random.Random(2).choices(words, k=SIZE // 4)).encode()[:SIZE].decode(errors="ignore")  # noqa: S311


TEXTS: dict[str, Callable[[], str]] = {
    "one sign that stands for eighteen": lambda: _filled("\ufdfa"),
    "words that phrases are made of": _openings,
    "the beginning of a phrase again and again": lambda: _filled("me va a "),
    "words drawn out and swapped": lambda: _filled("aaa k1ll "),
    "short words, none twice": lambda: _words(1, "abcdefghijklmnopqrstuvwxyz0123456789", 3, 4),
    "one word": lambda: _filled("a"),
    "letters and signs": lambda: _filled("a!"),
    "emoji between letters": lambda: _filled("\U0001f52aa"),
    "what a page escapes, made wide by one emoji": lambda: "\U0001f52a" + _filled("'")[:-4],
    "lines": lambda: _filled("\n"),
}


def _field(text: str) -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="what_happened"\r\n\r\n{text}\r\n--B--\r\n'.encode()


def _redraw(text: str) -> bytes:
    return b'--B\r\nContent-Disposition: form-data; name="redraw"\r\n\r\nen\r\n' + _field(text)


MULTIPART = "multipart/form-data; boundary=B"
ENCODED = "application/x-www-form-urlencoded"


def bodies() -> dict[str, tuple[str, bytes]]:
    """name → (Content-Type, body): every text sent and asked back in another language, and bodies that cost
    in being taken apart."""
    written = {name: make() for name, make in TEXTS.items()}
    found = {f"sent: {name}": (MULTIPART, _field(text)) for name, text in written.items()}
    found |= {f"redrawn: {name}": (MULTIPART, _redraw(text)) for name, text in written.items()}
    head = b'--B\r\nContent-Disposition: form-data; name="w"'
    found |= {
        "files of one byte": (MULTIPART, FILE_PART * (SIZE // len(FILE_PART))),
        "names of files that are escapes": (
            MULTIPART,
            FILE_PART.replace(b'"a"', b'"' + b"&lt;" * 200 + b'"') * (SIZE // 900),
        ),
        "parts of heads": (MULTIPART, (head + b";a=b" * 200 + b"\r\n\r\nx\r\n") * (SIZE // 900)),
        "edges that are none": (MULTIPART, head + b"\r\n\r\n" + b"\r\n--A" * (SIZE // 5) + b"\r\n--B--\r\n"),
        "fields": (MULTIPART, (head + b"\r\n\r\n" + b"x" * 5000 + b"\r\n") * 390 + b"--B--\r\n"),
        "letters spelled in percent": (ENCODED, b"what_happened=" + b"%41" * (SIZE // 3)),
        "letters spelled in percent by turns": (ENCODED, b"what_happened=" + "é%41".encode() * (SIZE // 5)),
        "signs spelled in percent": (
            ENCODED,
            b"what_happened=" + quote_from_bytes("\ufdfa".encode()).encode() * (SIZE // 9),
        ),
        "fields that are empty": (ENCODED, b"a&" * (SIZE // 2)),
    }
    return found


def costliest(seconds: float) -> str:
    """The text that costs most to search of those that a hill climb meets: a few fragments, again and
    again."""
    import django

    django.setup()
    from security_center.prevention.raising import urgency_from_words

    def cost(parts: list[str]) -> float:
        text = "".join(parts)
        text = (text * (SIZE // 8 // len(text.encode()) + 1))[: SIZE // 8]
        began = time.process_time()
        urgency_from_words([text])
        return time.process_time() - began

    chance, until = random.Random(3), time.monotonic() + seconds  # noqa: S311
    best, most = [chance.choice(FRAGMENTS)], 0.0
    while time.monotonic() < until:
        tried = list(best)
        if chance.random() < 0.2:
            tried = chance.choices(FRAGMENTS, k=chance.randint(1, 400))
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(tried) + 1)
            tried[place : place + chance.randint(0, 2)] = chance.choices(FRAGMENTS, k=chance.randint(1, 3))
        if (taken := cost(tried)) > most:
            best, most = tried, taken
    return _filled("".join(best))


def run() -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
    found = costliest(SEARCH_SECONDS)
    data = school.ready("attacks-bodies")
    with system.running(data) as ours:
        pids = ours.children()["public"]
        _post(ours.port, MULTIPART, _field("warm"))
        costs: dict[str, tuple[float, int]] = {}
        for name, (kind, body) in (
            bodies() | {"sent: what the search found": (MULTIPART, _field(found))}
        ).items():
            costs[name] = _cost(ours.port, pids, kind, body)
        slowest = max(costs, key=lambda name: costs[name][0])
        largest = max(costs, key=lambda name: costs[name][1])
        crowd = [
            (kind, body) for name, (kind, body) in bodies().items() if name.startswith(("sent", "redrawn"))
        ]
        for pid in pids:
            system.reset_peak(pid)
        times, refused = _crowd(ours.port, crowd)
        peak = sum(map(system.peak, pids))
    return [
        Figure("processor of the costliest body", costs[slowest][0], "s", 0.5, note=slowest),
        Figure("memory that the costliest body adds", costs[largest][1] / 1e6, "MB", 60, note=largest),
        Figure(f"public program while {AT_ONCE} such come at once", peak / 1e6, "MB", 500),
        Figure(
            "an honest report meanwhile, 95 of 100 within",
            percentile(times, 0.95),
            "s",
            1,
            note=f"{len(times)} sent",
        ),
        Figure("honest reports that were not taken", refused, "", 0),
    ]


def _post(port: int, kind: str, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request("POST", FORM, body=body, headers={"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _processor(pids: list[int]) -> float:
    """Seconds of processor that the processes have taken."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _cost(port: int, pids: list[int], kind: str, body: bytes) -> tuple[float, int]:
    """Seconds of processor, and bytes by which the program's memory grew at the most."""
    for pid in pids:
        system.reset_peak(pid)
    before, held = _processor(pids), sum(map(system.peak, pids))
    status = _post(port, kind, body)
    if status >= 500:
        raise RuntimeError(f"A body of the kind {kind} was answered with {status}.")
    return _processor(pids) - before, sum(map(system.peak, pids)) - held


def _crowd(port: int, crowd: list[tuple[str, bytes]]) -> tuple[list[float], int]:
    """Honest reporters' times, and how many failed, while `AT_ONCE` senders post what costs most."""
    going = threading.Event()
    going.set()

    def attack(number: int) -> None:
        turn = number
        while going.is_set():
            _post(port, *crowd[turn % len(crowd)])
            turn += 1

    attackers = [threading.Thread(target=attack, args=(number,), daemon=True) for number in range(AT_ONCE)]
    for thread in attackers:
        thread.start()
    time.sleep(2)

    def reporter(_number: int) -> Callable[[], bool]:
        def send() -> bool:
            body = client.form_body(
                {"language": "en", "seed": "", "what_happened": f"{client.TEXT} {client.unique()}"}
            )
            done = client.poster(port, FORM, lambda: body)()
            time.sleep(0.2)  # as a hallway of pupils, not as a benchmark
            return done

        return send

    timings = client.in_parallel(HONEST, 20.0, reporter)
    going.clear()
    for thread in attackers:
        thread.join(120)
    return [taken - 0.2 for taken in timings.taken], timings.failed
