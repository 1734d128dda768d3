"""Lessons in the public program."""

from django.urls import path

from .views_public import lessons

app_name = "learn"
urlpatterns = [
    path("learn/<slug:slug>/", lessons.school, name="school"),
    path("learn/<slug:slug>/<slug:audience>/", lessons.lesson, name="lesson"),
]
