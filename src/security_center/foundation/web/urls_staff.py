from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from security_center.foundation.web import styleguide, views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.alive, name="healthz"),
    path("readyz", views.ready, name="readyz"),
    path("language/", set_language, name="set_language"),
]
if settings.SSC_DEVELOPMENT:
    urlpatterns += [
        path("styleguide/", styleguide.staff, name="styleguide"),
        path("styleguide/public/", styleguide.public, name="styleguide_public"),
    ]
