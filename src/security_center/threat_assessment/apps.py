from django.apps import AppConfig


class ThreatAssessmentConfig(AppConfig):
    name = "security_center.threat_assessment"
    label = "threat_assessment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties import audiences as duty_audiences
        from security_center.foundation.duties import left
        from security_center.foundation.duties.schedule import every
        from security_center.foundation.students.actions import keep_those_named_by
        from security_center.foundation.vault import attached, files

        from . import menu, messages, receivers, tasks, team_audience
        from .models import SourceFile
        from .models.case import PRACTICE
        from .queries.subject import named_by_cases

        messages.register_all()
        menu.register_all()
        receivers.connect()
        keep_those_named_by(named_by_cases)
        files.named_by(attached.named_in(SourceFile))
        duty_audiences.register(team_audience.TEAM, team_audience.resolve)
        duty_audiences.register(team_audience.SCHOOL_TEAM, team_audience.resolve_school)
        duty_audiences.register(team_audience.RECEIVERS, team_audience.resolve_receivers)
        duty_audiences.keep_out(team_audience.people_kept_from)
        for sort in ("case", PRACTICE):
            left.register(sort, team_audience.around)
        every(600, "threat_assessment.ask_for_daily_steps")(tasks.ask_for_daily_steps)
        every(3600, "threat_assessment.watch_removals")(tasks.watch_removals)
        every(60, "threat_assessment.end_holds")(tasks.end_holds)
