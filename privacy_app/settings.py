"""All settings, read from the environment; the defaults just run.

`PRODUCTION=true` demands every secret and server by name and refuses to start without them.
Otherwise what is missing is generated under `DATA_DIR` and served by a PostgreSQL of our own.
"""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg import IsolationLevel

from privacy_app import embedded
from privacy_app.logs import TaskErrors, without_secrets, without_text
from privacy_app.schedule import SCHEDULE

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("PRODUCTION", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

if PRODUCTION:
    required = (
        "SECRET_KEY",
        "DATA_KEYS",
        "INDEX_KEYS",
        "LEDGER_KEYS",
        "DATABASE_URL",
        "REDIS_URL",
        "ALLOWED_HOSTS",
    )
    missing = [name for name in required if not os.environ.get(name)]
    if missing:
        raise ImproperlyConfigured("Production needs these environment variables: " + ", ".join(missing))
else:
    for name, value in embedded.secrets(DATA_DIR).items():
        os.environ.setdefault(name, value)
    if "DATABASE_URL" not in os.environ:
        os.environ.update(embedded.database_urls(DATA_DIR))

# -- secrets and keys ---------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Each ring is `id:base64,id:base64`, newest first; 32-byte keys.
DATA_KEYS = env.str("DATA_KEYS")
INDEX_KEYS = env.str("INDEX_KEYS")
LEDGER_KEYS = env.str("LEDGER_KEYS")

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.str('PORT', default='8000')}")

# -- apps -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "privacy_app.ledger",
    "privacy_app.outbox",
    "users",
    "consent",
    "disclosure",
    "demo",
    "privacy_app.apps.DeskConfig",  # django.contrib.admin with a site of our own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "users.middleware.AccessRecordMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside whatever sets a cookie, so that none leaves that is not in the register or not allowed.
    "consent.cookie_middleware.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.middleware.PersonTimeZoneMiddleware",
    "users.middleware.SessionSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consent.middleware.AcceptanceMiddleware",
]

ROOT_URLCONF = "privacy_app.urls"
WSGI_APPLICATION = "privacy_app.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "users.context_processors.site",
                "consent.context_processors.unread_announcements",
                "consent.cookie_context.cookies",
            ],
        },
    },
]

# -- database: one engine, two roles ------------------------------------------------------------
# `default` is the app's own role, without UPDATE, DELETE or TRUNCATE on the ledger; `owner` migrates.


def _database(url_name: str) -> dict[str, Any]:
    config: dict[str, Any] = env.db_url(url_name)
    config["ENGINE"] = "django.db.backends.postgresql"
    config["ATOMIC_REQUESTS"] = False
    return config


