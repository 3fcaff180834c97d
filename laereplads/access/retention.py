"""How long memberships are kept, and users who have none any more.

Features say in their own `retention.py` which memberships they still need (`MEMBERSHIPS_NEEDED`), and which users'
names (`NAMES_NEEDED`), as conditions on `membership`.
"""

from django.utils.translation import gettext_lazy as _

from laereplads.database.declarations import declared
from laereplads.database.retention import Delete, Empty, Months, Rule
from laereplads.people.retention import GONE_STUDENTS

PERIODS = {
    # Somebody who changes jobs may have to answer for what they did; after a year nobody asks.
    "access": Months(12),
}

# Memberships that nobody can act as any more.
OVER = f"(membership.ends_on < %(access)s or membership.student_id in ({GONE_STUDENTS}))"
NO_NAME = "Slettet bruger"
NO_ADDRESS = "'slettet-' || id || '@slettet.example'"


def over_memberships() -> str:
    """The memberships that nobody can act as any more, and that no feature needs to say who did something."""
    needed = "".join(f" and not {condition}" for condition in declared("retention", "MEMBERSHIPS_NEEDED"))
    return f"select membership.id from access_membership membership where {OVER}{needed}"


def former_users() -> str:
    """Users who have had no access for a year, and whose name nothing shows."""
    needed = "".join(f" or {condition}" for condition in declared("retention", "NAMES_NEEDED"))
    return f"""
    select former.id from accounts_user former
    where coalesce(former.last_login, former.created_at) < %(access_at)s and former.created_at < %(access_at)s
    and not exists (
        select from access_membership membership
        where membership.user_id = former.id and (not coalesce({OVER}, false){needed})
    )
    """


RULES = [
    Rule(
        "access_membership",
        what=_("Hvem der har haft adgang på vegne af hvem"),
        when=_("{period} efter, at adgangen er slut, når hverken vurdering eller afslag er registreret med den"),
        does=Delete("access", lambda: f"id in ({over_memberships()})"),
        why=_("Så længe en vurdering findes, skal eleven kunne se, hvem der har registreret den."),
        is_published=True,
    ),
    Rule(
        "account_emailconfirmation",
        what=_("Beviser for, at en e-mailadresse er brugerens"),
        when=_("{period} efter, at de er lavet"),
        does=Delete(
            "mistake",
            lambda: (
                "created < %(mistake_at)s or email_address_id in"
                f" (select id from account_emailaddress where user_id in ({former_users()}))"
            ),
        ),
        why=_("Portalen sender ingen. Skulle der komme en, er den ikke til nytte længere."),
    ),
    Rule(
        "account_emailaddress",
        what=_("Brugerens e-mailadresse, som login bruger den"),
        when=_("{period} efter, at brugerens sidste adgang er slut"),
        does=Delete("access", lambda: f"user_id in ({former_users()})"),
        why=_("Uden adgang er der intet at logge ind til."),
    ),
    Rule(
        "mfa_authenticator",
        what=_("Det andet trin i brugerens login: app, sikkerhedsnøgle og nødkoder, forseglet"),
        when=_("{period} efter, at brugerens sidste adgang er slut"),
        does=Delete("access", lambda: f"user_id in ({former_users()})"),
        why=_("Uden adgang er der intet at logge ind til."),
    ),
    Rule(
        "accounts_identity",
        what=_("Hvilket MitID, MitID Erhverv eller Unilogin der er brugerens"),
        when=_("{period} efter, at brugerens sidste adgang er slut"),
        does=Delete("access", lambda: f"user_id in ({former_users()}) or ended_at < %(access_at)s"),
        why=_("Uden adgang er der intet at logge ind til."),
        is_published=True,
    ),
    Rule(
        "accounts_user",
        what=_("Brugerens navn, e-mailadresse og adgangskode"),
        when=_("{period} efter, at brugerens sidste adgang er slut, når ingen vurdering viser navnet"),
        does=Empty(
            "access",
            lambda: f"email <> {NO_ADDRESS} and id in ({former_users()})",
            {
                "name": f"'{NO_NAME}'",
                "email": NO_ADDRESS,
                "password": "'!'",
                "last_login": "null",
                "is_active": "false",
            },
        ),
        why=_(
            "Kun et nummer bliver tilbage, så loggen kan skille to brugere ad. Portalen ved ikke længere, hvem det var."
        ),
        is_published=True,
    ),
    Rule(
        "access_processedform",
        what=_("Kendetegn for formularer, som administratorer har sendt"),
        when=_("{period} efter, at formularen er sendt"),
        does=Delete("session", "sent_at < %(session_at)s"),
        why=_("Så længe kan den samme side blive sendt igen. Kendetegnet siger intet om, hvad der stod."),
        limit=1,
    ),
]
