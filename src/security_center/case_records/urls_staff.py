"""Addresses of this room. They stand before those of a case, whose number could be read as any word."""

from django.urls import URLPattern, path

from .views import amendments, break_glass, destruction, disclosures, inspections, texts

_privacy = "cases/<str:number>/privacy/"
app_name = "case_records"
urlpatterns: list[URLPattern] = [
    path("cases/looks/", break_glass.looks_find, name="looks_find"),
    path(_privacy, break_glass.privacy, name="privacy"),
    path(f"{_privacy}amendments/new/", amendments.amendment_new, name="amendment_new"),
    path(f"{_privacy}amendments/<uuid:pk>/", amendments.amendment, name="amendment"),
    path(f"{_privacy}certificate/", destruction.certificate, name="certificate"),
    path(f"{_privacy}end/", destruction.end, name="end"),
    path(f"{_privacy}end/answer/", destruction.end_answer, name="end_answer"),
    path(f"{_privacy}end/release/", destruction.end_release, name="end_release"),
    path(f"{_privacy}glass/", break_glass.glass, name="glass"),
    path(f"{_privacy}glass/<uuid:pk>/", break_glass.glass_one, name="glass_one"),
    path(f"{_privacy}inspections/new/", inspections.inspection_new, name="inspection_new"),
    path(f"{_privacy}inspections/<uuid:pk>/", inspections.inspection, name="inspection"),
    path(f"{_privacy}looks/", break_glass.looks, name="looks"),
    path(f"{_privacy}summary/", break_glass.summary, name="summary"),
    path(f"{_privacy}texts/", texts.texts, name="texts"),
    path(f"{_privacy}texts/<slug:section>/", texts.texts_of, name="texts_of"),
    path(f"{_privacy}told/", disclosures.told, name="told"),
    path(f"{_privacy}told/<slug:receiver>/", disclosures.packet, name="packet"),
]
