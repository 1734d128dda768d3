from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "security_center.reporting"
    label = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties import audiences as duty_audiences
        from security_center.foundation.duties import left
        from security_center.foundation.duties.schedule import every
        from security_center.foundation.vault import attached, files
        from security_center.foundation.web import health

        from . import kept_out, menu_public, messages, receivers, tasks
        from .models import Attachment

        messages.register_all()
        menu_public.register_all()
        receivers.connect()
        files.named_by(attached.named_in(Attachment))
        duty_audiences.keep_out(kept_out.people_kept_from)
        left.register("report", kept_out.around)
        duty_audiences.register(kept_out.RESERVED, kept_out.reserved_audience)
        health.register("form", _form_is_drawn, programs=("public",))
        every(60, "reporting.reserve_again")(tasks.reserve_again)
        every(3600, "reporting.ring_for_forgotten")(tasks.ring_for_forgotten)
        every(3600, "reporting.shred_due")(tasks.shred_due)
        every(3600, "reporting.sweep_files")(tasks.sweep_files)
        every(86400, "reporting.count_undecided")(tasks.count_undecided)


def _form_is_drawn() -> str:
    from .views_public import drawn  # the worker needs none of the pages

    return drawn.form_is_drawn()
