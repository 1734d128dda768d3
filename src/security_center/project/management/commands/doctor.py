"""`./ssc doctor`: what is unsafe or missing here, and the command that mends each."""

from typing import Any

from django.core.management.base import BaseCommand

from security_center.project import doctor


class Command(BaseCommand):
    help = (
        "Look at this installation: settings, data, programs, keys, mail, addresses. Says what is "
        "unsafe or missing, and how to mend it."
    )
    requires_system_checks = ()  # it runs them itself, and goes on when one fails

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = doctor.look()
        for name, findings in found.items():
            if not findings:
                self.stdout.write(f"ok      {name}")
            for one in findings:
                self.stdout.write(f"{'BROKEN' if one.grave else 'better'}  {name}: {one.sentence}")
                if one.mend:
                    self.stdout.write(f"        mend: {one.mend}")
        grave = sum(one.grave for findings in found.values() for one in findings)
        self.stdout.write(
            f"ssc: {grave} broken, {sum(map(len, found.values())) - grave} that could be better."
        )
        if grave:
            raise SystemExit(1)
