"""Every address of the staff program. A test proves that none of them resolves in the public program."""

from django.urls import include, path

from .room_urls import of_rooms

urlpatterns = [*of_rooms("urls_staff"), path("", include("security_center.reporting.urls_lessons"))]
handler400 = "security_center.foundation.web.views.bad_request"
handler403 = "security_center.foundation.web.views.not_allowed"
handler404 = "security_center.foundation.web.views.not_found"
handler500 = "security_center.foundation.web.views.server_error"
