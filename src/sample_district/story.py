"""Several months of reports: when each came, who took it, what was written, how it ended."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.policies import forget
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.actions import decisions, desk, groups, subjects, thread
from security_center.reporting.actions.intake import Received, receive_report
from security_center.reporting.content_loader import validities
from security_center.reporting.content_of_report import ReportContent
from security_center.reporting.models import Approval, IncidentGroup, Report, Subject

from .district import SampleDistrict
from .reports import SampleReport, sample_reports
from .timeline import Timeline

LEVELS = {
    "elementary": ("willow-creek", "riverside", "seaside"),
    "middle": ("lincoln-middle", "lighthouse-middle"),
    "high": ("north-high", "harbor-high"),
    "combined": ("maple-ridge",),
    "district": ("cedar-valley", "harbor-point"),
}
STAFF_CHANNELS = {"phone", "staff", "in_person"}
# The last days hold what is still open; some of it late, so that the pages have something to say.
OPEN_DAYS = 9
SURGE_DAYS_AGO = 41
PATTERN_DAYS_AGO = 6
THANKS = {
    "en": "Thank you for telling us. We are looking into it now.",
    "es": "Gracias por avisarnos. Ya lo estamos revisando.",
}


def _unfinished(sample: SampleReport, place: int) -> bool:
    """Some of the last days' reports are still on somebody's desk: being read, or waiting for a second
    reader."""
    return place % 6 == 3 and not sample.rumor_group and not sample.same_subject


@dataclass(kw_only=True)
class Story(Timeline):
    sample: SampleDistrict
    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311 - a story, not a secret
    untaken: itertools.count[int] = field(default_factory=itertools.count)
    received: dict[str, Received] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)

    # --- planning
    # --------------------------------------------------------------------------------------------
    def plan(self) -> None:
        surge = self._school_moment(self.until - timedelta(days=SURGE_DAYS_AGO), 18, 40)
        pattern = self._school_moment(self.until - timedelta(days=PATTERN_DAYS_AGO), 10, 5)
        for place, report in enumerate(sample_reports()):
            school = self._school(report, place)
            if report.rumor_group:
                moment = surge + timedelta(seconds=70 * place)
            elif report.same_subject == "stairwell":
                moment = pattern + timedelta(hours=2 * place % 7)
            elif report.outcome is None or _unfinished(report, place):
                moment = self._school_moment(
                    self.until - timedelta(days=self.chance.uniform(0.2, OPEN_DAYS)),
                    self.chance.randint(7, 21),
                )
            else:
                moment = self._school_moment(
                    self.until - timedelta(days=self.chance.uniform(OPEN_DAYS + 8, 118)),
                    self.chance.randint(7, 21),
                )
            self.at(moment, partial(self._receive, report, school, place))
        self.at(surge + timedelta(minutes=25), self._surge_room)

    def _school_moment(self, near: datetime, hour: int, minute: int | None = None) -> datetime:
        local = near.astimezone(ZoneInfo("America/New_York"))
        day = local.date()
        while day.weekday() > 4 and self.chance.random() < 0.8:
            day -= timedelta(days=1)
        clock = time(hour, self.chance.randint(0, 59) if minute is None else minute)
        moment = datetime.combine(day, clock, ZoneInfo("America/New_York"))
        return min(moment, self.until - timedelta(minutes=self.chance.randint(4, 200)))

    def _school(self, report: SampleReport, place: int) -> Organization:
        slugs = LEVELS[report.school_level]
        if (report.outcome is None or _unfinished(report, place)) and report.school_level in {
            "middle",
            "combined",
            "high",
        }:
            return self.sample.schools["north-high" if place % 5 < 2 else "lincoln-middle"]
        slug = slugs[0] if report.rumor_group or report.same_subject else slugs[place % len(slugs)]
        return self.sample.schools.get(slug) or self.sample.districts[slug]

    # --- acting
    # --------------------------------------------------------------------------------------------
    def _person(self, role: Role, organization: Organization) -> Person | None:
        person = self.sample.holder(role, organization)
        if person is not None:
            forget(person)
        return person

    def _reader(self, report: Report) -> Person:
        """Who takes it: the school's reader or counselor, for the district's desk its on-call person."""
        roles = [Role.COUNSELOR, Role.READER] if report.crisis_lock else [Role.READER, Role.COUNSELOR]
        for role in (*roles, Role.DISTRICT_ON_CALL):
            person = self._person(role, report.desk)
            if person is not None:
                return person
        raise RuntimeError(f"Nobody reads at {report.desk}.")

    def _second(self, report: Report) -> Person:
        for role in (Role.COUNSELOR, Role.PRINCIPAL, Role.SRO):
            person = self._person(role, report.desk)
            if person is not None and role is Role.COUNSELOR and not report.crisis_lock:
                return person
        lead = self._person(Role.DISTRICT_SAFETY_LEAD, report.district)
        if lead is None:
            raise RuntimeError("The sample district names a safety lead.")
        return lead

    def _within(self, report: Report, act: Callable[[Report], None]) -> None:
        with scope(district=[report.district_id]):
            act(
                Report.objects.select_related(
                    "desk__parent__parent", "district__parent", "organization", "holder"
                ).get(pk=report.pk)
            )

    def _receive(self, sample: SampleReport, school: Organization, place: int) -> None:
        reader = self._person(Role.READER, school) or self._person(Role.DISTRICT_ON_CALL, school.district)
        received = receive_report(
            actor=reader if sample.channel in STAFF_CHANNELS else None,
            organization=school,
            content=ReportContent(
                what_happened=sample.what_happened,
                who=sample.who,
                when_where=sample.when_where,
                weapon=sample.weapon,
                how_do_you_know=sample.how_do_you_know,
                danger_now=sample.danger_now,
                category=sample.category or "",
                not_this_school=sample.not_this_school,
                about_staff=sample.about_staff,
                may_we_message=sample.may_we_message,
                language=sample.language,
            ),
            receipt=Receipt.new(),
            channel=sample.channel,
            mode=sample.mode if sample.channel == "staff" else Report.Mode.ANONYMOUS,
            reporter_name=reader.name
            if reader is not None and sample.channel == "staff" and sample.mode != "anonymous"
            else "",
        )
        self.received[sample.key] = received
        self._plan_rest(sample, received, place)

    def _plan_rest(self, sample: SampleReport, received: Received, place: int) -> None:
        report, came = received.report, received.report.received_at
        waits = {
            "U1": self.chance.randint(1, 4),
            "U2": self.chance.randint(9, 90),
            "U3": self.chance.randint(60, 400),
        }
        wait = waits.get(report.urgency, self.chance.randint(200, 900))
        if self.chance.random() < 0.08:
            wait *= 12  # some were late, and somebody further up had to be told
        urgent = report.urgency == "U1" and self.until - came > timedelta(hours=2)
        if sample.outcome is None and not urgent and next(self.untaken) % 2 == 0:
            # Nobody has taken it yet: every other one, the first among them, whatever the hour at which the
            # district is made
            return
        taken = came + timedelta(minutes=wait)
        self.at(taken, lambda: self._within(report, self._take))
        moment = taken
        if sample.may_we_message and all(message.sender != "staff" for message in sample.messages):
            moment += timedelta(minutes=self.chance.randint(3, 25))
            self.at(moment, lambda: self._within(report, partial(self._answer, THANKS[sample.language])))
        for message in sample.messages:
            moment += timedelta(minutes=self.chance.randint(3, 30 if message.sender == "staff" else 240))
            if message.sender == "staff":
                self.at(moment, partial(self._within, report, partial(self._answer, message.text)))
            else:
                self.at(
                    moment,
                    partial(
                        self._within,
                        report,
                        partial(self._reporter_writes, received.receipt, message.text, sample.about_me),
                    ),
                )
        if sample.same_subject:
            self.at(
                moment + timedelta(minutes=20),
                lambda: self._within(report, lambda fresh: self._subject(fresh, sample)),
            )
        if report.urgency == "U1" and (sample.outcome is None or _unfinished(sample, place)) and place % 11:
            self.at(
                moment + timedelta(hours=self.chance.uniform(1, 9)),
                lambda: self._within(report, self._first_decision),
            )
        if sample.outcome is not None and not (_unfinished(sample, place) and place // 6 % 2):
            decided = moment + timedelta(hours=self.chance.uniform(2, 70) if not sample.rumor_group else 30)
            self.at(decided, lambda: self._within(report, lambda fresh: self._decide(fresh, sample)))
            if not _unfinished(sample, place):
                self.at(
                    decided + timedelta(hours=self.chance.uniform(1, 20)),
                    lambda: self._within(report, self._agree),
                )
            if self.chance.random() < 0.5:
                helped = self.chance.choice(["yes", "yes", "yes", "unsure", "no"])
                self.at(
                    decided + timedelta(days=2),
                    lambda: self._within(
                        report,
                        lambda fresh: thread.reporter_answers_helped(
                            receipt=received.receipt, report=fresh, answer=helped
                        ),
                    ),
                )

    def _take(self, report: Report) -> None:
        reader = self._reader(report)
        if report.acknowledged_at is None or report.new_facts_at is not None:
            desk.look(actor=reader, report=report)
            desk.acknowledge(actor=reader, report=report)

    def _answer(self, text: str, report: Report) -> None:
        if report.may_we_message:
            reader = self._reader(report)
            desk.look(actor=reader, report=report)
            thread.desk_writes(actor=reader, report=report, body=text)

    def _reporter_writes(self, receipt: Receipt, text: str, about_me: bool, report: Report) -> None:
        thread.reporter_writes(receipt=receipt, report=report, body=text, about_me=about_me)
        self.at(
            now() + timedelta(minutes=self.chance.randint(4, 50)), lambda: self._within(report, self._take)
        )

    def _subject(self, report: Report, sample: SampleReport) -> None:
        reader = self._reader(report)
        known = self.subjects.get(sample.same_subject)
        if known is None:
            mention = subjects.name_subject(
                actor=reader,
                report=report,
                name=sample.who or sample.same_subject,
                identifiers=sample.when_where,
            )
            self.subjects[sample.same_subject] = mention.subject
        else:
            subjects.match_subject(
                actor=reader, report=report, subject=known, same=True, compared=["name", "grade"]
            )
            self.at(
                now() + timedelta(hours=self.chance.uniform(0.3, 2)),
                lambda: self._within(report, self._district_looks),
            )

    def _district_looks(self, report: Report) -> None:
        on_call = self._person(Role.DISTRICT_ON_CALL, report.district)
        if on_call is not None:
            subjects.district_has_seen_pattern(actor=on_call, report=report)

    def _decide(self, report: Report, sample: SampleReport) -> None:
        outcome = sample.outcome
        if outcome is None or report.closed_at is not None or report.group_id is not None:
            return
        reader = self._reader(report)
        if report.acknowledged_at is None:
            self._take(report)
        desk.look(actor=reader, report=report)
        actions = list(outcome.actions)
        if report.crisis_lock and "counseling" not in actions:
            actions.append("counseling")
        decisions.decide(
            actor=reader,
            report=report,
            actions=actions,
            validity=outcome.validity,
            considered=outcome.considered,
        )
        if not validities()[outcome.validity].two_people:  # that waits for a second reader first
            decisions.close(actor=reader, report=report, reason=outcome.considered)

    def _first_decision(self, report: Report) -> None:
        """What a team does about an urgent report on its first day; the final decision follows."""
        if report.decided_at is None:
            decisions.decide(
                actor=self._reader(report),
                report=report,
                actions=["parent_notified", "counseling"],
                validity="plausible",
                considered=(
                    "First day: we met the student, told the family and made sure that everybody is "
                    "safe tonight. The rest follows."
                ),
                interim=True,
            )

    def _agree(self, report: Report) -> None:
        """Second readers agree, except that some requests are still waiting; then the report is closed, if it
        was not."""
        self._answer_all(report)
        fresh = Report.objects.select_related(
            "desk__parent__parent", "district__parent", "organization", "holder"
        ).get(pk=report.pk)
        if (
            fresh.closed_at is None
            and fresh.dispositions.filter(interim=False).exists()
            and not fresh.approvals.filter(decision="waiting").exists()
        ):
            decisions.close(actor=self._reader(fresh), report=fresh, reason="Both readers agree.")
            self._answer_all(fresh)

    def _answer_all(self, report: Report) -> None:
        for approval in Approval.objects.filter(
            report=report, decision=Approval.Decision.WAITING
        ).select_related("report__desk", "asked_by"):
            second = self._second(report)
            if decisions.may_second(second, approval):
                desk.look(actor=second, report=report)
                decisions.answer_approval(
                    actor=second,
                    approval=approval,
                    agree=True,
                    answer="I looked at the same facts and agree.",
                )

    def _surge_room(self) -> None:
        """One rumor, eight reporters: grouped, answered with one line, closed together."""
        reports = [
            self.received[s.key].report for s in sample_reports() if s.rumor_group and s.key in self.received
        ]
        if not reports:
            return
        first = reports[0]

        def act(fresh: Report) -> None:
            reader = self._reader(fresh)
            rows = list(
                Report.objects.filter(pk__in=[r.pk for r in reports], desk=fresh.desk).select_related(
                    "desk__parent__parent", "district", "organization"
                )
            )
            group = groups.open_group(
                actor=reader, desk=fresh.desk, title="Picture about Friday", reports=rows
            )
            groups.answer_group(
                actor=reader,
                group=group,
                line=(
                    "We know about the picture. Police traced it to an old post from another state. "
                    "School is open as usual."
                ),
            )
            self.at(
                now() + timedelta(hours=72),
                lambda: self._within(first, lambda _fresh: self._close_group(group.pk)),
            )

        self._within(first, act)

    def _close_group(self, group_id: int) -> None:
        group = IncidentGroup.objects.select_related("desk__parent__parent").get(pk=group_id)
        reader = self._person(Role.READER, group.desk)
        if reader is None:
            return
        groups.close_group(
            actor=reader,
            group=group,
            actions=["LE_investigation"],
            validity="unsubstantiated",
            considered=(
                "Police traced the picture to a post from another state two years ago. No author here. "
                "Nobody had first-hand knowledge."
            ),
        )
        second = self._person(Role.COUNSELOR, group.desk)
        waiting = Approval.objects.filter(
            report__group=group, decision=Approval.Decision.WAITING
        ).select_related("report__desk", "asked_by")
        for approval in waiting:
            if second is not None and decisions.may_second(second, approval):
                desk.look(actor=second, report=approval.report)
                decisions.answer_approval(
                    actor=second, approval=approval, agree=True, answer="Same picture, same source. I agree."
                )
