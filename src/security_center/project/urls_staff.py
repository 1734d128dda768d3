"""Every address of the staff program. A test proves that none of them resolves in the public program."""

from django.urls import include, path

urlpatterns = [
    path("", include("security_center.foundation.web.urls_staff")),
    path("", include("security_center.foundation.organizations.urls_staff")),
    path("", include("security_center.foundation.students.urls_staff")),
    path("", include("security_center.foundation.notifications.urls_staff")),
    path("", include("security_center.prevention.urls_staff")),
    path("", include("security_center.training.urls_staff")),
    path("", include("security_center.reporting.urls_staff")),
    path("", include("security_center.reporting.urls_lessons")),
    path("", include("security_center.case_records.urls_staff")),
    path("", include("security_center.student_transfers.urls_staff")),
    path("", include("security_center.team_meetings.urls_staff")),
    path("", include("security_center.threat_assessment.urls_staff")),
    path("", include("security_center.equity.urls_staff")),
    path("", include("security_center.center.urls_staff")),
]
handler400 = "security_center.foundation.web.views.bad_request"
handler403 = "security_center.foundation.web.views.not_allowed"
handler404 = "security_center.foundation.web.views.not_found"
handler500 = "security_center.foundation.web.views.server_error"
