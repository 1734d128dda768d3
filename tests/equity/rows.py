"""More files of a data officer, and figures of more school years with a row for each school: see
tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added

from security_center.equity import statistics, tables
from security_center.equity.actions import importing
from security_center.equity.models import Figures
from security_center.equity.queries.joining import counts_of
from security_center.foundation.school_years import Period


def add_rows(things: Things, added: list[Added]) -> None:
    district, at = things.cast.district, things.valley.at
    for one in added:
        text = f"student_id,race,disability,english_learner,gender\n{one.number},white,,,"
        importing.send(actor=things.cast.ada, district=district, kind="protected", text=text)
        period = Period(2000 + one.number)
        for kind in Figures.Kind.values:
            counts = counts_of(district, period)
            made = (
                tables.publish(counts, whole=True, at=at, before=None)
                if kind == "equity"
                else statistics.publish(counts, period=period, zone=district.zone, at=at, before=None)
            )
            Figures(district=district, kind=kind, period=period.key, tables=made, made_at=at).save()
