"""Addresses of the special paths of a case (see urls_staff)."""

from django.urls import URLPattern, path

from .views import removals

urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/removals/", removals.removals, name="removals"),
    path("cases/<str:number>/removals/special-education/", removals.special_education, name="special_education"),
    path("cases/<str:number>/removals/<uuid:pk>/", removals.placement, name="placement"),
    path("cases/<str:number>/removals/<uuid:pk>/end/", removals.removal_end, name="removal_end"),
]
