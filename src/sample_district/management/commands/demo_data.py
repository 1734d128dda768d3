"""Makes the sample district if the data folder has none, and prints how to sign in."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from sample_district import cases, district, last_year, patience, register, sign_in, story, team_life
from security_center.foundation.clock import clock_at, now
from security_center.foundation.organizations.models import Person
from security_center.prevention.tasks import publish_forms


class Command(BaseCommand):
    help = "Make the sample district (only in the demo), or show again how to sign in to it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SSC_DEMO:
            raise CommandError("The sample district is made only in the demo: use ./ssc demo.")
        if not sign_in.file().is_file():
            if Person.objects.exists():
                raise CommandError(
                    "This data folder holds real people. Give the demo a folder of its own with --data."
                )
            self.stdout.write(
                "ssc: making the sample district: a year and some months of invented reports. It "
                "takes one to three minutes, once …"
            )
            with patience.told(self.stdout.write):
                self.make()
        for line in sign_in.lines():
            self.stdout.write(line)

    @transaction.atomic
    def make(self) -> None:
        with clock_at(last_year.began(now())):
            sample = district.build()
            register.enter(sample)
        last_year.build(sample, now())
        with clock_at(now() - timedelta(days=1)):
            publish_forms()
        months = story.Story(sample=sample, until=now())
        months.plan()
        cases.plan(months)
        team_life.plan(months)
        months.play()
        publish_forms()
        sign_in.prepare(sample)
