"""What one row of the desk's list says and offers. A page draws fifty: the words are put together here, and
the template only writes them down."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import wording
from ..models import Report, Urgency
from ..queries.desk import Marks


@dataclass(frozen=True)
class Line:
    number: str
    path: str
    urgency: str
    late: bool
    clock: str
    title: str
    facts: list[str]
    news: list[str]  # what has changed, or waits for somebody
    in_a_room: bool
    may_take: bool
    may_hand_over: bool
    dispatch: str  # the number to call from the list, where danger is now


def line_of(report: Report, marks: Marks, *, reader: int | None) -> Line:
    """`reader`: the person who may take reports here, by id; None for whoever only lists them."""
    still_open, clock = report.closed_at is None, wording.clock_of(report)
    may_take = reader is not None and still_open and report.acknowledged_at is None
    may_hand_over = may_take or (reader is not None and still_open and report.holder_id == reader)
    return Line(
        number=report.number,
        path=report.path,
        urgency=report.urgency,
        late=clock is not None and clock.late,
        clock=clock.text if clock is not None else _("decided") if still_open else _("closed"),
        title=wording.category_name(report),
        facts=_facts(report, marks),
        news=_news(report, marks),
        in_a_room=report.group_id is not None,
        may_take=may_take,
        may_hand_over=may_hand_over,
        dispatch=report.desk.police_dispatch if may_hand_over and report.urgency == Urgency.U1 else "",
    )


def _facts(report: Report, marks: Marks) -> list[str]:
    still_open, because = report.closed_at is None, wording.BECAUSE.get(report.urgency_because)
    facts = [
        report.organization.name,
        wording.told(report, report.received_at),
        report.holder.name if report.holder else _("nobody has it yet"),
    ]
    if because is not None:
        facts.append(str(because))
    if marks.linked:
        facts.append(
            ngettext("%(counter)s linked", "%(counter)s linked", marks.linked) % {"counter": marks.linked}
        )
    if report.linked_to_id is not None:
        facts.append(_("linked to an earlier one"))
    if report.handoff_to_id is not None:
        facts.append(_("waits for another desk"))
    if report.crisis_lock and still_open:
        facts.append(_("crisis: stays with a person"))
    if report.group_id is not None:
        facts.append(_("in a room"))
    return facts


def _news(report: Report, marks: Marks) -> list[str]:
    news = []
    if report.new_facts_at is not None and report.closed_at is None:
        news.append(_("new facts"))
    if marks.second_reader:
        news.append(_("waits for a second reader"))
    elif marks.second_reader is None and report.closed_at is None:
        news.append(_("may wait for a second reader"))
    return news
