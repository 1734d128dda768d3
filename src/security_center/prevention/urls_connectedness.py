"""Addresses of the connectedness check, within those of this room."""

from django.urls import URLPattern, path

from .views import connectedness as connected

_check = "connectedness/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("connectedness/", connected.connectedness, name="connectedness"),
    path("connectedness/at/<slug:slug>/", connected.connectedness_at, name="connectedness_at"),
    path("connectedness/at/<slug:slug>/begin/", connected.connectedness_begin, name="connectedness_begin"),
    path(_check, connected.connectedness_check, name="connectedness_check"),
    path(f"{_check}end/", connected.connectedness_end, name="connectedness_end"),
    path(f"{_check}grades/<slug:grade>/", connected.connectedness_grade, name="connectedness_grade"),
    path(f"{_check}pairs/", connected.connectedness_pairs, name="connectedness_pairs"),
    path(f"{_check}without/", connected.connectedness_without, name="connectedness_without"),
]
