"""Addresses of training records and of the connectedness check, within those of this room."""

from django.urls import URLPattern, path

from .views import connectedness as connected
from .views import training as views

_kind = "training/<slug:slug>/of/<slug:kind>/"
_check = "connectedness/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("training/", views.training, name="training"),
    path("training/<slug:slug>/", views.training_place, name="training_place"),
    path(_kind, views.training_kind, name="training_kind"),
    path(f"{_kind}add/", views.training_add, name="training_add"),
    path(f"{_kind}paste/", views.training_paste, name="training_paste"),
    path("training/<slug:slug>/required/", views.training_rule, name="training_rule"),
    path("training/<slug:slug>/withdraw/<uuid:pk>/", views.training_withdraw, name="training_withdraw"),
    path("connectedness/", connected.connectedness, name="connectedness"),
    path("connectedness/at/<slug:slug>/", connected.connectedness_at, name="connectedness_at"),
    path("connectedness/at/<slug:slug>/begin/", connected.connectedness_begin, name="connectedness_begin"),
    path(_check, connected.connectedness_check, name="connectedness_check"),
    path(f"{_check}end/", connected.connectedness_end, name="connectedness_end"),
    path(f"{_check}grades/<slug:grade>/", connected.connectedness_grade, name="connectedness_grade"),
    path(f"{_check}pairs/", connected.connectedness_pairs, name="connectedness_pairs"),
    path(f"{_check}without/", connected.connectedness_without, name="connectedness_without"),
]
