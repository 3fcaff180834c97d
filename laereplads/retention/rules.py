"""How long everything is kept: each table, which of its rows go or are emptied, when, and why.

`manage.py apply_retention` executes this file from top to bottom; docs/retention.md and the page **Så længe gemmer vi
oplysninger** show it. A table without a rule fails a test. `rows` is the condition of SQL under which a row is overdue;
`%(name)s` in it is the first day that is still kept by the period of that name, `%(name_at)s` the moment it begins.

Conditions look at what will be left, not at what an earlier rule has already taken: so the trial run counts exactly
what the real one deletes.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from laereplads.audit.models import Event
from laereplads.audit.operations import erase_contents, forget_events_before
from laereplads.imports.models import KEPT_FOR
from laereplads.retention.periods import Months, Time
from laereplads.retention.rule import Call, Delete, Empty, Follow, Keep, Rule
from rejections.models import DAYS_TO_NOTICE_REPETITION

PERIODS: dict[str, Months | Time] = {
    # As proposed in the portal's own terms: long enough to end an agreement properly and to answer for it.
    "assessments": Months(6),
    # A student who comes back within a year meets her own record again.
    "student": Months(12),
    # Somebody who changes jobs may have to answer for what she did; after a year nobody asks.
    "access": Months(12),
    # Breaches of the data protection act can be prosecuted for five years (databeskyttelsesloven § 41, stk. 7).
    "events": Months(60),
    # As proposed: long enough for a student to ask, and for the administrator to look into it.
    "access_log": Months(12),
    # Enough to see that something was ended by mistake.
    "lists": Months(1),
    "session": Time(settings.SESSION_LIMIT),
    "idle": Time(settings.SESSION_IDLE_LIMIT),
    "uploads": Time(KEPT_FOR),
    "fingerprints": Time(datetime.timedelta(days=DAYS_TO_NOTICE_REPETITION)),
}

OVER_AGREEMENTS = "select id from people_agreement where last_day < %(assessments)s"
GONE_STUDENTS = """
    select student.id from people_student student where student.signed_off_on < %(student)s and not exists (
        select from people_agreement agreement
        where agreement.student_id = student.id and agreement.last_day >= %(student)s
    )
"""
# Memberships that nobody can act as any more, and that no assessment or rejection needs to say who made it.
OVER = f"(membership.ends_on < %(access)s or membership.student_id in ({GONE_STUDENTS}))"
HAS_ASSESSED = f"""exists (
    select from risk_riskassessment assessment
    where assessment.recorded_by_id = membership.id and assessment.agreement_id not in ({OVER_AGREEMENTS})
)"""
HAS_REJECTED = "exists (select from rejections_rejection rejection where rejection.registered_by_id = membership.id)"
OVER_MEMBERSHIPS = f"""
    select membership.id from access_membership membership
    where {OVER} and not {HAS_ASSESSED} and not {HAS_REJECTED}
"""
# Users who have had no access for a year, and whose name no assessment shows.
FORMER_USERS = f"""
    select former.id from accounts_user former
    where coalesce(former.last_login, former.created_at) < %(access_at)s and former.created_at < %(access_at)s
    and not exists (
        select from access_membership membership
        where membership.user_id = former.id and (not coalesce({OVER}, false) or {HAS_ASSESSED})
    )
"""
ABOUT_A_GONE_ASSESSMENT = f"""(
    object_type = 'risk.riskassessment' and not exists (
        select from risk_riskassessment assessment
        where assessment.id = audit_event.object_id and assessment.agreement_id not in ({OVER_AGREEMENTS})
    )
)"""
ABOUT_A_GONE_STUDENT = f"""(
    student is not null and not exists (
        select from people_student known
        where known.public_id = audit_event.student and known.id not in ({GONE_STUDENTS})
    )
)"""
NO_NAME = "Slettet bruger"
NO_ADDRESS = "'slettet-' || id || '@slettet.example'"

DELIVERED = """
    select delivered.rejection_id from rejections_deliveredrejection delivered
    join rejections_delivery delivery on delivery.id = delivered.delivery_id where delivery.confirmed_at is not null
