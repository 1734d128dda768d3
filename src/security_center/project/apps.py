from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Floor 5: the command line, the supervisor and the checks of unsafe combinations. It has no models."""

    name = "security_center.project"
    label = "project"

    def ready(self) -> None:
        from . import checks  # noqa: F401  (importing it registers the checks)
