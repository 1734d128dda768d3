from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "security_center.reporting"
    label = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties.schedule import every
        from security_center.prevention import audiences

        from . import kept_out, messages, tasks

        messages.register_all()
        audiences.keep_out(kept_out.people_kept_from)
        every(3600, "reporting.shred_due")(tasks.shred_due)
        every(3600, "reporting.sweep_files")(tasks.sweep_files)
        every(86400, "reporting.count_undecided")(tasks.count_undecided)
