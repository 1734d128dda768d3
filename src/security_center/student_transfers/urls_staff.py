"""Addresses of this room. They stand before those of a case, whose number could be read as any word."""

from django.urls import URLPattern, path

from .views import case_handoff, handoff_acceptance, records_request, student_departure

app_name = "student_transfers"
_case = "cases/<str:number>/"
urlpatterns: list[URLPattern] = [
    path("cases/handoffs/<uuid:pk>/", handoff_acceptance.handed_case, name="handed"),
    path("cases/handoffs/<uuid:pk>/decline/", handoff_acceptance.handed_decline, name="handed_decline"),
    path("cases/handoffs/<uuid:pk>/take/", handoff_acceptance.handed_take, name="handed_take"),
    path("cases/transfers/", records_request.transfers, name="transfers"),
    path("cases/transfers/new/", records_request.transfer_new, name="transfer_new"),
    path("cases/transfers/<uuid:pk>/", records_request.transfer, name="transfer"),
    path("cases/transfers/<uuid:pk>/complete/", records_request.transfer_complete, name="transfer_complete"),
    path("cases/transfers/<uuid:pk>/open/", records_request.transfer_open, name="transfer_open"),
    path("cases/transfers/<uuid:pk>/<slug:key>/", records_request.transfer_item, name="transfer_item"),
    path(f"{_case}handoff/", case_handoff.handoff, name="handoff"),
    path(f"{_case}handoff/back/", case_handoff.handoff_back, name="handoff_back"),
    path(f"{_case}handoff/outside/", case_handoff.handoff_outside, name="handoff_outside"),
    path(f"{_case}handoff/send/", case_handoff.handoff_send, name="handoff_send"),
    path(f"{_case}student-left/", student_departure.student_left, name="student_left"),
    path(f"{_case}student-left/<uuid:pk>/", student_departure.departure, name="departure"),
    path(
        f"{_case}student-left/<uuid:pk>/again/",
        student_departure.departure_look_again,
        name="departure_look_again",
    ),
    path(
        f"{_case}student-left/<uuid:pk>/spoken/",
        student_departure.departure_contact_made,
        name="departure_contact_made",
    ),
]
