"""What each part of a submission costs: the public program's own code, in one thread and without a network,
with a clock around each part.

Run in a process of its own (`python -m …submission_parts COUNT`); prints each part's milliseconds a
submission as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

REST = "the rest: middleware, receipt, headers"


class Clock:
    """Seconds spent in named parts. A part within another counts for itself alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open: list[list[Any]] = []

    def around(self, part: str, holder: Any, name: str) -> None:
        """Put a clock around `holder.name`."""
        inner: Callable[..., Any] = getattr(holder, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._open.append([time.perf_counter(), 0.0])
            try:
                return inner(*args, **kwargs)
            finally:
                began, within = self._open.pop()
                took = time.perf_counter() - began
                self.spent[part] += took - within
                if self._open:
                    self._open[-1][1] += took

        setattr(holder, name, timed)


def main(count: int) -> dict[str, float]:
    """Milliseconds of each part, mean of `count` submissions after a tenth as many that warm up."""
    import django

    django.setup()
    from security_center.project import server

    server.warm_up()
    server.rest_the_collector()
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest
    from django.test import Client

    from security_center.foundation.vault.receipts import Receipt, seal_seed
    from security_center.reporting.actions import intake
    from security_center.reporting.forms import ReportForm
    from security_center.reporting.views_public import form

    from . import client, school, submissions

    clock = Clock()
    clock.around("reading the form", HttpRequest, "_load_post_and_files")
    clock.around("searching the words", intake, "classify")
    clock.around("sealing the key to two desks and the receipt", intake, "prepare_record")
    clock.around("sealing the texts", intake, "seal")
    clock.around("storing: nine rows", intake, "_store")
    clock.around("storing: until the disk has them", BaseDatabaseWrapper, "_commit")
    clock.around("checking the form", ReportForm, "is_valid")
    clock.around("finding the school and what it publishes", form, "_place")
    clock.around("drawing the page after it", form, "_sent")
    browser = Client(headers={"Host": "localhost"})
    bodies = [
        client.form_body(submissions.fields(seal_seed(Receipt.new())))
        for _number in range(count + count // 10)
    ]
    for number, body in enumerate(bodies):
        if number == count // 10:
            clock.spent.clear()
            began = time.perf_counter()
        answer = browser.post(
            f"/report/{school.SCHOOL}/", data=body, content_type=client.MULTIPART["Content-Type"]
        )
        if answer.status_code != 200:
            raise RuntimeError(f"A submission was answered {answer.status_code}.")
    whole = time.perf_counter() - began
    clock.spent[REST] = whole - sum(clock.spent.values())
    return {part: 1000 * seconds / count for part, seconds in clock.spent.items()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
