"""A plain Django project on the portal's tables: only what the rivals need, so that nothing slows them."""

from laereplads.settings import *  # noqa: F403

INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if not app.endswith("PortalAdminConfig")),
    *("django.contrib.admin.apps.SimpleAdminConfig", "django_tables2", "django_filters"),
]
# Nobody logs in here: the rivals are spared sessions, users, roles and policies. The last one only lets allauth start.
MIDDLEWARE = [
    "tests.benchmark.rivals.SomebodyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
ROOT_URLCONF = "tests.benchmark.rivals"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "tests" / "benchmark"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["ATOMIC_REQUESTS"] = False
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DJANGO_TABLES2_TEMPLATE = "django_tables2/table.html"
