from django.urls import include, path

from . import views

app_name = "prevention"
urlpatterns = [
    path("", include("security_center.prevention.urls_training")),
    path("plan/", views.index, name="index"),
    path("plan/<slug:slug>/", views.plan, name="plan"),
    path("plan/<slug:slug>/change/", views.plan_change, name="plan_change"),
    path("plan/<slug:slug>/start/", views.plan_adopt_start, name="plan_adopt_start"),
    path("coverage/<slug:slug>/", views.coverage, name="coverage"),
    path("coverage/<slug:slug>/absences/add/", views.absence_add, name="absence_add"),
    path("coverage/<slug:slug>/absences/<int:pk>/remove/", views.absence_remove, name="absence_remove"),
    path("coverage/<slug:slug>/alternate/", views.alternate, name="alternate"),
    path("coverage/<slug:slug>/holidays/add/", views.holiday_add, name="holiday_add"),
    path("coverage/<slug:slug>/holidays/<int:pk>/remove/", views.holiday_remove, name="holiday_remove"),
    path("coverage/<slug:slug>/preset/", views.preset, name="preset"),
    path("coverage/<slug:slug>/shifts/add/", views.shift_add, name="shift_add"),
    path("coverage/<slug:slug>/shifts/remove/", views.shift_remove, name="shift_remove"),
]
