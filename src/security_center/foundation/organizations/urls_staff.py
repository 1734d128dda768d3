"""Addresses of this room, and those of allauth that it lets in. allauth's names stand outside of the room's
namespace: it reverses them itself.

Left out on purpose: sign-up, and every page about e-mail addresses. Administrators enter addresses; a person
who could change their own would leave the organization's alerts without a reader."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path, re_path

from .known_devices import few_posts
from .single_sign_on import for_strangers, where_it_answers
from .views import account as own
from .views import oidc, organizations, people, saml

_room = [
    path("account/second-factor/", own.second_factor, name="second_factor"),
    path("account/security/", own.security, name="security"),
    path("account/waiting/", own.waiting, name="waiting"),
    path("account/sessions/", own.sign_ins, name="sign_ins"),
    path("access-sessions/<int:pk>/end/", organizations.access_session_end, name="access_session_end"),
    path("invitation/<str:token>/", own.invitation, name="invitation"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/add/", organizations.organization_add, name="organization_add"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("organizations/<int:pk>/access/", organizations.access_sessions, name="access_sessions"),
    path("organizations/<int:pk>/schools/import/", organizations.schools_import, name="schools_import"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/invite/", people.person_invite, name="person_invite"),
    path("people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("people/<int:pk>/readmit/", people.person_readmit, name="person_readmit"),
    path("people/<int:pk>/roles/", people.role_give, name="role_give"),
    path("people/<int:pk>/roles/<int:assignment>/end/", people.role_end, name="role_end"),
    path("people/<int:pk>/second-factor/reset/", people.second_factor_reset, name="second_factor_reset"),
    path("people/<int:pk>/let-in/", people.let_in, name="let_in"),
    path("people/<int:pk>/supervision/", people.supervision_set, name="supervision_set"),
    path(
        "people/<int:pk>/supervision/<int:supervisor>/remove/",
        people.supervision_remove,
        name="supervision_remove",
    ),
]

_account = [
    path("login/", few_posts("login")(account.login), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", own.signup_closed, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", few_posts("email")(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        own.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path(
        "oidc/<str:provider_id>/login/",
        where_it_answers(for_strangers(oidc.login)),
        name="openid_connect_login",
    ),
    path(
        "oidc/<str:provider_id>/login/callback/",
        where_it_answers(for_strangers(oidc.callback)),
        name="openid_connect_callback",
    ),
    path("saml/<slug:organization_slug>/login/", for_strangers(saml.login), name="saml_login"),
    path("saml/<slug:organization_slug>/acs/", saml.acs, name="saml_acs"),
    path("saml/<slug:organization_slug>/finish/", for_strangers(saml.finish), name="saml_finish"),
    path("saml/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
]

urlpatterns = [
    path("", include((_room, "organizations"))),
    path("account/", include(_account)),
]
