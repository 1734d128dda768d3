"""The nouns of the central reporting system. Whatever a person typed stands in a sealed column; a test holds
the inventory."""

from .attachment import Attachment
from .breach import BreachNotice
from .decision import Approval, Disposition, Handoff
from .group import IncidentGroup
from .report import Conflict, Note, Report, ReporterIdentity, Urgency
from .subject import Subject, SubjectMention, SubjectToken
from .thread import ThreadMessage

__all__ = [
    "Approval",
    "Attachment",
    "BreachNotice",
    "Conflict",
    "Disposition",
    "Handoff",
    "IncidentGroup",
    "Note",
    "Report",
    "ReporterIdentity",
    "Subject",
    "SubjectMention",
    "SubjectToken",
    "ThreadMessage",
    "Urgency",
]
