"""How long it is kept who is logged in, and what Django keeps beside."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Keep, Months, Rule, Time

PERIODS = {
    # Enough to see that something was ended by mistake.
    "mistake": Months(1),
    "session": Time(settings.SESSION_LIMIT),
    "idle": Time(settings.SESSION_IDLE_LIMIT),
}

RULES = [
    Rule(
        "django_admin_log",
        what=_("Djangos egen log over administrationen"),
        when=_("{period} efter, at en linje er skrevet"),
        does=Delete("mistake", "action_time < %(mistake_at)s"),
        why=_("Portalen skriver intet i den. Den ville have navne med."),
    ),
    Rule(
        "accounts_session",
        what=_("Hvem der er logget ind"),
        when=_("{period} efter, at brugeren loggede ind, eller før, når der ikke er sket noget imens"),
        does=Delete("session", "started_at <= %(session_at)s or last_seen_at <= %(idle_at)s"),
        why=_("Login er udløbet."),
        limit=1,
        is_published=True,
    ),
    Rule(
        "cache",
        what=_("Tællere, som bremser den, der gætter adgangskoder"),
        when=_("Straks, når tælleren er udløbet"),
        does=Delete(None, "expires < %(now)s"),
        why=_("Tælleren er udløbet."),
        limit=1,
    ),
    Rule("auth_group", what=_("Djangos grupper"), does=Keep(), why=_("Portalen bruger dem ikke.")),
    Rule("auth_group_permissions", what=_("Djangos gruppers rettigheder"), does=Keep(), why=_("Som grupperne.")),
    Rule("auth_permission", what=_("Djangos rettigheder"), does=Keep(), why=_("De handler ikke om nogen.")),
    Rule(
        "django_content_type", what=_("Djangos liste over tabeller"), does=Keep(), why=_("Den handler ikke om nogen.")
    ),
    Rule(
        "django_migrations", what=_("Hvilke migrationer der er kørt"), does=Keep(), why=_("De handler ikke om nogen.")
    ),
]
