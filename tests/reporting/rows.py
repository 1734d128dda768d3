"""Many reports, and much of everything in one of them: see tests/house/rows.py."""

from __future__ import annotations

from tests.house.addresses import Things
from tests.house.rows import Added
from tests.reporting.acts import fresh
from tests.reporting.test_intake import upload

from security_center.reporting.actions import desk, groups, handoffs, subjects, thread
from security_center.reporting.models import IncidentGroup, Report


def add_rows(things: Things, added: list[Added]) -> None:
    valley, cast, rosa = things.valley, things.cast, things.cast.rosa
    group = IncidentGroup.objects.get(pk=things.of("reporting").group.pk)
    main = Report.objects.get(pk=things.of("reporting").report.pk)
    for one in added:
        number = one.number
        for place in (cast.school_a, one.school, cast.district):
            valley.report(f"Somebody waits at gate {number} of {place.pk}.", at=place)
        taken = valley.taken(what=f"They push him at stop {number}.", files=[upload()])
        subjects.name_subject(actor=rosa, report=fresh(taken), name="Sam Doe")
        given = valley.taken(what=f"Yard {number}.")
        handoffs.hand_to_desk(actor=rosa, report=given, to_desk=cast.district, reason="It is theirs.")
        pictures = [valley.report(f"Picture {number}.")]
        groups.open_group(actor=rosa, desk=cast.school_a, title=f"Rumor {number}", reports=pictures)
        groups.add_to_group(actor=rosa, group=group, reports=[valley.report(f"The same picture, {number}.")])
        desk.write_note(actor=rosa, report=fresh(main), body=f"Note {number}.")
        subjects.name_subject(actor=rosa, report=fresh(main), name=f"Kim Roe {number}")
        thread.desk_writes(actor=rosa, report=fresh(valley.taken(what=f"Bus {number}.")), body="Thank you.")
