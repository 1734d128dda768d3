"""`./ssc manage rotate_desk_key`: a new key pair for one desk or all, after one may have been stolen."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from security_center.foundation.organizations.actions.desk_keys import rotate_desk_key
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import organizations_called
from security_center.foundation.vault.provider import VaultLocked


class Command(BaseCommand):
    help = (
        "Give a desk (or --all) a new key pair: new reports are sealed to it, and what the desk can "
        "read already stays readable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "desk",
            nargs="?",
            metavar="NAME_OR_SLUG",
            help="the school or district, by its name or short address",
        )
        parser.add_argument(
            "--all",
            action="store_true",
            help="every desk of this installation, or none when one of them fails",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if bool(options["desk"]) == options["all"]:
            raise CommandError("Name one school or district, or give --all.")
        desks = list(Organization.objects.order_by("pk")) if options["all"] else [self._one(options["desk"])]
        if not desks:
            raise CommandError("There is no school or district yet, so there is no desk with a key.")
        try:
            with transaction.atomic():
                versions = [rotate_desk_key(actor=None, organization=desk) for desk in desks]
        except VaultLocked as error:
            raise CommandError(f"No key was changed. {error}") from error
        one = f"{desks[0].name} has key number {versions[0]}, and what comes in is sealed to it"
        told = (
            f"all {len(desks)} desks have new keys, and what comes in is sealed to them"
            if options["all"]
            else one
        )
        self.stdout.write(f"ssc: {told}; what came before stays readable. Make a backup now.")

    @staticmethod
    def _one(text: str) -> Organization:
        found = organizations_called(text)
        if not found:
            raise CommandError(f"There is no school or district with the name or short address “{text}”.")
        if len(found) > 1:
            raise CommandError(
                f"“{text}” is the name of several: give the short address instead, one of "
                f"{', '.join(one.slug for one in found)}."
            )
        return found[0]