"""

RULES = [
    # Assessments.
    Rule(
        "risk_agreementlistentry",
        what=_("Elevens navn, aftaler og aktuelle frafaldsrisiko, som de står i virksomhedens lister"),
        does=Follow("people_agreement"),
        why=_("De følger aftalen, risikoen den seneste vurdering. Virksomheden ser dem kun, så længe den ser aftalen."),
    ),
    Rule(
        "risk_currentrisk",
        what=_("Elevens aktuelle frafaldsrisiko"),
        does=Follow("risk_riskassessment"),
        why=_("Den er den seneste vurdering."),
    ),
    Rule(
        "risk_riskassessment",
        what=_("Alle vurderinger af elevens frafaldsrisiko"),
        when=_("{period}, efter at uddannelsesaftalen er slut"),
        does=Delete("assessments", f"agreement_id in ({OVER_AGREEMENTS})"),
        why=_("De skal hjælpe, mens eleven er i oplæring. Bagefter er der tid til at gøre sagen færdig."),
        is_published=True,
    ),
    # Students.
    Rule(
        "schools_followedstudent",
        what=_("Listen Mine elever"),
        when=_("{period}, efter at eleven er meldt ud, eller at medarbejderens adgang er slut"),
        does=Delete(
            "lists",
            "student_id in (select id from people_student where signed_off_on < %(lists)s)"
            " or membership_id in (select id from access_membership where ends_on < %(lists)s)"
            # What else would hold back a student or a membership that goes.
            f" or student_id in ({GONE_STUDENTS}) or membership_id in ({OVER_MEMBERSHIPS})",
        ),
        why=_("Ingen kan længere se listen. En måned er nok til at rette en fejl."),
    ),
    Rule(
        "schools_studentlistentry",
        what=_("Elevens linje i elevoversigten, som den var"),
        when=_("Natten efter, at en ny linje har afløst den"),
        does=Delete(None, "ends_on < %(today)s"),
        why=_("Skolen ser kun den linje, der gælder i dag. Uden de gamle er listen hurtig."),
        limit=1,
    ),
    Rule(
        "people_agreement",
        what=_("Elevens uddannelsesaftaler"),
        when=_("{period}, efter at eleven er meldt ud, og den sidste aftale er slut"),
        does=Delete("student", f"student_id in ({GONE_STUDENTS})"),
        why=_("Aftalerne er elevens uddannelsesforløb. De følger eleven."),
        is_published=True,
    ),
    Rule(
        "access_membership",
        what=_("Hvem der har haft adgang for hvem"),
        when=_("{period}, efter at adgangen er slut, når hverken vurdering eller afslag er registreret med den"),
        does=Delete("access", f"id in ({OVER_MEMBERSHIPS})"),
        why=_("Så længe en vurdering findes, skal eleven kunne se, hvem der har registreret den."),
        is_published=True,
    ),
    Rule(
        "people_student",
        what=_("Elevens navn, kontaktoplysninger og uddannelse"),
        when=_("{period}, efter at eleven er meldt ud, og den sidste aftale er slut"),
        does=Delete("student", f"id in ({GONE_STUDENTS})"),
        why=_("En elev, der vender tilbage inden for et år, skal ikke begynde forfra."),
        is_published=True,
    ),
    # Users.
    Rule(
        "account_emailconfirmation",
        what=_("Beviser for, at en e-mailadresse er brugerens"),
        when=_("{period}, efter at de er lavet"),
        does=Delete(
            "lists",
            "created < %(lists_at)s or email_address_id in"
            f" (select id from account_emailaddress where user_id in ({FORMER_USERS}))",
        ),
        why=_("Portalen sender ingen. Skulle der komme en, er den ikke til nytte længere."),
    ),
    Rule(
        "account_emailaddress",
        what=_("Brugerens e-mailadresse, som login bruger den"),
        when=_("{period}, efter at brugerens sidste adgang er slut"),
        does=Delete("access", f"user_id in ({FORMER_USERS})"),
        why=_("Uden adgang er der intet at logge ind til."),
    ),
    Rule(
        "mfa_authenticator",
        what=_("Det andet trin i brugerens login: app, sikkerhedsnøgle og nødkoder, forseglet"),
        when=_("{period}, efter at brugerens sidste adgang er slut"),
        does=Delete("access", f"user_id in ({FORMER_USERS})"),
        why=_("Uden adgang er der intet at logge ind til."),
    ),
    Rule(
        "accounts_user",
        what=_("Brugerens navn, e-mailadresse og adgangskode"),
        when=_("{period}, efter at brugerens sidste adgang er slut, når ingen vurdering viser navnet"),
        does=Empty(
            "access",
            f"email <> {NO_ADDRESS} and id in ({FORMER_USERS})",
            {
                "name": f"'{NO_NAME}'",
                "email": NO_ADDRESS,
                "password": "'!'",
                "last_login": "null",
                "is_active": "false",
            },
        ),
        why=_("Kun et nummer bliver tilbage, så loggen kan skille to brugere ad. Hvem det var, kan ingen se."),
        is_published=True,
    ),
    # Rejections.
    Rule(
        "rejections_applicant",
        what=_("Ansøgerens navn og kontaktoplysninger, krypteret"),
        when=_("Straks, når datavarehuset har kvitteret"),
        does=Delete(None, f"rejection_id in ({DELIVERED})"),
        why=_("De har kun ét formål: at blive leveret."),
        # The delivery itself deletes them; what is left here is what a crash or a restored copy has left.
        limit=1,
        is_published=True,
    ),
    Rule(
        "rejections_fingerprint",
        what=_("Aftryk, som viser, at en ansøger er registreret før"),
        when=_("{period}, efter at afslaget er registreret"),
        does=Delete(
            "fingerprints",
            "rejection_id in (select id from rejections_rejection where registered_at < %(fingerprints_at)s)",
        ),
        why=_("Efter 30 dage spørger portalen ikke længere, om afslaget er registreret før."),
        limit=1,
        is_published=True,
    ),
    Rule(
        "rejections_deliveredrejection",
        what=_("Hvilken leverance et afslag er med i"),
        does=Keep(),
        why=_("Et afslag må kun leveres én gang. Ingen kan kendes på det."),
    ),
    Rule(
        "rejections_delivery",
        what=_("Leverancer til datavarehuset"),
        does=Keep(),
        why=_("De viser, hvad der er leveret hvornår. Ingen kan kendes på dem."),
    ),
    Rule(
        "rejections_rejection",
        what=_("Afslag med begrundelse, uden ansøgeren"),
        does=Keep(),
        why=_(
            "De er til statistik over år og siger intet om ansøgeren. Medarbejderens navn bliver slettet med brugeren."
        ),
        is_published=True,
    ),
    # The record.
    Rule(
        "django_admin_log",
        what=_("Djangos egen log over administrationen"),
        when=_("{period}, efter at en linje er skrevet"),
        does=Delete("lists", "action_time < %(lists_at)s"),
        why=_("Portalen skriver intet i den. Den ville have navne med."),
    ),
    Rule(
        "audit_event",
        field="changes",
        what=_("Loggen: hvad en handling ændrede, fx fra lav til høj"),
        when=_("Straks, når vurderingen eller eleven er slettet"),
        does=Call(
            None,
            f"changes <> '{{}}' and erased_on is null and ({ABOUT_A_GONE_ASSESSMENT} or {ABOUT_A_GONE_STUDENT})",
            lambda events, _limits: erase_contents(Event.objects.filter(pk__in=events)),
            says=_("Indholdet tømmes. At det skete, bliver stående"),
        ),
        why=_("Det er de samme oplysninger som dem, der er slettet."),
        is_published=True,
    ),
    Rule(
        "audit_event",
        what=_("Loggen: hvem der har gjort hvad hvornår"),
        when=_("{period}, efter at det er sket"),
        does=Call(
            "events",
            "at < %(events_at)s",
            # The oldest go together, whichever batch they were found in: only a beginning of the chain may.
            lambda _events, limits: forget_events_before(limits["events"]),
            says=_("Rækken slettes"),
        ),
        why=_(
            "Den viser, om oplysninger er brugt, som de må. Ulovlig brug kan straffes i fem år. Den har ingen navne."
        ),
        is_published=True,
    ),
    Rule(
        "audit_link",
        what=_("Aftryk af hændelserne, som viser, om nogen har rettet i dem"),
        does=Follow("audit_event"),
        why=_("De siger ikke, hvad der er sket."),
    ),
    Rule(
        "access_log_accesslogentry",
        what=_("Hvem der har set hvilke elevers oplysninger"),
        when=_("{period}, efter at de er set"),
        does=Delete("access_log", "at < %(access_log_at)s"),
        why=_("Eleven skal kunne se det, og misbrug skal kunne undersøges. Loggen har ingen navne."),
        is_published=True,
    ),
    # What lasts for hours.
    Rule(
        "accounts_session",
        what=_("Hvem der er logget ind"),
        when=_("{period}, efter at brugeren loggede ind, eller før, når der ikke er sket noget imens"),
        does=Delete("session", "started_at <= %(session_at)s or last_seen_at <= %(idle_at)s"),
        why=_("Den kan ikke bruges mere."),
        limit=1,
        is_published=True,
    ),
    Rule(
        "cache",
        what=_("Tællere, som bremser den, der gætter adgangskoder"),
        when=_("Straks, når tælleren er udløbet"),
        does=Delete(None, "expires < %(now)s"),
        why=_("Den kan ikke bruges mere."),
        limit=1,
    ),
    Rule(
        "access_processedform",
        what=_("Kendetegn for formularer, som administratorer har sendt"),
        when=_("{period}, efter at formularen er sendt"),
        does=Delete("session", "sent_at < %(session_at)s"),
        why=_("Så længe kan den samme side blive sendt igen. Kendetegnet siger intet om, hvad der stod."),
        limit=1,
    ),
    Rule(
        "imports_rosterupload",
        what=_("Skolens elevfil, som en administrator ikke har sagt ja eller nej til"),
        when=_("{period}, efter at filen er sendt"),
        does=Delete("uploads", "uploaded_at < %(uploads_at)s"),
        why=_("Den har navne. Efter en arbejdsdag må den sendes igen."),
        limit=1,
    ),
    # What is about nobody.
    Rule(
        "people_company",
        what=_("Virksomheder"),
        does=Keep(),
        why=_("De er ikke personer, og afslag henviser til dem."),
    ),
    Rule("people_workplace", what=_("Arbejdssteder"), does=Keep(), why=_("De er ikke personer.")),
    Rule("people_school", what=_("Skoler"), does=Keep(), why=_("De er ikke personer.")),
    Rule("people_education", what=_("Uddannelser"), does=Keep(), why=_("De handler ikke om nogen.")),
    Rule(
        "rejections_rejectionreason",
        what=_("Begrundelser for afslag"),
        does=Keep(),
        why=_("De handler ikke om nogen, og gamle afslag skal kunne læses."),
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
