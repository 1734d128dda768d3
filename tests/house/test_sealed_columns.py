"""Every column that holds what a person typed is sealed, and stands in the one inventory; what typed text is clear says here why.

A new column that is in neither list fails. Look at it: may a thief of the database read it? If not, it is a SealedTextField.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import models

from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField

SEALED = frozenset(
    {
        "equity.Import.content",
        "equity.ProtectedRow.token",
        "equity.ProtectedRow.values",
        "organizations.AccessSession.reason",
        "prevention.TrainingRecord.name",
        "prevention.TrainingRecord.token",
        "prevention.TrainingRecord.trainer",
        "prevention.TrustedAdult.name",
        "reporting.Approval.answer",
        "reporting.Approval.reason",
        "reporting.Attachment.cleaned_seal",
        "reporting.Attachment.file_seal",
        "reporting.Attachment.name",
        "reporting.Disposition.considered",
        "reporting.Handoff.reason",
        "reporting.IncidentGroup.status_line",
        "reporting.IncidentGroup.title",
        "reporting.Note.body",
        "reporting.Report.how_do_you_know",
        "reporting.Report.weapon",
        "reporting.Report.what_happened",
        "reporting.Report.when_where",
        "reporting.Report.who",
        "reporting.ReporterIdentity.contact",
        "reporting.ReporterIdentity.name",
        "reporting.ReporterIdentity.unlock_reason",
        "reporting.Subject.identifiers",
        "reporting.Subject.name",
        "reporting.SubjectToken.token",
        "reporting.ThreadMessage.body",
        "students.Revision.birth_date",
        "students.Revision.content",
        "students.Revision.custody_note",
        "students.Revision.guardians",
        "students.Revision.iep",
        "students.Revision.name",
        "students.Revision.recognize",
        "students.Revision.schedule",
        "students.Revision.section_504",
        "students.Student.birth_date",
        "students.Student.content",
        "students.Student.custody_note",
        "students.Student.guardians",
        "students.Student.identifier",
        "students.Student.identifier_token",
        "students.Student.iep",
        "students.Student.name",
        "students.Student.recognize",
        "students.Student.schedule",
        "students.Student.section_504",
        "students.StudentImport.faults",
        "students.StudentImport.file_seal",
        "students.StudentToken.token",
        "threat_assessment.StudentToken.token",
        "threat_assessment.Action.evidence",
        "threat_assessment.Action.what",
        "threat_assessment.Amendment.answer",
        "threat_assessment.Amendment.hearing",
        "threat_assessment.Amendment.name",
        "threat_assessment.Amendment.statement",
        "threat_assessment.Amendment.what",
        "threat_assessment.BreakGlass.reason",
        "threat_assessment.Case.concern",
        "threat_assessment.Case.subject_facts",
        "threat_assessment.Case.subject_name",
        "threat_assessment.ClassReturn.note",
        "threat_assessment.ClassReturn.reason",
        "threat_assessment.Closure.answer",
        "threat_assessment.Closure.text",
        "threat_assessment.Decision.outcome",
        "threat_assessment.Decision.what",
        "threat_assessment.Discussed.note",
        "threat_assessment.Convening.note",
        "threat_assessment.Disclosure.name",
        "threat_assessment.Disclosure.relied_on",
        "threat_assessment.EarlyEnd.reason",
        "threat_assessment.Evaluation.note",
        "threat_assessment.Finding.note",
        "threat_assessment.Inspection.answer",
        "threat_assessment.Inspection.checked_note",
        "threat_assessment.Inspection.name",
        "threat_assessment.Interview.notes",
        "threat_assessment.Interview.place",
        "threat_assessment.Interview.quotes",
        "threat_assessment.InterviewVersion.notes",
        "threat_assessment.InterviewVersion.quotes",
        "threat_assessment.Judgement.facts_against",
        "threat_assessment.Judgement.facts_for",
        "threat_assessment.Judgement.unknowns",
        "threat_assessment.Judgement.would_change",
        "threat_assessment.LawEnforcementDecision.agency",
        "threat_assessment.LawEnforcementDecision.incident_number",
        "threat_assessment.LawEnforcementDecision.officer",
        "threat_assessment.LawEnforcementDecision.reason",
        "threat_assessment.Meeting.minutes",
        "threat_assessment.Meeting.others_present",
        "threat_assessment.Meeting.reason",
        "threat_assessment.Move.reason",
        "threat_assessment.Notice.note",
        "threat_assessment.Plan.goal",
        "threat_assessment.Plan.lowers_concern",
        "threat_assessment.Plan.out_of_hours",
        "threat_assessment.Plan.raises_concern",
        "threat_assessment.OutsideReview.note",
        "threat_assessment.PathStep.agency",
        "threat_assessment.PathStep.called_when",
        "threat_assessment.PathStep.note",
        "threat_assessment.PathStep.reference",
        "threat_assessment.PlacementQuestion.note",
        "threat_assessment.Press.note",
        "threat_assessment.Removal.reason",
        "threat_assessment.Review.text",
        "threat_assessment.Screening.note",
        "threat_assessment.Segment.wording",
        "threat_assessment.Service.contact",
        "threat_assessment.Service.name",
        "threat_assessment.Service.note",
        "threat_assessment.Departure.note",
        "threat_assessment.Departure.contact",
        "threat_assessment.Departure.looked_again",
        "threat_assessment.Handoff.student",
        "threat_assessment.Handoff.outside_school",
        "threat_assessment.Handoff.note",
        "threat_assessment.Handoff.packet",
        "threat_assessment.Handoff.answer",
        "threat_assessment.Hold.reason",
        "threat_assessment.LeadOffer.reason",
        "threat_assessment.LeadOffer.answer",
        "threat_assessment.Incoming.student",
        "threat_assessment.Incoming.student_facts",
        "threat_assessment.Incoming.says",
        "threat_assessment.Incoming.teller",
        "threat_assessment.Incoming.agency",
        "threat_assessment.Incoming.incident_number",
        "threat_assessment.Incoming.reason",
        "threat_assessment.Transfer.student",
        "threat_assessment.Transfer.student_facts",
        "threat_assessment.Transfer.prior_school",
        "threat_assessment.TransferItem.who",
        "threat_assessment.TransferItem.note",
        "threat_assessment.Signature.text",
        "threat_assessment.Source.name",
        "threat_assessment.Source.note",
        "threat_assessment.StepAnswer.note",
    }
)

CODE = "a code of our own lists, never typed"
OURS = "made by this program, never typed"
STAFF = "about a member of staff at work, needed to sign in, to be told and to be named as responsible"
PLACE = "a public fact about a school or district, shown on public pages"
DIGEST = "a digest or a public or wrapped key, not a text"

# room.Model.column → why it may be clear. Ends in ".*" for a whole model.
CLEAR = {
    "duties.Duty.*": OURS,
    "duties.DutyStep.*": OURS,
    "duties.Heartbeat.*": OURS,
    "duties.PeriodicRun.*": OURS,
    "equity.Enrolment.axis": CODE,
    "equity.Enrolment.group": CODE,
    "equity.Figures.kind": CODE,
    "equity.Figures.period": OURS,
    "equity.Import.kind": CODE,
    "equity.Import.school_year": CODE,
    "equity.Import.state": CODE,
    "equity.Reading.month": OURS,
    "ledger.Entry.*": OURS,
    "ledger.SignedHead.*": DIGEST,
    "notifications.Delivery.*": OURS,
    "notifications.Message.*": OURS,
    "notifications.TestAlert.*": DIGEST,
    "organizations.Invitation.*": DIGEST,
    "organizations.Organization.city": PLACE,
    "organizations.Organization.dispatch_number": PLACE,
    "organizations.Organization.external_id": "the state's public number of a school",
    "organizations.Organization.kind": CODE,
    "organizations.Organization.level": CODE,
    "organizations.Organization.name": PLACE,
    "organizations.Organization.slug": PLACE,
    "organizations.Organization.time_zone": CODE,
    "organizations.Person.*": STAFF,
    "organizations.RoleAssignment.role": CODE,
    "prevention.Check.half": OURS,
    "prevention.Holiday.name": PLACE,
    "prevention.Plan.adopted_for": "on whose behalf a public document is adopted",
    "prevention.Plan.interview_order": CODE,
    "prevention.Plan.law_of": CODE,
    "prevention.Plan.other_line_name": PLACE,
    "prevention.Plan.other_line_number": PLACE,
    "prevention.Plan.rule_set": CODE,
    "prevention.Plan.scheme": CODE,
    "prevention.Plan.state": CODE,
    "prevention.PublishedForm.closed_because": CODE,
    "prevention.PublishedForm.other_line_name": PLACE,
    "prevention.PublishedForm.other_line_number": PLACE,
    "prevention.PublishedPlan.adopted_for": "on whose behalf a public document is adopted",
    "prevention.TrainingRecord.kind": CODE,
    "prevention.TrainingRecord.of": CODE,
    "reporting.Approval.decision": CODE,
    "reporting.Approval.kind": CODE,
    "reporting.Attachment.cleaned_media_type": "found by content, one of our list of types",
    "reporting.Attachment.fault": CODE,
    "reporting.Attachment.media_type": "found by content, one of our list of types",
    "reporting.Attachment.reason": CODE,
    "reporting.Attachment.state": CODE,
    "reporting.Disposition.validity": CODE,
    "reporting.Report.category": CODE,
    "reporting.Report.channel": CODE,
    "reporting.Report.danger_now": CODE,
    "reporting.Report.first_urgency": CODE,
    "reporting.Report.helped": CODE,
    "reporting.Report.language": CODE,
    "reporting.Report.mode": CODE,
    "reporting.Report.number": OURS,
    "reporting.Report.state": CODE,
    "reporting.Report.urgency": CODE,
    "reporting.Report.urgency_because": CODE,
    "reporting.SubjectMention.state": CODE,
    "reporting.SubjectToken.kind": CODE,
    "reporting.ThreadMessage.author": CODE,
    "students.Revision.grade": CODE,
    "students.Revision.kind": CODE,
    "students.Student.grade": CODE,
    "students.StudentImport.state": CODE,
    "students.StudentToken.kind": CODE,
    "threat_assessment.Action.option": CODE,
    "threat_assessment.Action.state": CODE,
    "threat_assessment.Amendment.part": OURS,
    "threat_assessment.Amendment.relation": CODE,
    "threat_assessment.Amendment.state": CODE,
    "threat_assessment.Case.before_imminent": CODE,
    "threat_assessment.Case.close_reason": CODE,
    "threat_assessment.Case.number": OURS,
    "threat_assessment.Case.origin": CODE,
    "threat_assessment.Case.rule_set": CODE,
    "threat_assessment.Case.scheme": CODE,
    "threat_assessment.Case.state": CODE,
    "threat_assessment.CaseReport.report_number": OURS,
    "threat_assessment.ClassReturn.outcome": CODE,
    "threat_assessment.ClassReturn.search": CODE,
    "threat_assessment.ClassReturn.trigger": CODE,
    "threat_assessment.ClassReturn.weapon_known": CODE,
    "threat_assessment.Certificate.rule": CODE,
    "threat_assessment.Closure.reason": CODE,
    "threat_assessment.Convening.trigger": CODE,
    "threat_assessment.Decision.state": CODE,
    "threat_assessment.Discussed.state": CODE,
    "threat_assessment.Disclosure.ground": CODE,
    "threat_assessment.Disclosure.receiver": CODE,
    "threat_assessment.Disclosure.way": CODE,
    "threat_assessment.Finding.answer": CODE,
    "threat_assessment.Finding.prompt": CODE,
    "threat_assessment.Inspection.custody": CODE,
    "threat_assessment.Inspection.identity": CODE,
    "threat_assessment.Inspection.relation": CODE,
    "threat_assessment.Inspection.state": CODE,
    "threat_assessment.Departure.kind": CODE,
    "threat_assessment.Handoff.came_from": CODE,
    "threat_assessment.Handoff.outcome": CODE,
    "threat_assessment.Incoming.kind": CODE,
    "threat_assessment.Incoming.number": OURS,
    "threat_assessment.Incoming.outcome": CODE,
    "threat_assessment.StudentToken.kind": CODE,
    "threat_assessment.Transfer.number": OURS,
    "threat_assessment.TransferItem.answer": CODE,
    "threat_assessment.TransferItem.key": CODE,
    "threat_assessment.Judgement.conclusion": CODE,
    "threat_assessment.Judgement.level": CODE,
    "threat_assessment.LawEnforcementDecision.outcome": CODE,
    "threat_assessment.LawEnforcementDecision.threshold": CODE,
    "threat_assessment.Meeting.state": CODE,
    "threat_assessment.Move.from_state": CODE,
    "threat_assessment.Move.to_state": CODE,
    "threat_assessment.Notice.party": CODE,
    "threat_assessment.Notice.state": CODE,
    "threat_assessment.Evaluation.kind": CODE,
    "threat_assessment.OutsideReview.kind": CODE,
    "threat_assessment.OutsideReview.outcome": CODE,
    "threat_assessment.PathStep.answer": CODE,
    "threat_assessment.PathStep.path": CODE,
    "threat_assessment.PathStep.step": CODE,
    "threat_assessment.PathStep.suspected": CODE,
    "threat_assessment.PlacementQuestion.answer": CODE,
    "threat_assessment.StepAnswer.answer": CODE,
    "threat_assessment.StepAnswer.step": CODE,
    "threat_assessment.PlacementQuestion.kind": CODE,
    "threat_assessment.Press.kind": CODE,
    "threat_assessment.Rhythm.every": CODE,
    "threat_assessment.Removal.ground": CODE,
    "threat_assessment.Removal.kind": CODE,
    "threat_assessment.Screening.self_harm": CODE,
    "threat_assessment.Screening.target": CODE,
    "threat_assessment.Screening.view": CODE,
    "threat_assessment.Screening.weapon": CODE,
    "threat_assessment.Screening.whereabouts": CODE,
    "threat_assessment.Segment.about": CODE,
    "threat_assessment.Segment.of": OURS,
    "threat_assessment.Segment.part": OURS,
    "threat_assessment.Segment.withheld": CODE,
    "threat_assessment.Service.kind": CODE,
    "threat_assessment.Signature.view": CODE,
    "threat_assessment.Source.kind": CODE,
    "threat_assessment.Source.state": CODE,
    "vault.RecipientKey.name": OURS,
    "vault.RecordHold.*": OURS,
    "vault.SealedKey.recipient": OURS,
}


def columns() -> Iterable[tuple[str, models.Field]]:  # type: ignore[type-arg]
    """Every column of every room of ours, as (room.Model.column, field)."""
    for config in apps.get_app_configs():
        if config.name in settings.ROOMS:
            for model in config.get_models():
                for field in model._meta.local_concrete_fields:
                    yield f"{config.label}.{model.__name__}.{field.name}", field


def sealed() -> set[str]:
    return {place for place, field in columns() if isinstance(field, SealedTextField | BlindedTokenField)}


def texts() -> set[str]:
    """Columns that could hold a text that somebody typed."""
    kinds = models.CharField | models.TextField | models.BinaryField
    return {place for place, field in columns() if isinstance(field, kinds)} - sealed()


def allowed(place: str) -> bool:
    return any(place == known or (known.endswith(".*") and place.startswith(known[:-1])) for known in CLEAR)


def test_the_inventory_of_sealed_columns_is_the_models() -> None:
    assert sealed() == SEALED


def test_every_other_column_that_could_hold_a_text_says_why_it_is_clear() -> None:
    raw_bytes = {place for place, field in columns() if isinstance(field, models.BinaryField)} - sealed()
    unexplained = sorted(place for place in texts() - raw_bytes if not allowed(place))
    assert unexplained == []


def test_no_reason_is_given_for_a_column_that_is_gone() -> None:
    there = texts() | {place for place, _field in columns()}
    stale = [known for known in CLEAR if not any(place == known or (known.endswith(".*") and place.startswith(known[:-1])) for place in there)]
    assert stale == []


def test_no_json_column_of_reporting_takes_more_than_codes() -> None:
    found = {place for place, field in columns() if isinstance(field, models.JSONField) and place.startswith("reporting.")}
    assert found == {"reporting.Approval.payload", "reporting.Disposition.actions", "reporting.SubjectMention.identifiers_checked"}
