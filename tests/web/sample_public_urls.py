"""A small public program of the web room alone."""

from django.urls import include, path
from tests.web.sample_urls import broken, form_page

from security_center.foundation.web import styleguide

urlpatterns = [
    path("", include("security_center.foundation.web.urls_public")),
    path("styleguide/", styleguide.public),
    path("form/", form_page),
    path("broken/", broken),
]
handler404 = "security_center.foundation.web.views.not_found"
handler500 = "security_center.foundation.web.views.server_error"
