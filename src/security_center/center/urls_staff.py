from django.urls import path

from . import ledger_page
from .views import home, metrics, set_up, set_up_readers

app_name = "center"
_district = "set-up/<slug:slug>/"
urlpatterns = [
    path("", home.home, name="home"),
    path("alerts/", home.alerts, name="alerts"),
    path("ledger/", ledger_page.ledger, name="ledger"),
    path("mend/<slug:key>/", home.mend, name="mend"),
    path("metrics", metrics.metrics, name="metrics"),
    path("schools/", home.schools, name="schools"),
    path("set-up/", set_up.start, name="set_up_start"),
    path(_district, set_up.overview, name="set_up_overview"),
    path(f"{_district}alerts/", set_up_readers.alerts, name="set_up_alerts"),
    path(f"{_district}coverage/", set_up_readers.coverage, name="set_up_coverage"),
    path(f"{_district}district/", set_up.district, name="set_up_district"),
    path(f"{_district}open/", set_up_readers.opening, name="set_up_open"),
    path(f"{_district}people/", set_up.people, name="set_up_people"),
    path(f"{_district}people/links/", set_up.people_links, name="set_up_people_links"),
    path(f"{_district}people/mail/", set_up.people_mail, name="set_up_people_mail"),
    path(f"{_district}plan/", set_up_readers.plan, name="set_up_plan"),
    path(f"{_district}schools/", set_up.schools, name="set_up_schools"),
]
