"""What the worker does for this room. Arguments are ids only; each task may run twice and does the work
once."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.tasks import task
from django_scopes import scope

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import sure_moment
from security_center.foundation.vault import files as vault_files

from . import queries
from .actions import cleaning, forgotten, retention, thread
from .models import Report

log = logging.getLogger("security_center.reporting")


@task(queue_name="files")
def clean_attachment(district_id: int, attachment_id: int) -> str:
    """Make the clean copy of one attachment. Returns the state it ended in."""
    with scope(district=[district_id]):
        return cleaning.make_clean_copy(attachment_id=attachment_id)


@task
def tell_holder_of_new_facts(district_id: int, report_id: int) -> None:
    """The public program knows no people, so the worker tells them."""
    with scope(district=[district_id]):
        report = Report.objects.select_related("holder", "desk").filter(pk=report_id).first()
        if report is not None:
            thread.tell_holder(report=report)


def shred_due() -> int:
    """Mark what outlives its plan's retention in a week, destroy what was marked and has outlived it; nothing
    while the time is not believed. Returns how many reports were destroyed."""
    at = sure_moment()
    if at is None:
        return 0
    shredded = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            retention.mark_ends(at=at)
            shredded += retention.shred_marked(at=at)
    return shredded


def sweep_files() -> int:
    """Remove sealed files that no row names a day after they came: forms that never ended. None while the
    time is not believed: a file whose row is about to commit would look a year old."""
    at = sure_moment()
    return 0 if at is None else vault_files.sweep(vault_files.named, timedelta(days=1), at)


def count_undecided() -> int:
    """The nightly invariant: every report gets a human decision. Logs how many are past their clock; the home
    page shows the same, live."""
    undecided = queries.undecided_everywhere()
    if undecided:
        log.warning("reports past their clock without a human decision: %d", undecided)
    return undecided


def ring_for_forgotten() -> int:
    """Ring again for open reports that rest with nobody. Returns how many there were, which should be
    none."""
    found = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            for report in forgotten.forgotten().select_related("desk__parent")[: forgotten.AT_ONCE]:
                forgotten.ring_again(report=report)
                found += 1
    if found:
        log.warning("open reports that rested with nobody: %d; they ring again", found)
    return found


def reserve_again() -> int:
    """Give reports about a district that are shut to its alternate to the alternate named since."""
    moved = 0
    for district in Organization.objects.filter(kind=Organization.Kind.DISTRICT):
        with scope(district=[district.pk]):
            moved += forgotten.reserve_again(district=district)
    return moved
