"""Addresses of the privacy of a case, part of urls_staff. They stand before those of a case, whose number could be read as any word."""

from django.urls import URLPattern, path

from .views.privacy import amendments, ends, glass, inspections, texts, told

_privacy = "cases/<str:number>/privacy/"
privacy_pages: list[URLPattern] = [
    path("cases/looks/", glass.looks_find, name="looks_find"),
    path(_privacy, glass.privacy, name="privacy"),
    path(f"{_privacy}amendments/new/", amendments.amendment_new, name="amendment_new"),
    path(f"{_privacy}amendments/<uuid:pk>/", amendments.amendment, name="amendment"),
    path(f"{_privacy}certificate/", ends.certificate, name="certificate"),
    path(f"{_privacy}end/", ends.end, name="end"),
    path(f"{_privacy}end/answer/", ends.end_answer, name="end_answer"),
    path(f"{_privacy}end/release/", ends.end_release, name="end_release"),
    path(f"{_privacy}glass/", glass.glass, name="glass"),
    path(f"{_privacy}glass/<uuid:pk>/", glass.glass_one, name="glass_one"),
    path(f"{_privacy}inspections/new/", inspections.inspection_new, name="inspection_new"),
    path(f"{_privacy}inspections/<uuid:pk>/", inspections.inspection, name="inspection"),
    path(f"{_privacy}looks/", glass.looks, name="looks"),
    path(f"{_privacy}summary/", glass.summary, name="summary"),
    path(f"{_privacy}texts/", texts.texts, name="texts"),
    path(f"{_privacy}texts/<slug:section>/", texts.texts_of, name="texts_of"),
    path(f"{_privacy}told/", told.told, name="told"),
    path(f"{_privacy}told/<slug:receiver>/", told.packet, name="packet"),
]
