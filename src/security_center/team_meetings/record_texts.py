"""How the rows that this room adds to a case are read as its texts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from security_center.threat_assessment.record_texts import TextKind, of_group, single

KINDS = (
    TextKind(
        "discussed",
        "more",
        single("note"),
        lambda row, unit: _("Said at a meeting of the team"),
        of_group("facts"),
    ),
    TextKind(
        "decision",
        "more",
        {"what": ("what", "outcome")},
        lambda row, unit: _("Decided at a meeting of the team"),
        of_group("plan"),
    ),
)
