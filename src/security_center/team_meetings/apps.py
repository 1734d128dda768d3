from django.apps import AppConfig


class TeamMeetingsConfig(AppConfig):
    name = "security_center.team_meetings"
    label = "team_meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties.schedule import every
        from security_center.threat_assessment import case_tables, record_texts

        from . import receivers, tasks, team_readiness
        from .record_texts import KINDS

        case_tables.ROOMS.append(self.label)
        record_texts.register(*KINDS)
        team_readiness.register_all()
        receivers.connect()
        # As they were called before this room was one.
        every(3600, "threat_assessment.ask_for_meetings")(tasks.ask_for_meetings)
        every(86400, "threat_assessment.end_meetings")(tasks.end_meetings)
