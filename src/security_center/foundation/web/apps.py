import logging

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "security_center.foundation.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # When a handler fails, the standard library prints the record with its arguments and a traceback to
        # the console, past our formatter. What is in there may be a reporter's words.
        logging.raiseExceptions = False
