"""That somebody may have read what is kept here. Reporters cannot be reached but on the page that their
receipt opens."""

from __future__ import annotations

from django.db import models


class BreachNotice(models.Model):
    """The sentence stands on the thread of each report that came before `announced_at`, until it is
    withdrawn. Nothing of it is typed."""

    announced_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"breach notice {self.pk}"
