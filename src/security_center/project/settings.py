"""The one typed settings file. It reads the environment at start; a wrong value stops the start with a
sentence.

`SSC_PROGRAM` tells which of the programs this process is:
  public  anybody's side: takes reports in, holds only sealing keys, resolves no staff URL
  staff   signed-in people; holds the key provider
  worker  clocks, messages, cleaning; holds the key provider
  manage  commands run by the person who operates the system (set-up, backup, tests)
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications import channels
from security_center.project import addresses, data_folder, database_address, given, identity_provider
from security_center.project.given import stop, text, truth, whole

BASE_DIR = Path(__file__).resolve().parents[1]
REPOSITORY = BASE_DIR.parents[1]

PROGRAMS = ("public", "staff", "worker", "manage")
SSC_PROGRAM = text("SSC_PROGRAM", "manage")
if SSC_PROGRAM not in PROGRAMS:
    stop(f"SSC_PROGRAM is “{SSC_PROGRAM}”, but it must be one of {', '.join(PROGRAMS)}.")
SSC_DEMO = truth("SSC_DEMO")
SSC_DATA = Path(text("SSC_DATA", str(REPOSITORY / "data"))).absolute()
SSC_PORT = whole("SSC_PORT", 8000, 1, 65535)
SSC_STAFF_PORT = whole("SSC_STAFF_PORT", 8001, 1, 65535)
# The address the two web programs listen on; ./ssc up gives it
SSC_BIND = addresses.bind(text("SSC_BIND", "127.0.0.1"))
# More processes need PostgreSQL; project/checks.py says why.
SSC_WEB_PROCESSES = whole("SSC_WEB_PROCESSES", 1, 1, 64)
SSC_WORKER_PROCESSES = whole("SSC_WORKER_PROCESSES", 1, 1, 16)
SSC_PUBLIC_URL = addresses.url("SSC_PUBLIC_URL", text("SSC_PUBLIC_URL", f"http://localhost:{SSC_PORT}"))
SSC_STAFF_URL = addresses.url("SSC_STAFF_URL", text("SSC_STAFF_URL", f"http://localhost:{SSC_STAFF_PORT}"))
if SSC_PROGRAM != "public":  # which may not be told the port of the other
    addresses.two(SSC_PUBLIC_URL, SSC_STAFF_URL, (SSC_PORT, SSC_STAFF_PORT))
# Where several machines share the sealed files; "" for the data folder's own
SSC_FILES_DIR = text("SSC_FILES_DIR")
if SSC_FILES_DIR and not Path(SSC_FILES_DIR).is_dir():
    stop(
        f"SSC_FILES_DIR is {SSC_FILES_DIR}, but there is no such folder. Mount it, or make it once "
        "on the machine that shares it."
    )
# A folder outside the data folder that keeps the ledger's signed heads
SSC_SIGNED_HEADS_DIR = text("SSC_SIGNED_HEADS_DIR")

# Lets a Prometheus server read /metrics of the staff program. Without it there is no such page.
SSC_METRICS_TOKEN = text("SSC_METRICS_TOKEN")
if SSC_METRICS_TOKEN and len(SSC_METRICS_TOKEN) < 20:
    stop("SSC_METRICS_TOKEN is too short: give at least 20 random characters.")

DEBUG = False
SSC_DEVELOPMENT = truth("SSC_DEVELOPMENT")  # shows /styleguide/; nothing else

# --- secrets ------------------------------------------------------------------------------------------------
# Signs forms and cookies. It opens nothing that is stored: the vault's key is another file (keys/vault.key).
SECRET_FILE = SSC_DATA / "signing-secret"


def _signing_secret() -> str:
    given = text("SSC_SIGNING_SECRET")
    if given:
        if len(given) < 40:
            stop("SSC_SIGNING_SECRET is too short: give at least 40 random characters.")
        return given
    try:
        return SECRET_FILE.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        fresh = secrets.token_urlsafe(64)
        try:
            descriptor = os.open(SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another program of ours was quicker
            return SECRET_FILE.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(fresh)
        return fresh


if unusable := data_folder.unusable(SSC_DATA, write=SSC_PROGRAM in {"staff", "worker"}):
    stop(unusable)
try:
    SECRET_KEY = _signing_secret()
except OSError as error:
    stop(f"the data folder {SSC_DATA} cannot be used ({error.strerror}). Give another with --data.")

# Seals the cookie of a reporter who came back. Made by the supervisor at start, held in memory only.
SSC_SESSION_SECRET = text("SSC_SESSION_SECRET") or secrets.token_hex(32)

# --- rooms --------------------------------------------------------------------------------------------------
ROOMS = [
    "security_center.foundation.timekeeping",
    "security_center.foundation.vault",
    "security_center.foundation.ledger",
    "security_center.foundation.organizations",
    "security_center.foundation.students",
    "security_center.foundation.notifications",
    "security_center.foundation.duties",
    "security_center.foundation.web",
    "security_center.prevention",
    "security_center.training",
    "security_center.reporting",
    "security_center.threat_assessment",
    "security_center.case_records",
    "security_center.student_transfers",
    "security_center.team_meetings",
    "security_center.equity",
    "security_center.center",
]
INSTALLED_APPS = [
    *ROOMS,
    "security_center.project",
    # For its commands; no program that serves a school has it
    *(["sample_district"] if SSC_PROGRAM == "manage" else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "security_center.project.apps.AccountTables" if SSC_PROGRAM == "public" else "allauth.account",
    "allauth.mfa",
    *([] if SSC_PROGRAM == "public" else identity_provider.APPS),
    "django_htmx",
    "django_scopes",
    "django_tasks_db",
]

SHARED_MIDDLEWARE_FIRST = [
    "security_center.foundation.web.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
]
# The public program keeps no session and sets no cookie of its own; its forms carry a seed under the server's
# MAC.
PUBLIC_MIDDLEWARE = [
    *SHARED_MIDDLEWARE_FIRST,
    "security_center.foundation.web.middleware.ReporterLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
STAFF_MIDDLEWARE = [
    *SHARED_MIDDLEWARE_FIRST,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "security_center.foundation.organizations.middleware.SignedInPersonMiddleware",
    "security_center.foundation.web.once.SentOnceMiddleware",
]
MIDDLEWARE = PUBLIC_MIDDLEWARE if SSC_PROGRAM == "public" else STAFF_MIDDLEWARE
PUBLIC_URLCONF = "security_center.project.urls_public"
STAFF_URLCONF = "security_center.project.urls_staff"
ROOT_URLCONF = PUBLIC_URLCONF if SSC_PROGRAM == "public" else STAFF_URLCONF
WSGI_APPLICATION = "security_center.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "security_center.foundation.web.long_texts",
                "security_center.foundation.web.page_words",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "security_center.foundation.web.context.page",
            ],
        },
    }
]
FORM_RENDERER = "security_center.foundation.web.forms.PageFormRenderer"

# --- database -----------------------------------------------------------------------------------------------
DATABASE_URL = text("DATABASE_URL")
# The same database, as the role that the public program connects as (public_role)
SSC_PUBLIC_DATABASE_URL = text("SSC_PUBLIC_DATABASE_URL")


def _database() -> dict[str, object]:
    if not DATABASE_URL:
        return {
            "ENGINE": "security_center.foundation.sqlite",
            "NAME": str(SSC_DATA / "center.sqlite3"),
            # Not optional: mmap and a connection per request lost committed rows when tried; DEFERRED gives
            # "locked" errors.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA synchronous=FULL",
            },
            "CONN_MAX_AGE": None,
            # While reporters wait to write, the worker's clocks and messages take at most a quarter of the
            # time (foundation/sqlite/turns.py).
            "RESTS": 3.0 if SSC_PROGRAM == "worker" else 0.0,
            # Said, because pytest-django knows Django's own engine only and would give each of several test
            # processes a file of an impossible name.
            "TEST": {"NAME": ":memory:"},
        }
    try:
        url = database_address.parsed(DATABASE_URL)
    except database_address.NoDatabaseAddress as error:
        stop(f"DATABASE_URL {error}. Without it the embedded database is used.")
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.pop("host", url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, **query},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Burst and rate counters live here: short-lived, and shared by a program's processes. The public program has
# a table of its own, so that its role on PostgreSQL reaches no other.
SSC_COUNTER_TABLES = {"public": "public_counters", "others": "short_lived_counters"}
CACHES = {
    "default": {
        "BACKEND": "security_center.foundation.counters.Counters",
        "LOCATION": SSC_COUNTER_TABLES["public" if SSC_PROGRAM == "public" else "others"],
        # Of the usual 300 whoever makes many would push out those that count attempts
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
# What the queues are for: foundation/duties/named_queues.py.
TASKS = {
    "default": {
        "BACKEND": "security_center.foundation.duties.signed_queue.SignedQueue",
        "QUEUES": ["default", "files", "long"],
    }
}

# --- people -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organizations.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},  # Django's own list knows no `name`
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "security_center.foundation.organizations.adapters.AccountAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "security_center.foundation.organizations.reset_links.ResetLinks"  # noqa: S105 - a class
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Addresses are entered by an administrator and proved by the one-time invitation
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Tries to sign in and posts of strangers are counted in organizations/known_devices.py: here, by account or
# by network alone, a stranger would keep a named person out. Left by account: codes of a second factor, which
# only whoever has the password can type.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "reset_password": None,
    "reset_password_from_key": None,
}
MFA_RATE_LIMITS = {"webauthn_login": None}  # there is nothing to guess in a passkey
SOCIALACCOUNT_ADAPTER = "security_center.foundation.organizations.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = identity_provider.providers(
    stop,
    issuer=text("SSC_OIDC_ISSUER"),
    client=text("SSC_OIDC_CLIENT_ID"),
    secret=text("SSC_OIDC_CLIENT_SECRET"),
    name=text("SSC_OIDC_NAME"),
    domains=text("SSC_OIDC_VERIFIED_DOMAINS"),
)
SOCIALACCOUNT_PROVIDERS |= identity_provider.saml_providers(
    stop,
    program=SSC_PROGRAM,
    metadata=text("SSC_SAML_METADATA"),
    name=text("SSC_SAML_NAME"),
    domains=text("SSC_SAML_VERIFIED_DOMAINS"),
)
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: our pages let no form lead to another site
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "security_center.foundation.organizations.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "School Security Center"
# Then a passkey is taken from any origin: only where nobody but this machine can be meant.
_staff = urlparse(SSC_STAFF_URL)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (_staff.scheme, _staff.hostname) == ("http", "localhost")

# --- sessions and cookies (staff only; names differ by program because ports share cookies) -----------------
SECURE_TLS = SSC_STAFF_URL.startswith("https://")
SESSION_ENGINE = "security_center.foundation.organizations.sessions"
SESSION_COOKIE_NAME = "staff_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_TLS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "staff_csrf"
CSRF_COOKIE_SECURE = SECURE_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "security_center.foundation.web.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "staff_language"
SSC_RECEIPT_COOKIE = "receipt_session"

_hosts = {urlparse(SSC_PUBLIC_URL).hostname or "", _staff.hostname or "", "localhost", "127.0.0.1", "[::1]"}
_hosts |= {host for host in text("SSC_ALLOWED_HOSTS").split(",") if host}
ALLOWED_HOSTS = sorted(_hosts - {""})
CSRF_TRUSTED_ORIGINS = [SSC_STAFF_URL]
if truth("SSC_BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Failed sign-ins are counted by visitor. Were all visitors the proxy's one address, a stranger who fails
    # often would keep everybody out.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- headers ------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31536000 if SECURE_TLS else 0

# --- bodies -------------------------------------------------------------------------------------------------
# Uploads are sealed while they stream in and never spooled in the clear.
FILE_UPLOAD_HANDLERS = ["security_center.foundation.vault.uploads.SealingUploadHandler"]
# Text only: 600 pages. What costs most of so much takes half a second (./ssc bench attacks)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1536 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
# A limit here would refuse the whole form, text and all; the handler turns surplus files away instead
DATA_UPLOAD_MAX_NUMBER_FILES = None

# --- messages out -------------------------------------------------------------------------------------------
# Each channel reads what it needs (foundation/notifications/channels/).
globals().update(channels.settings_of_all(given, demo=SSC_DEMO, data=SSC_DATA))

# --- languages, times ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
# The .po files lie in the tree; what is compiled of them lies with the data, so that a read-only tree serves
# too (project/translations.py).
LOCALE_SOURCES = BASE_DIR / "locale"
LOCALE_PATHS = [SSC_DATA / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = SSC_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is ever stored through it
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- logs: no address, no text ------------------------------------------------------------------------------
SSC_LOG_FORMAT = text("SSC_LOG_FORMAT", "lines")
if SSC_LOG_FORMAT not in {"lines", "json"}:
    stop(f"SSC_LOG_FORMAT is “{SSC_LOG_FORMAT}”, but it must be lines or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "security_center.foundation.web.logs.LineFormatter"},
        "json": {"()": "security_center.foundation.web.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": SSC_LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        name: {"handlers": ["console"], "level": level, "propagate": False}
        for name, level in (
            ("django", "INFO"),
            ("django.request", "ERROR"),
            ("django_tasks_db", "WARNING"),
            ("django.tasks", "WARNING"),
        )
    },
}
