"""The yearly table in the public program."""

from django.urls import URLPattern, path

from . import views_public

app_name = "numbers"
urlpatterns: list[URLPattern] = [path("numbers/<slug:slug>/", views_public.figures, name="figures")]
