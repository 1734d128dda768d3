from django.urls import path

from . import ledger_page

app_name = "center"
urlpatterns = [
    path("ledger/", ledger_page.ledger, name="ledger"),
]
