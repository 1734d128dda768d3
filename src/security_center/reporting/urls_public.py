from django.urls import URLPattern, path

from .views_public import about, find, form, plan, receipt, thread

app_name = "reporting"
urlpatterns: list[URLPattern] = [
    path("r/<slug:slug>/", find.short_link, name="short_link"),
    path("report/", find.find, name="find"),
    path("report/about/", about.about, name="about"),
    path("published/", find.schools, name="schools"),
    path("published/<slug:slug>/", find.school, name="school"),
    path("report/receipt/", receipt.enter, name="receipt"),
    path("report/receipt/thread/", thread.thread, name="thread"),
    path("report/receipt/help/", thread.help_now, name="help_now"),
    path("report/<slug:slug>/", form.report, name="form"),
    path("report/<slug:slug>/about/", about.about, name="about_school"),
    path("report/<slug:slug>/plan/", plan.school_plan, name="plan"),
]
