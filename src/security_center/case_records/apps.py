from django.apps import AppConfig


class CaseRecordsConfig(AppConfig):
    name = "security_center.case_records"
    label = "case_records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties.schedule import every
        from security_center.threat_assessment import case_tables, page_parts, record_texts

        from . import parts, receivers, tasks
        from .queries.text_kinds import KINDS

        case_tables.ROOMS.append(self.label)
        record_texts.register(*KINDS)
        page_parts.register("case_top", "case_records/_glasses.html", parts.glasses)
        receivers.connect()
        # As it was called before this room was one
        every(86400, "threat_assessment.end_cases")(tasks.end_cases)
