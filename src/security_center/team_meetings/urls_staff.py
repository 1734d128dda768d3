"""Addresses of this room. They stand before those of a case, whose number could be read as any word."""

from django.urls import URLPattern, path

from .views import decisions, meetings, practice_cases

_meeting = "team-meetings/<uuid:pk>/"
app_name = "team_meetings"
urlpatterns: list[URLPattern] = [
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
    path("cases/practice/", practice_cases.practice, name="practice"),
    path("cases/practice/at/<slug:slug>/", practice_cases.practice_at, name="practice_at"),
    path("cases/<str:number>/practice/end/", practice_cases.practice_end, name="practice_end"),
]
