from django.urls import include, path

from .views import builder, coverage, plan

app_name = "prevention"
urlpatterns = [
    path("", include("security_center.prevention.urls_connectedness")),
    path("plan/", plan.index, name="index"),
    path("readiness/", plan.ready, name="readiness"),
    path("plan/<slug:slug>/", plan.plan, name="plan"),
    path("plan/<slug:slug>/build/", builder.build, name="build"),
    path("plan/<slug:slug>/build/check/", builder.check, name="check"),
    path("plan/<slug:slug>/build/discard/", builder.discard, name="discard"),
    path("plan/<slug:slug>/build/paper/", builder.draft_paper, name="draft_paper"),
    path("plan/<slug:slug>/build/<slug:step>/", builder.step, name="step"),
    path("plan/<slug:slug>/compare/", plan.compare, name="compare"),
    path("plan/<slug:slug>/paper/", plan.plan_paper, name="paper"),
    path("coverage/<slug:slug>/", coverage.coverage, name="coverage"),
    path("coverage/<slug:slug>/absences/add/", coverage.absence_add, name="absence_add"),
    path("coverage/<slug:slug>/absences/<int:pk>/remove/", coverage.absence_remove, name="absence_remove"),
    path("coverage/<slug:slug>/alternate/", coverage.alternate, name="alternate"),
    path("coverage/<slug:slug>/holidays/add/", coverage.holiday_add, name="holiday_add"),
    path("coverage/<slug:slug>/holidays/<int:pk>/remove/", coverage.holiday_remove, name="holiday_remove"),
    path("coverage/<slug:slug>/preset/", coverage.preset, name="preset"),
    path("coverage/<slug:slug>/shifts/add/", coverage.shift_add, name="shift_add"),
    path("coverage/<slug:slug>/shifts/remove/", coverage.shift_remove, name="shift_remove"),
]
