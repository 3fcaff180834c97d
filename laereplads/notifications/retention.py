"""How long mails are kept once they have gone, and what is left of jobs."""

import datetime

from django.utils.translation import gettext_lazy as _

from laereplads.access.retention import former_users, over_memberships
from laereplads.database.retention import Delete, Follow, Keep, Months, Rule, Time

PERIODS = {
    # Long enough to answer whether somebody was told, and to send again what did not arrive.
    "mails": Months(3),
    # The queue forgets a job when it ends; what is left was being done by a process that was killed.
    "queue": Time(datetime.timedelta(days=1)),
}

RULES = [
    Rule(
        "notifications_outgoingmail",
        what=_("Hvilke mails portalen har sendt til hvem"),
        when=_("{period} efter, at mailen er sendt eller opgivet"),
        does=Delete("mails", "coalesce(sent_at, gave_up_at) < %(mails_at)s"),
        why=_("Så længe kan man se, om nogen har fået besked. Der står intet i dem om nogen person."),
        is_published=True,
        limit=1,
    ),
    Rule(
        "notifications_mailchoice",
        what=_("Hvilke mails du har slået til og fra"),
        when=_("{period} efter, at adgangen er slut"),
        does=Delete(
            "access",
            lambda: (
                f"membership_id in ({over_memberships()})"
                " or membership_id in (select id from access_membership where ends_on < %(access)s)"
            ),
        ),
        why=_("Valget hører til adgangen. Uden den sender portalen ingen mails."),
        is_published=True,
    ),
    Rule(
        "notifications_refusedaddress",
        what=_("At mailserveren ikke kender din e-mailadresse"),
        when=_("{period} efter, at din sidste adgang er slut, eller når du har fået en anden adresse"),
        does=Delete(
            "access",
            lambda: (
                f"user_id in ({former_users()}) or address is distinct from"
                " (select email from accounts_user where accounts_user.id = user_id)"
            ),
        ),
        why=_("Så længe skal portalen vide, at den ikke skal skrive til adressen."),
        is_published=True,
        limit=1,
    ),
    Rule(
        "notifications_jobrun",
        what=_("Hvornår portalens faste job har kørt"),
        when=_("{period} efter, at jobbet har kørt"),
        does=Delete("mails", "ran_at < %(mails_at)s"),
        why=_("Det handler ikke om nogen. Så længe kan man se, om et job er blevet glemt."),
        limit=1,
    ),
    Rule(
        "procrastinate_jobs",
        what=_("Køen af job, der venter eller er i gang"),
        when=_("{period} efter, at jobbet begyndte, når det aldrig blev færdigt"),
        does=Delete("queue", "id in (select job_id from procrastinate_events where at < %(queue_at)s)"),
        why=_("Det handler ikke om nogen. Et job, der er færdigt, står der ikke."),
        limit=1,
    ),
    Rule(
        "procrastinate_events",
        what=_("Hvornår et job i køen begyndte"),
        does=Follow("procrastinate_jobs"),
        why=_("De hører til jobbet."),
    ),
    Rule(
        "procrastinate_workers",
        what=_("Hvilke processer der kører job"),
        when=_("{period} efter, at processen er væk"),
        does=Delete("queue", "last_heartbeat < %(queue_at)s"),
        why=_("Det handler ikke om nogen."),
        limit=1,
    ),
    Rule(
        "procrastinate_periodic_defers",
        what=_("Hvornår køen sidst er blevet bedt om at køre det, der er på tide"),
        does=Keep(),
        why=_("Det er én række, og den handler ikke om nogen."),
    ),
]
