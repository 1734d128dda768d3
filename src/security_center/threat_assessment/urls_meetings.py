"""Addresses of the team's meetings and of the services to refer to, within those of this room."""

from django.urls import URLPattern, path

from .views import decisions, meetings, services

_meeting = "team-meetings/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("services/", services.services, name="services"),
    path("services/new/", services.service_new, name="service_new"),
    path("services/<uuid:pk>/", services.service, name="service"),
    path("team-meetings/", meetings.meetings, name="meetings"),
    path("team-meetings/of/<slug:slug>/", meetings.meetings_of, name="meetings_of"),
    path("team-meetings/of/<slug:slug>/new/", meetings.meeting_new, name="meeting_new"),
    path("team-meetings/of/<slug:slug>/rhythm/", meetings.meeting_rhythm, name="meeting_rhythm"),
    path(_meeting, meetings.meeting, name="meeting"),
    path(f"{_meeting}cases/<str:number>/", decisions.meeting_case, name="meeting_case"),
    path(f"{_meeting}change/", meetings.meeting_change, name="meeting_change"),
    path(f"{_meeting}decisions/<uuid:decision>/", decisions.decision, name="decision"),
    path(f"{_meeting}decisions/new/", decisions.decision_new, name="decision_new"),
    path(f"{_meeting}held/", meetings.meeting_hold, name="meeting_hold"),
    path(f"{_meeting}minutes/", meetings.meeting_minutes, name="meeting_minutes"),
]
