"""`python -m security_center.project.worker`: the program nobody talks to. Clocks, escalations, messages,
cleaning, the ledger's signed head."""

from __future__ import annotations

import os
import sys

from . import parentage


def main() -> None:
    parentage.die_with_the_one_named_in("SSC_SUPERVISOR_PROCESS")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
    import django

    django.setup()
    from django.conf import settings

    from . import database_server

    if refused := database_server.refusal(settings.DATABASE_URL):
        raise SystemExit(f"ssc: {refused}")
    # On a busy machine whoever reports comes first; an alert goes out a moment later.
    os.nice(5)
    if of_queue := os.environ.pop("SSC_WORKER_QUEUE", ""):
        from security_center.foundation.duties import named_queues

        named_queues.run(of_queue)
        return
    from security_center.foundation.duties.worker import run_forever

    run_forever([sys.executable, "-m", "security_center.project.worker"])


if __name__ == "__main__":
    main()
