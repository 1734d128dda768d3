"""Addresses of the register, for administrators: counts and files, never a list of students. Looking one up
belongs to the pages of a case."""

from django.urls import URLPattern, path

from . import views

app_name = "students"
_import = "students/imports/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("students/", views.index, name="index"),
    path(_import, views.student_import, name="import"),
    path(f"{_import}apply/", views.import_apply, name="import_apply"),
    path(f"{_import}discard/", views.import_discard, name="import_discard"),
    path(f"{_import}undo/", views.import_undo, name="import_undo"),
    path("students/<slug:slug>/", views.register, name="register"),
    path("students/<slug:slug>/enter/", views.enter, name="enter"),
    path("students/<slug:slug>/import/", views.import_new, name="import_new"),
]
