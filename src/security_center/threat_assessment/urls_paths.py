"""Addresses of the special paths of a case (see urls_staff)."""

from django.urls import URLPattern, path

from .views import convening, outside, paths, removals

urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/called/", convening.called, name="called"),
    path("cases/<str:number>/class/", convening.class_return, name="class_return"),
    path("cases/<str:number>/class/agree/", convening.class_agree, name="class_agree"),
    path("cases/<str:number>/class/decide/", convening.class_decide, name="class_decide"),
    path("cases/<str:number>/class/hold/", convening.class_hold, name="class_hold"),
    path("cases/<str:number>/close/summarily/", outside.close_summarily, name="close_summarily"),
    path("cases/<str:number>/judgement/evaluations/", outside.evaluation, name="evaluation"),
    path("cases/<str:number>/judgement/steps/<slug:step>/", outside.decision_step, name="decision_step"),
    path("cases/<str:number>/outside/", outside.ask, name="outside_ask"),
    path("cases/<str:number>/outside/<uuid:pk>/", outside.review, name="outside_review"),
    path("cases/<str:number>/paths/", paths.special_paths, name="special_paths"),
    path("cases/<str:number>/paths/agency/", paths.agency_note, name="agency_note"),
    path("cases/<str:number>/paths/agency/answer/", paths.agency_answer, name="agency_answer"),
    path("cases/<str:number>/paths/<uuid:pk>/", paths.path_step, name="path_step"),
    path("cases/<str:number>/removals/", removals.removals, name="removals"),
    path(
        "cases/<str:number>/removals/special-education/", removals.special_education, name="special_education"
    ),
    path("cases/<str:number>/removals/<uuid:pk>/", removals.placement, name="placement"),
    path("cases/<str:number>/removals/<uuid:pk>/end/", removals.removal_end, name="removal_end"),
]
