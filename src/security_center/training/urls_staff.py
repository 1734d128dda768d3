"""Addresses of this room."""

from django.urls import URLPattern, path

from . import views

app_name = "training"
_kind = "training/<slug:slug>/of/<slug:kind>/"
urlpatterns: list[URLPattern] = [
    path("training/", views.training, name="training"),
    path("training/<slug:slug>/", views.training_place, name="training_place"),
    path(_kind, views.training_kind, name="training_kind"),
    path(f"{_kind}add/", views.training_add, name="training_add"),
    path(f"{_kind}paste/", views.training_paste, name="training_paste"),
    path("training/<slug:slug>/required/", views.training_rule, name="training_rule"),
    path("training/<slug:slug>/withdraw/<uuid:pk>/", views.training_withdraw, name="training_withdraw"),
]
