"""The one settings file. It holds what differs between machines, nothing else."""

import os
import sysconfig
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from heatmap.env import env_bool, env_count, env_database, env_text

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env_bool("HEATHUB_DEBUG", False)
# One-click sign-in for the demo; only bin/run sets it, and only loopback may use it.
DEMO = env_bool("HEATHUB_DEMO", False)
# Who may read /metrics from another machine; without it only this machine may.
METRICS_TOKEN = env_text("HEATHUB_METRICS_TOKEN", "")
SECRET_KEY = env_text("HEATHUB_SECRET_KEY", "debug-only" if DEBUG else None)
ALLOWED_HOSTS = env_text("HEATHUB_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env_text("HEATHUB_ORIGINS", "").split(",") if o]
HTTPS = env_bool("HEATHUB_HTTPS", False)

# Where uploads, reports and the unpacked data wheels live.
VAR_DIR = Path(env_text("HEATHUB_VAR", str(BASE_DIR / ".run")))
MEDIA_ROOT = VAR_DIR / "media"
DATA_WHEEL_DIR = VAR_DIR / "data-wheels"
TILE_CACHE_DIR = VAR_DIR / "tiles"
# How much room tiles that were made already may take on disk; 0 keeps none.
CHECKED_PARCELS = env_count("HEATHUB_CHECKED_PARCELS", 5)
TILE_CACHE_MB = env_count("HEATHUB_TILE_CACHE_MB", 512)


# GDAL, GEOS and PROJ come from the pyogrio and shapely wheels: one copy per process, no apt GDAL.
def _wheel_library(pattern: str) -> str:
    found = sorted(Path(sysconfig.get_paths()["purelib"]).glob(pattern))
    if not found:
        raise ImproperlyConfigured(f"{pattern} is missing; run bin/run to install the packages.")
    return str(found[0])


GDAL_LIBRARY_PATH = _wheel_library("pyogrio.libs/libgdal-*.so*")
GEOS_LIBRARY_PATH = _wheel_library("shapely.libs/libgeos_c-*.so*")
os.environ.setdefault("PROJ_DATA", _wheel_library("pyogrio/proj_data"))
os.environ.setdefault("GDAL_DATA", _wheel_library("pyogrio/gdal_data"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.humanize",
    "axes",
    "heatmap.apps.HeatmapConfig",
    "sites.apps.SitingConfig",
]

MIDDLEWARE = [
    "heatmap.tracing.TracingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "heatmap.middleware.PolicyMiddleware",
    "heatmap.tile_door.TileMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "heatmap.middleware.AskingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "heatmap.middleware.LimitMiddleware",
    "heatmap.middleware.IdentityMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "heatmap.urls"
WSGI_APPLICATION = "heatmap.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["heatmap.templatetags.heathub"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The web role has no right to bypass row-level security; migrations run as the owner role.
DATABASES = {"default": env_database("DATABASE_URL")}
DATABASES["default"]["OPTIONS"] = {
    # a database that comes back is found again within seconds, not minutes
    "pool": {"min_size": 0, "max_size": 8, "timeout": 5, "reconnect_timeout": 5},
    # a worker that froze while it wrote lets go of what it locked
    "options": "-c idle_in_transaction_session_timeout=60s",
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
WEB_ROLE = env_text("HEATHUB_WEB_ROLE", "heathub_web")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_RULES = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_RULES}UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_RULES}CommonPasswordValidator"},
    {"NAME": f"{_RULES}NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Five wrong passwords for one name from one address close that pair for a quarter of an hour; the
# rate limit of the sign-in page (views/sign_in.py) closes an address that tries many names.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "heatmap.views.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "heatmap.asking.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # our own log says who came, and cannot be changed
AXES_VERBOSE = False

# A raster map below the town's own layers, where a town wants one: an address with {z}, {x} and
# {y}, and whom to thank for it. Pages then may load pictures from that host, and from no other.
RASTER_BASEMAP = env_text("HEATHUB_RASTER_BASEMAP", "")
RASTER_BASEMAP_ATTRIBUTION = env_text("HEATHUB_RASTER_BASEMAP_ATTRIBUTION", "")
if RASTER_BASEMAP and not RASTER_BASEMAP.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        "HEATHUB_RASTER_BASEMAP must be an address like https://tiles.example.org/{z}/{x}/{y}.png."
    )
if RASTER_BASEMAP and not RASTER_BASEMAP_ATTRIBUTION:
    raise ImproperlyConfigured("HEATHUB_RASTER_BASEMAP_ATTRIBUTION must say whose map it is.")

# How many proxies stand before the web server, each adding to X-Forwarded-For; 0 believes none.
PROXIES = env_count("HEATHUB_PROXIES", 0)

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

CELERY_BROKER_URL = env_text("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONSUMER = "heatmap.celery.PromptConsumer"
# Longer than the longest job. A message is only a hint to look for work, so one that comes twice
# does no harm; one that comes late would.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3 * 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

UPLOAD_MAX_BYTES = 200 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "heatmap.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},  # our own log of acts says who came
        "pandapipes": {
            "level": "WARNING"
        },  # it tells of each of its pumps that it works as it does
        "pyogrio": {"level": "WARNING"},
    },
}
