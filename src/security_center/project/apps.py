from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Floor 5: the command line, the supervisor and the checks of unsafe combinations. It has no models."""

    name = "security_center.project"
    label = "project"
    default = True  # of the two in this file

    def ready(self) -> None:
        from . import checks  # noqa: F401  (importing it registers the checks)


class AccountTables(AccountConfig):
    """The sign-in library in the public program, which signs nobody in: its tables are known (people hang on
    them), its start, which demands a middleware with sessions, is left out."""

    default = False

    def ready(self) -> None:
        return
