from django.apps import AppConfig


class StudentTransfersConfig(AppConfig):
    name = "security_center.student_transfers"
    label = "student_transfers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.threat_assessment import case_tables, page_parts, record_texts

        from . import gates, parts, receivers
        from .record_texts import KINDS

        case_tables.ROOMS.append(self.label)
        record_texts.register(*KINDS)
        gates.register_all()
        page_parts.register("case_origin", "student_transfers/_came_from.html", parts.came_from)
        page_parts.register("cases_top", "student_transfers/_handed.html", parts.handed)
        page_parts.next_steps.append(parts.departure_to_settle)
        receivers.connect()
