"""Addresses of the desk. Names are stable: other rooms and tests reverse them."""

from django.urls import URLPattern, path

from .views import decide, desk, files, groups, handoffs, identity, imminent, intake, moves, report, subjects

app_name = "reporting"
_report = "desk/reports/<str:number>/"
_file = f"{_report}files/<uuid:file>/"
_subject = f"{_report}subjects/<int:subject>/"
_group = "desk/groups/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/groups/", groups.groups, name="groups"),
    path("desk/groups/new/", groups.group_new, name="group_new"),
    path(_group, groups.group, name="group"),
    path(f"{_group}add/", groups.group_add, name="group_add"),
    path(f"{_group}answer/", groups.group_answer, name="group_answer"),
    path(f"{_group}close/", groups.group_close, name="group_close"),
    path(f"{_group}line/", groups.group_line, name="group_line"),
    path(f"{_group}remove/", groups.group_remove, name="group_remove"),
    path("desk/handoffs/<uuid:pk>/", handoffs.handoff, name="handoff"),
    path("desk/new/", intake.intake, name="intake"),
    path("desk/new/phone/bomb/", intake.intake_bomb, name="intake_bomb"),
    path("desk/new/told/", intake.intake_told, name="intake_told"),
    path("desk/new/<str:channel>/", intake.intake_form, name="intake_form"),
    path("desk/next/", desk.next_one, name="desk_next"),
    path(_report, report.report, name="report"),
    path(f"{_report}acknowledge/", report.acknowledge, name="report_acknowledge"),
    path(f"{_report}approvals/<uuid:pk>/", report.approval, name="report_approval"),
    path(f"{_report}assign/", report.assign, name="report_assign"),
    path(f"{_report}close/", decide.close, name="report_close"),
    path(f"{_report}conflict/", moves.conflict, name="report_conflict"),
    path(f"{_report}decide/", decide.decide, name="report_decide"),
    path(f"{_report}hand-over/", moves.hand_over, name="report_hand_over"),
    path(f"{_report}hand-over/back/", moves.take_back, name="report_take_back"),
    path(f"{_report}hold/", moves.hold, name="report_hold"),
    path(f"{_report}identity/", identity.identity, name="report_identity"),
    path(f"{_report}identity/answer/", identity.grant, name="report_identity_grant"),
    path(f"{_report}link/", moves.link, name="report_link"),
    path(f"{_report}message/", report.message, name="report_message"),
    path(f"{_report}note/", report.note, name="report_note"),
    path(f"{_report}now/", imminent.now, name="report_now"),
    path(f"{_report}now/stamp/", imminent.stamp, name="report_stamp"),
    path(f"{_report}pattern/", subjects.pattern_seen, name="report_pattern_seen"),
    path(f"{_report}subjects/", subjects.name, name="report_subject"),
    path(f"{_subject}check/", subjects.check, name="report_subject_check"),
    path(f"{_subject}match/", subjects.match, name="report_subject_match"),
    path(f"{_subject}second/", subjects.second, name="report_subject_second"),
    path(f"{_report}urgency/", decide.urgency, name="report_urgency"),
    path(f"{_file}ask/", files.ask, name="report_file_ask"),
    path(f"{_file}clean/", files.clean, name="report_file_clean"),
    path(f"{_file}isolate/", files.isolate, name="report_file_isolate"),
    path(f"{_file}original/", files.original, name="report_file_original"),
    path(f"{_file}state/", files.state, name="report_file_state"),
]
