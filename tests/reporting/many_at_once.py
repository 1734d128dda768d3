"""A program of its own: many threads send reports to one SQLite file at once. Prints what came of it as JSON.
Started by test_many_at_once.py."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django_scopes import scope, scopes_disabled

    from security_center.foundation.duties.models import Duty
    from security_center.foundation.ledger.queries import verify
    from security_center.foundation.organizations import actions as people
    from security_center.foundation.organizations.models import Person
    from security_center.foundation.vault.provider import create_key_file
    from security_center.foundation.vault.receipts import Receipt
    from security_center.prevention import actions as plan
    from security_center.reporting.actions.intake import receive_report
    from security_center.reporting.content_of_report import ReportContent
    from security_center.reporting.models import Report
    from security_center.reporting.queries import report_of, thread_page

    create_key_file()
    settings.SSC_DEMO = True
    root = Person.objects.create_user(email="root@example.org", name="Root", is_first_administrator=True)
    state = people.create_organization(actor=root, kind="state", name="State")
    district = people.create_organization(actor=root, kind="district", name="District", parent=state)
    school = people.create_organization(actor=root, kind="school", name="School", parent=district)
    reader = people.add_person(actor=root, organization=school, name="Rosa", email="rosa@example.org")
    people.assign_role(actor=root, person=reader, organization=school, role="reader")
    plan.adopt_plan(actor=None, organization=district)
    plan.set_coverage(
        actor=None, organization=school, rows=[plan.ShiftRow(reader.pk, day, 0, 1440) for day in range(7)]
    )

    faults: list[str] = []
    lock = threading.Lock()
    together = threading.Barrier(12)
    results: list[tuple[str, str, bool]] = []
    one = Receipt.new()

    def send(words: str, receipt: Receipt) -> Callable[[], None]:
        def run() -> None:
            together.wait(timeout=60)
            try:
                found = receive_report(
                    actor=None, organization=school, content=ReportContent(words), receipt=receipt
                )
                with scope(district=[district.pk]):
                    shown = thread_page(found.receipt, report_of(found.receipt)).words["what_happened"]
                with lock:
                    results.append((found.report.number, shown, found.repeated))
                    if shown != words:
                        faults.append(f"{words!r} opens as {shown!r}")
            except Exception as error:
                with lock:
                    faults.append(repr(error))
            finally:
                connection.close()

        return run

    # The same form twelve times at once; then twelve times other words, each twice, under the receipt that is
    # used by then.
    for batch in (
        [send("The same words.", one)] * 12,
        [send(f"Other words {number // 2}.", one) for number in range(12)],
    ):
        threads = [threading.Thread(target=body) for body in batch]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    same, other = (
        [row for row in results if (row[1] == "The same words.") is wanted] for wanted in (True, False)
    )
    with scopes_disabled():
        outcome = {
            "faults": faults,
            "same": [
                len({number for number, _words, _repeated in same}),
                sum(not repeated for _number, _words, repeated in same),
            ],
            "other": [
                len({number for number, _words, _repeated in other}),
                sum(not repeated for _number, _words, repeated in other),
            ],
            "reports": Report.objects.count(),
            "duties": Duty.objects.count(),
            "ledger": verify().ok,
        }
    sys.stdout.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    main()
