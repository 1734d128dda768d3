"""`worker`: clocks, alerts, messages and the queue, until it is told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from security_center.foundation.duties.worker import run_forever


class Command(BaseCommand):
    help = "Run the worker program until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form; it must start whatever else is wrong

    def handle(self, *_args: Any, **_options: Any) -> None:
        run_forever()
