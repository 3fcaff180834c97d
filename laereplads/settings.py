"""All settings; what differs between machines comes from environment variables, and nothing else does.

DEMO=1 is the portal with made-up people on 127.0.0.1, DEBUG=1 shows developers what went wrong. Without either
everything is as in production, and the portal does not start before SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL are set.
"""

import datetime
import json
import os
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from whitenoise.compress import Compressor

from laereplads.accounts.sign_in.configuration import UNREADABLE
from laereplads.startup import DEMO_KEYS, refuse_wrong_settings

# Lets Django's classes name their models where the type checker wants it, as in ModelAdmin[Student].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
HIGHEST_PORT = 65535


def flag(name: str) -> bool:
    """Whether the switch `name` is on. Any other word than 0 and 1 would leave people thinking that it is."""
    value = os.environ.get(name, "")
    if value not in {"", "0", "1"}:
        raise ImproperlyConfigured(f"{name} er {value}. Skriv 1 for ja, eller fjern variablen.")
    return value == "1"


def port(name: str, otherwise: int) -> int:
    value = os.environ.get(name) or str(otherwise)
    if not (value.isascii() and value.isdecimal() and 0 < int(value) <= HIGHEST_PORT):
        raise ImproperlyConfigured(f"{name} er {value}. Skriv et tal fra 1 til {HIGHEST_PORT}.")
    return int(value)


def text(name: str, otherwise: str) -> str:
    """The variable `name`; an empty one, as docker compose hands on what nobody has set, is none."""
    return os.environ.get(name) or otherwise


def required(name: str, local: str) -> str:
    """The variable `name`; a local default stands in for it only where nobody but the developer is served."""
    value = os.environ.get(name)
    if value:
        return value
    if LOCAL:
        return local
    message = f"Sæt miljøvariablen {name}, eller sæt DEMO=1 for at prøve portalen med opdigtede personer."
    raise ImproperlyConfigured(message)