DATABASES = {"default": _database("DATABASE_URL")}
DATABASES["owner"] = _database("DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in os.environ else "DATABASE_URL")
DATABASES["default"].setdefault("OPTIONS", {}).update(
    # Threads of one process share these connections; a string option of a URL would not reach psycopg as a bool.
    pool={"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=12), "timeout": 10},
    # Facts are read after their locks: a snapshot from the beginning of the transaction would be of before the wait.
    isolation_level=IsolationLevel.READ_COMMITTED,
)
# A PostgreSQL that was restarted costs nobody an answer.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- cache and tasks ------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for its broker as long as it takes; by default it gives up after an hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A broker that is away or hangs must not hold a request: the outbox row is written, the sweep finds it.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 1, "socket_timeout": 2, "max_retries": 0, "visibility_timeout": 3600}
    if REDIS_URL
    else {"polling_interval": 0.02}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "privacy_app.celery:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# -- accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The first hashes passwords; the second only ever hashes the random secrets of API clients.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "users.hashers.RandomSecretHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "users:overview"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "users.sessions"
SESSION_SERIALIZER = "users.sessions.EncryptedSerializer"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# What happened names people's data and recipients: it waits for the next page in the sealed session, not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# How many proxies of ours stand in front: rate limits and the list of log-ins want the visitor's address, not theirs.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_ADAPTER = "users.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "consent.forms.SignUpForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody learns from a form whether an address has an account; nobody without one gets mail.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "users.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lantern Market"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# -- the partner API ------------------------------------------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "users.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "decisions": "Ask the gate; nothing is released",
        "disclosures": "Request disclosures and read them through handles",
        "contributions": "Contribute data with its channel and evidence",
        "events": "Hear of withdrawals, corrections, erasures and ends",
        "platform": "Act as the website that this service keeps the promises of",
    },
    "SCOPES_BACKEND_CLASS": "users.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # A token in an address would end in the logs of every server it passes.
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    # There are client credentials alone; what else there could be is strict all the same (RFC 9700).
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # A random 256-bit secret cannot be guessed: a fast hash protects it as well as Argon2 would.
    "CLIENT_SECRET_HASHER": "random_secret_sha256",
}
# A blind index does not stop enumeration of telephone numbers: a quota for each partner does.
ADDRESS_LOOKUPS_PER_DAY = env.int("ADDRESS_LOOKUPS_PER_DAY", default=10_000)
# How long before its last day a partner is told that its engagement will end.
ENGAGEMENT_NOTICE_DAYS = env.int("ENGAGEMENT_NOTICE_DAYS", default=30)
# Partners are called at public HTTPS addresses alone; to try things out, also on this machine.
WEBHOOK_ALLOW_LOOPBACK = env.bool("WEBHOOK_ALLOW_LOOPBACK", default=not PRODUCTION)
# How long a partner has after the end to certify that it deleted what it had read.
CERTIFICATE_DAYS = env.int("CERTIFICATE_DAYS", default=30)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.api.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["users.api.authentication.ClientHasScope"],
    "DEFAULT_RENDERER_CLASSES": ["privacy_app.api.shapes.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["privacy_app.api.shapes.RawJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "privacy_app.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "privacy_app.api.handling.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Privacy API",
    "DESCRIPTION": (
        "Ask for a decision, read through handles that are decided anew, record consents.\n\n"
        "Fetch a token at `/oauth/token` with your client's id and secret and `grant_type=client_credentials`; "
        "send it as `Authorization: Bearer …`. Calls that create something take an `Idempotency-Key`: the same call "
        "under the same key is done once. What fails is told as `application/problem+json`, with a list of reasons."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["privacy_app.api.schema.add_shapes"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

# -- languages and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["privacy_app.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")

# -- the place the data is held, and who holds it ------------------------------------------
HOME_COUNTRY = env.str("HOME_COUNTRY", default="CN")
SITE_NAME = {"en": "Lantern Market", "zh-hans": "灯笼集市"}

# -- reviews (DIS-c to DIS-g) ---------------------------------------------------------------
# Which grounds need two different reviewers: these three always; a site may name others.
TWO_REVIEWERS = {"legal_instrument", "violation", "other_provision", *env.list("TWO_REVIEWERS_ALSO", default=[])}
# In how many days a review is to be decided, by ground.
REVIEW_DAYS = {
    "legal_instrument": 3,
    "violation": 5,
    "ip_complaint": 10,
    "transaction": 5,
    "other_provision": 10,
}

# -- access records (COL-a) -------------------------------------------------------------------
# At least six months where China's Cybersecurity Law asks for network logs (article 21), and never longer than this.
ACCESS_RECORD_DAYS = env.int("ACCESS_RECORD_DAYS", default=184)
# Where they wait, sealed, until a worker takes them: on a disk of the machine that answers, which a worker can reach.
ACCESS_SPOOL_DIR = Path(env.str("ACCESS_SPOOL_DIR", default=str(DATA_DIR / "spool")))

# -- mail -------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Lantern Market <privacy@lantern.example>")
# A mail server that hangs must not hold a worker.
EMAIL_TIMEOUT = 20
# How fast a notice goes out to everybody.
MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", default=600)
# Where a mail server returns what it could not deliver; empty: to the sender.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
if "EMAIL_URL" in os.environ:
    vars().update(env.email_url("EMAIL_URL"))
elif not PRODUCTION:
    EMAIL_BACKEND = "privacy_app.outbox.mail.ConsoleAndFileBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")

# -- static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles") if PRODUCTION else None)
STATICFILES_DIRS = [BASE_DIR / "static"]
# The finders serve straight from the packages: no collectstatic step before a first start.
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- security headers ---------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
# For how long a choice of cookies is remembered before it is asked for again (COO-b).
COOKIE_CHOICE_DAYS = env.int("COOKIE_CHOICE_DAYS", default=180)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Whether browsers ship with the whole domain on their list is for its owner to say.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# Documents are taken in by staff, one in a form; nothing of them touches the disk before it is sealed.
FILE_UPLOAD_HANDLERS = ["privacy_app.uploads.InMemoryAlone"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1

# -- logs: ids and counts, never values -------------------------------------------------------
LOG_PROCESSORS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_text,
    without_secrets,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer() if PRODUCTION else structlog.dev.ConsoleRenderer(),
            "foreign_pre_chain": LOG_PROCESSORS,
        }
    },
    "filters": {"task_errors": {"()": TaskErrors}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["task_errors"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
structlog.configure(
    processors=[*LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
