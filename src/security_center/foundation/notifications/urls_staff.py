from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.mark_all_read, name="mark_all_read"),
    path("inbox/test-alert/", views.send_own_test_alert, name="send_own_test_alert"),
    path("inbox/<int:message_id>/read/", views.mark_read, name="mark_read"),
    path("inbox/<int:message_id>/confirm/", views.confirm_on_screen, name="confirm_on_screen"),
    path("alerts/test/<str:token>/", views.test_alert, name="test_alert"),
]
