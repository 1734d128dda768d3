"""Lessons and posters in the staff program."""

from django.urls import path

from .views import lessons

app_name = "lessons"
urlpatterns = [
    path("lessons/", lessons.index, name="index"),
    path("lessons/<slug:slug>/", lessons.school, name="school"),
    path("lessons/<slug:slug>/cards/", lessons.cards, name="cards"),
    path("lessons/<slug:slug>/poster/", lessons.poster, name="poster"),
    path("lessons/<slug:slug>/<slug:audience>/", lessons.lesson, name="lesson"),
]