def broker_list(text: str) -> Any:
    """What `text` holds: it is checked with the other settings, for it may be anything."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # The text holds secrets: it is not shown.
        raise ImproperlyConfigured(UNREADABLE) from None


DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
LOCAL = DEMO or DEBUG

# The portal's own name: it must never pass for the ministry's site.

PORTAL_NAME = text("PORTAL_NAME", "Lærepladsportalen")
PORTAL_TITLE = text("PORTAL_TITLE", "Frafaldsrisiko på SOSU-uddannelserne")
AUTHORITY_NAME = text("AUTHORITY_NAME", "Myndigheden for Prøvedrift")
AUTHORITY_PHONE = text("AUTHORITY_PHONE", "00 00 00 00")
AUTHORITY_EMAIL = text("AUTHORITY_EMAIL", "support@laerepladsportalen.example")
# Of the authority's data protection officer (databeskyttelsesrådgiver).
DATA_PROTECTION_EMAIL = text("DATA_PROTECTION_EMAIL", AUTHORITY_EMAIL)
# As every page says it.
PORTAL_TEXTS = {
    "name": PORTAL_NAME,
    "title": PORTAL_TITLE,
    "authority": AUTHORITY_NAME,
    "phone": AUTHORITY_PHONE,
    "email": AUTHORITY_EMAIL,
    # Where companies read about registering rejections.
    "information_page": text("INFORMATION_PAGE", "https://www.uvm.dk/"),
}

# Which code runs

INSTALLED_APPS = [
    "companies",
    "schools",
    "students",
    "absence",
    "risk",
    "rejections",
    "laereplads.features",
    "laereplads.retention",
    *(["laereplads.demo"] if DEMO else []),
    "laereplads",
    "laereplads.delegation",
    "laereplads.imports",
    "laereplads.notifications",
    "laereplads.access",
    "laereplads.people",
    "laereplads.access_log",
    "laereplads.audit",
    "laereplads.accounts",
    "laereplads.database",
    "laereplads.design_system",
    "laereplads.access.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    # First, so that every answer and every log line has its number.
    "laereplads.web.request_ids.RequestIdMiddleware",
    # Outermost, so that answers of the others carry them too: of a wrong host, a redirect to https, a static file.
    "laereplads.web.http.HeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "laereplads.web.health.HealthMiddleware",
    "laereplads.web.errors.WrongMethodMiddleware",
    # Below the security middleware, or static files would come without its headers.
    "laereplads.web.static_files.StaticFilesMiddleware",
    # Below it, whose files are compressed already. Adds a random number of bytes, against BREACH: decision 0024.
    "django.middleware.gzip.GZipMiddleware",
    "laereplads.access.sessions.SessionMiddleware",
    "laereplads.accounts.limits.KnownBrowserMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "laereplads.access.middleware.ActingMembershipMiddleware",
    "laereplads.access.middleware.LanguageMiddleware",
    # Both refuse before a body is read, which the check of the token does.
    "laereplads.access.middleware.SecondFactorMiddleware",
    "laereplads.access.unread.UnreadBodyMiddleware",
    "laereplads.accounts.csrf.SessionTokenMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "laereplads.accounts.pending_forms.PendingFormMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "laereplads.web.http.ExpiredSessionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "laereplads.urls"
WSGI_APPLICATION = "laereplads.wsgi.application"
FORM_RENDERER = "laereplads.design_system.forms.FormRenderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        # Every page of the portal. Not APP_DIRS, or the admin would get the widgets that Django has for Jinja2.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            # First: its login page adds the personas to the portal's, which knows nothing of them.
            *([BASE_DIR / "laereplads" / "demo" / "jinja2"] if DEMO else []),
            BASE_DIR / "templates",
            BASE_DIR / "laereplads" / "design_system" / "jinja2",
        ],
        "OPTIONS": {
            "environment": "laereplads.web.templates.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "laereplads.web.navigation.portal",
                "laereplads.accounts.sign_in.context.brokers",
                *(["laereplads.demo.context.personas"] if DEMO else []),
            ],
        },
    },
    {
        # The admin and mails, in the "templates" folders of apps: Django's, allauth's, and ours before them.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "laereplads.web.navigation.portal",
            ],
        },
    },
]

# Where the data are

DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / ".data"))


def sender(name: str, address: str) -> str:
    """What mails say they come from."""
    try:
        return str(Address(display_name=name, addr_spec=address))
    except (ValueError, IndexError, HeaderParseError):
        raise ImproperlyConfigured(
            "AUTHORITY_EMAIL er ingen e-mailadresse. Portalen sender sine mails fra den."
        ) from None


def database(variable: str, url: str) -> dict[str, Any]:
    """The server that `url` names, or the one that the checkout carries itself."""
    shared = {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    options = {
        # Of what the portal has the server prepare: who asks for something twice on a connection asks for it again.
        "prepare_threshold": 2,
        # A machine that vanished without a word is noticed after ten seconds or so, not after hours.
        "connect_timeout": 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
    if url == "embedded":
        return {
            "ENGINE": "laereplads.database.embedded",
            "NAME": "laereplads",
            "DATA_DIR": DATA_DIR / "postgres",
            "OPTIONS": options,
            **shared,
        }
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        # What was read holds a password: neither it nor the library's own words are shown.
        message = f"{variable} kan ikke læses. Skriv postgresql://bruger:adgangskode@maskine:port/database."
        raise ImproperlyConfigured(message) from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "laereplads.database.engine",
        **{setting: str(parts.pop(part)) for part, setting in names.items() if part in parts},
        "OPTIONS": {**options, **parts},
        **shared,
    }


DATABASES = {"default": database("DATABASE_URL", required("DATABASE_URL", "embedded"))}
# A copy that the overview reads from, if there is one: see laereplads/database/replica.py.
DATABASE_REPLICA_URL = os.environ.get("DATABASE_REPLICA_URL", "")
if DATABASE_REPLICA_URL:
    # Only the page that reads from it opens a transaction there; the others do not depend on it.
    DATABASES["replica"] = {**database("DATABASE_REPLICA_URL", DATABASE_REPLICA_URL), "ATOMIC_REQUESTS": False}
    DATABASE_ROUTERS = ["laereplads.database.replica.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("laereplads.access.middleware.ActingMembershipMiddleware"),
        "laereplads.database.replica.LastSaveMiddleware",
    )
if flag("DATABASE_POOLED"):
    # PgBouncer gives the next transaction another connection, which knows no statement prepared on this one.
    for pooled in DATABASES.values():
        pooled["OPTIONS"]["prepare_threshold"] = None
        pooled["DISABLE_SERVER_SIDE_CURSORS"] = True
# What web processes log in to PostgreSQL with, as laereplads_web; commands log in as the owner of the tables.
DATABASE_WEB_PASSWORD = os.environ.get("DATABASE_WEB_PASSWORD", "")
# How long laereplads_web waits; the owner's commands may take their time. No page needs as long for a statement, locks
# are held for milliseconds, and an import thinks for seconds within its transaction. A page's statement touches few
# rows: to start helpers for it, or to compile it, takes longer than to run it.
DATABASE_WEB_LIMITS = {
    "statement_timeout": "10s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "60s",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
# What the process that runs jobs logs in with, as laereplads_jobs. It counts and prepares for many at once.
DATABASE_JOBS_PASSWORD = os.environ.get("DATABASE_JOBS_PASSWORD", "")
DATABASE_JOBS_LIMITS = {**DATABASE_WEB_LIMITS, "statement_timeout": "60s"}
# Where `check_change_log` keeps the end of the record's chain: outside the database, best on another machine.
CHANGE_LOG_HEADS_FILE = Path(os.environ["CHANGE_LOG_HEADS_FILE"]) if os.environ.get("CHANGE_LOG_HEADS_FILE") else None

# All workers must share the counters of allauth's rate limits.
# Room for many: with Django's own 300, guessing at 300 addresses would push out what one has been guessed at.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Who logs in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["laereplads.access.backends.MembershipBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "laereplads.accounts.passwords.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "laereplads.accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": PASSWORD_LENGTH}},
    {"NAME": "laereplads.accounts.passwords.CommonPasswordValidator"},
    {"NAME": "laereplads.accounts.passwords.PredictablePasswordValidator"},
    {"NAME": "laereplads.accounts.passwords.PortalWordsValidator"},
]
# Everybody comes through a broker, but for the one administrator who breaks the glass, and in a demo.
PASSWORD_FOR_EVERYBODY = LOCAL
# Whose employees administer the portal; in a demo a made-up number.
AUTHORITY_CVR = os.environ.get("AUTHORITY_CVR", "99900008" if LOCAL else "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front_page"
ACCOUNT_ADAPTER = "laereplads.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Django's own: allauth's writes down the address first, which tells by its time that there is one.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class
# Where people sign in with MitID Erhverv, MitID and Unilogin: docs/starting.md.
BROKERS = broker_list(os.environ.get("BROKERS") or "{}")
ACCOUNT_FORMS = {
    "login": "laereplads.accounts.forms.LoginForm",
    "reset_password": "laereplads.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "laereplads.accounts.forms.ResetPasswordKeyForm",
    "change_password": "laereplads.accounts.forms.ChangePasswordForm",
    "reauthenticate": "laereplads.accounts.forms.ConfirmByPasswordForm",
}
# By account; what one address may do, laereplads/accounts/limits.py counts: it rises with the users behind it. A link's
# secret is too long to be guessed.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/300s/key",
    "reset_password": "5/60s/key,10/3600s/key",
    "reset_password_from_key": None,
}
MFA_ADAPTER = "laereplads.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Addresses come from the administrator, so none is anybody's own claim.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = PORTAL_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_FORMS = {
    "authenticate": "laereplads.accounts.forms.CodeForm",
    "reauthenticate": "laereplads.accounts.forms.ConfirmByCodeForm",
    "activate_totp": "laereplads.accounts.forms.ActivateAppForm",
    "add_webauthn": "laereplads.accounts.forms.AddKeyForm",
}
# Rate limits count by the browser's address, which a proxy hands on.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("BEHIND_TLS_PROXY") else 0
# The server ends sessions: after so long without a request, and after so long in any case.
SESSION_IDLE_LIMIT = datetime.timedelta(minutes=30)
SESSION_LIMIT = datetime.timedelta(hours=8)
SESSION_ENGINE = "laereplads.access.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Language: Danish; the student's pages in English too

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "laereplads" / "locale"]
FORMAT_MODULE_PATH = ["laereplads.formats"]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True

# Files that browsers get

NODE_MODULES = BASE_DIR / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("dkfds/css", NODE_MODULES / "dkfds" / "dist" / "css"),
    ("dkfds/img", NODE_MODULES / "dkfds" / "dist" / "img"),
    ("dkfds/fonts/IBMPlexSans", NODE_MODULES / "dkfds" / "dist" / "fonts" / "IBMPlexSans"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = LOCAL
# Only names that change with the content are kept for good; source maps are for developers, and slow to compress.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Uploads stay in memory: rosters hold names, which no temporary file should keep.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

# Mail

MAILERS: dict[str, Any] = {
    "default": {"BACKEND": "laereplads.demo.mail.EmailBackend"}
    if LOCAL
    else {
        "BACKEND": "laereplads.notifications.smtp.EmailBackend",
        "OPTIONS": {
            "host": text("EMAIL_HOST", "localhost"),
            "port": port("EMAIL_PORT", 25),
            "use_tls": flag("EMAIL_USE_TLS"),
            "timeout": 10,
        },
    }
}

DEFAULT_FROM_EMAIL = sender(f"{PORTAL_NAME}, {AUTHORITY_NAME}", AUTHORITY_EMAIL)

# The queue of jobs: what it may run is named, and not looked for in all apps.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["laereplads.notifications.tasks"]

# Where a load balancer asks whether the process answers, though all workers wait for a database that stands still.
HEALTH_PORT = port("HEALTH_PORT", 0) if os.environ.get("HEALTH_PORT") else None
HEALTH_ADDRESS = text("HEALTH_ADDRESS", "127.0.0.1")

# Trust

SECRET_KEY = required("SECRET_KEY", DEMO_KEYS["SECRET_KEY"])
# Rejected applicants are sealed with the first key and opened with any: newest first, separated by commas.
APPLICANT_KEYS = required("APPLICANT_KEYS", DEMO_KEYS["APPLICANT_KEYS"]).split(",")
# Recognises an applicant who is registered twice. Never changed without need: then nobody is recognised for 30 days.
APPLICANT_FINGERPRINT_KEY = required("APPLICANT_FINGERPRINT_KEY", DEMO_KEYS["APPLICANT_FINGERPRINT_KEY"])
# Seals what authenticator apps and recovery codes are made of: newest first, separated by commas.
SECOND_FACTOR_KEYS = required("SECOND_FACTOR_KEYS", DEMO_KEYS["SECOND_FACTOR_KEYS"]).split(",")
ALLOWED_HOSTS = required("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver").split(",")
# What links in mails of jobs begin with: no request tells them where the portal is.
PORTAL_ADDRESS = os.environ.get("PORTAL_ADDRESS", "http://127.0.0.1:8000" if LOCAL else f"https://{ALLOWED_HOSTS[0]}")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_TLS_PROXY") else None
SECURE_SSL_REDIRECT = not LOCAL
# A load balancer asks over http, and wants no redirect.
SECURE_REDIRECT_EXEMPT = ["^health/"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
KNOWN_BROWSER_COOKIE_NAME = "kendt" if LOCAL else "__Host-kendt"
KNOWN_BROWSER_COOKIE_AGE = 180 * 24 * 60 * 60
LANGUAGE_COOKIE_NAME = "django_language" if LOCAL else "__Host-language"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
DEFAULT_EXCEPTION_REPORTER_FILTER = "laereplads.web.reports.ReportWithoutValues"
CSRF_FAILURE_VIEW = "laereplads.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            # Developers are shown what went wrong.
            "()": "logging.Formatter" if DEBUG else "laereplads.web.logs.WithoutValues",
            "fmt": "{asctime} {levelname} {name} {request_id} {message}",
            "style": "{",
        }
    },
    "filters": {"request_id": {"()": "laereplads.web.request_ids.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "laereplads.notifications": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "laereplads.security": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Query strings hold what was searched for: no log line carries them.
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}

refuse_wrong_settings(globals())
