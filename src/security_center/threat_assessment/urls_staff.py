"""Addresses of cases. Names are stable: other rooms and tests reverse them."""

from django.urls import URLPattern, URLResolver, include, path

from .urls_privacy import privacy_pages
from .views import audit, case, case_list, closing, imminent, inquiry, judging, opening, plan, police, practice, subject, themes

app_name = "threat_assessment"
_case = "cases/<str:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/", case_list.cases, name="cases"),
    path("cases/audit/", audit.audit, name="audit"),
    path("cases/audit/<slug:measure>/<slug:standing>/", audit.audited, name="audited"),
    *privacy_pages,
    path("cases/new/", opening.case_new, name="case_new"),
    path("cases/practice/", practice.practice, name="practice"),
    path("cases/practice/at/<slug:slug>/", practice.practice_at, name="practice_at"),
    path(_case, case.case, name="case"),
    path(f"{_case}imminent/", imminent.imminent, name="imminent"),
    path(f"{_case}imminent/declare/", imminent.imminent_declare, name="imminent_declare"),
    path(f"{_case}imminent/press/", imminent.imminent_press, name="imminent_press"),
    path(f"{_case}imminent/resume/", imminent.imminent_resume, name="imminent_resume"),
    path(f"{_case}law-enforcement/", police.law_enforcement, name="law_enforcement"),
    path(f"{_case}law-enforcement/<uuid:pk>/", police.law_enforcement_decide, name="law_enforcement_decide"),
    path(f"{_case}law-enforcement/<uuid:pk>/acknowledged/", police.law_enforcement_acknowledged, name="law_enforcement_acknowledged"),
    path(f"{_case}move/<str:to>/", case.case_move, name="case_move"),
    path(f"{_case}practice/end/", practice.practice_end, name="practice_end"),
    path(f"{_case}reports/", case.case_reports, name="case_reports"),
    path(f"{_case}reports/seen/", case.case_reports_seen, name="case_reports_seen"),
    path(f"{_case}screening/", case.case_screen, name="case_screen"),
    path(f"{_case}subject/", subject.case_subject, name="case_subject"),
    path(f"{_case}subject/<uuid:pk>/", subject.case_subject_confirm, name="case_subject_confirm"),
    path(f"{_case}subject/describe/", subject.case_subject_describe, name="case_subject_describe"),
    path(f"{_case}team/", case.case_team, name="case_team"),
    path(f"{_case}team/remove/", case.case_team_remove, name="case_team_remove"),
    # inquiry, judgement, plan, closing (B)
    path(f"{_case}close/", closing.close, name="close"),
    path(f"{_case}close/<uuid:pk>/", closing.close_answer, name="close_answer"),
    path(f"{_case}interviews/<uuid:pk>/", inquiry.interview, name="interview"),
    path(f"{_case}interviews/<uuid:pk>/keep/", inquiry.interview_keep, name="interview_keep"),
    path(f"{_case}judgement/", judging.judgement, name="judgement"),
    path(f"{_case}judgement/<uuid:pk>/sign/", judging.judgement_sign, name="judgement_sign"),
    path(f"{_case}notices/", judging.notices, name="notices"),
    path(f"{_case}plan/", plan.plan, name="plan"),
    path(f"{_case}plan/actions/<int:pk>/", plan.action, name="action"),
    path(f"{_case}plan/actions/<int:pk>/confirm/", plan.action_confirm, name="action_confirm"),
    path(f"{_case}plan/actions/new/", plan.action_new, name="action_new"),
    path(f"{_case}plan/approve/", plan.plan_approve, name="plan_approve"),
    path(f"{_case}plan/words/", plan.plan_write, name="plan_write"),
    path(f"{_case}reviews/", plan.reviews, name="reviews"),
    path(f"{_case}sources/", inquiry.sources, name="sources"),
    path(f"{_case}sources/<uuid:pk>/", inquiry.source, name="source"),
    path(f"{_case}sources/<uuid:pk>/interview/", inquiry.interview_begin, name="interview_begin"),
    path(f"{_case}themes/", themes.themes, name="themes"),
    path(f"{_case}themes/<slug:theme>/", themes.theme, name="theme"),
    path("", include("security_center.threat_assessment.urls_meetings")),
    path("", include("security_center.threat_assessment.urls_paths")),
]
