"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS

SEALED = {
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
}

# room.Model.column → why it may be clear
CLEAR = {
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
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {
    "reporting_attachment",
    "reporting_breachnotice",
    "reporting_report",
    "reporting_threadmessage",
}
