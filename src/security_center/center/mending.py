"""How to mend what no page can: it is done at the machine that runs this system."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.timekeeping.queries import distrusted


@dataclass(frozen=True)
class Way:
    title: str
    steps: list[str]
    command: str = ""
    confirms: bool = False  # a person may say here that it is mended


def ways_to_mend() -> dict[str, Way]:
    """By the key of what is broken."""
    folder, wrong = str(settings.SSC_DATA), distrusted() is not None
    return {
        "worker": Way(
            _("Start the worker again"),
            [
                _("The worker sends every alert. Without it a report is taken, but nobody is told."),
                _(
                    "At the machine, start the system again. It starts the worker with the other "
                    "two programs and keeps it alive."
                ),
                _("If it stops again, the reason is in the log: %(folder)s/logs") % {"folder": folder},
            ],
            "./ssc up",
        ),
        "key": Way(
            _("Put the key file back"),
            [
                _("Copy the key file from its backup to %(folder)s/keys/vault.key") % {"folder": folder},
                _("Its mode must be 0600 and its owner the one who runs the system."),
                _(
                    "Then start the system again. No new key is ever made beside existing data: it "
                    "could open nothing."
                ),
            ],
            "./ssc up",
        ),
        "clock": Way(
            _("Set the clock right"),
            [
                _("Compare this machine’s time with a watch: %(at)s")
                % {"at": date_format(localtime(now()), "DATETIME_FORMAT")},
                _(
                    "If it is wrong, set it at the machine, and let the machine ask a time server "
                    "(chrony or systemd-timesyncd)."
                ),
                _(
                    "When it is right, press the button. A sign-in with a code from a phone does "
                    "the same: the phone knows the time too."
                )
                if wrong
                else _("The clock is believed now: there is nothing to confirm."),
            ],
            "timedatectl",
            confirms=wrong,
        ),
        "damage": Way(
            _("Repair the database’s file"),
            [
                _(
                    "Run this command at the machine. It changes nothing: it writes a copy with all "
                    "that can be read, and says what was lost."
                ),
                _("It says how to put the copy in its place. The system must be stopped for that moment."),
                _(
                    "Where too much was lost, restore the last backup into a new folder instead. "
                    "Most often a disk is failing: replace it."
                ),
            ],
            f"./ssc repair --data {folder}",
        ),
        "damaged_value": Way(
            _("Look for a damaged text in the last backup"),
            [
                _(
                    "A page says “This part cannot be read: it is damaged.” It shows the number of "
                    "the report or case: write it down."
                ),
                _(
                    "Run this command: it restores the last backup into a new folder beside this "
                    "system, which goes on as it is."
                ),
                _(
                    "Start the new folder on other ports, read the text there, and write it into a "
                    "note of the report or case here."
                ),
                _(
                    "Most often a disk is failing: replace it. This line goes away after a week "
                    "without damage."
                ),
            ],
            "./ssc restore BACKUP --kit KIT --data NEW_FOLDER",
        ),
        "backup": Way(
            _("Make a backup"),
            [
                _("A backup may run while reports arrive."),
                _(
                    "Let the machine do it every night, and keep the backup and its key on two "
                    "other machines."
                ),
            ],
            "./ssc backup",
        ),
        "ledger_copy": Way(
            _("Keep the ledger’s signatures elsewhere"),
            [
                _(
                    "Each change of the ledger is found on this machine, but for two: its end cut "
                    "off, or all of it taken back to an earlier day."
                ),
                _(
                    "Mount a folder of another machine where this one may add and not remove, and "
                    "set SSC_SIGNED_HEADS_DIR to it."
                ),
                _("Then start the system again. The worker keeps a copy of each signature there."),
            ],
            "SSC_SIGNED_HEADS_DIR=/mnt/elsewhere ./ssc up",
        ),
        "mail": Way(
            _("Set up the mail server"),
            [
                _(
                    "Set SSC_EMAIL_HOST, SSC_EMAIL_PORT, SSC_EMAIL_USER, SSC_EMAIL_PASSWORD and "
                    "SSC_EMAIL_FROM, and start the system again."
                ),
                _("If mail to one person does not arrive, check their address on their page."),
                _("Then send test alerts. The list is empty again as soon as a mail to them goes out."),
            ],
        ),
        "disk": Way(
            _("Make room on the disk"),
            [
                _(
                    "Old backups in %(folder)s/backups are often the largest. Copy them to another "
                    "machine, then delete them here."
                )
                % {"folder": folder},
                _("Never delete anything else in that folder by hand."),
            ],
        ),
        "jobs": Way(
            _("Find out why work fails"),
            [
                _("The reason is in the log of the worker: %(folder)s/logs") % {"folder": folder},
                _(
                    "Work that failed is tried again by itself. If it keeps failing, start the "
                    "system again and look whether the disk is full."
                ),
            ],
            "./ssc up",
        ),
    }
