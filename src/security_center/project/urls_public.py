"""Every address of the public program. A test proves that none of them resolves in the staff program."""

from django.urls import include, path

from .room_urls import of_rooms

urlpatterns = [*of_rooms("urls_public"), path("", include("security_center.reporting.urls_lessons_public"))]
handler400 = "security_center.reporting.views_public.form.unreadable"
handler404 = "security_center.foundation.web.views.not_found"
handler500 = "security_center.foundation.web.views.server_error"
