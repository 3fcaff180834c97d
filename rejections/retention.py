"""How long rejections, and who was rejected, are kept."""

import datetime

from django.utils.translation import gettext_lazy as _

from laereplads.database.retention import Delete, Keep, Rule, Time
from rejections.models import DAYS_TO_NOTICE_REPETITION

PERIODS = {"fingerprints": Time(datetime.timedelta(days=DAYS_TO_NOTICE_REPETITION))}

DELIVERED = """
    select delivered.rejection_id from rejections_deliveredrejection delivered
    join rejections_delivery delivery on delivery.id = delivered.delivery_id where delivery.confirmed_at is not null
"""

# Who registered a rejection is part of it.
MEMBERSHIPS_NEEDED = [
    "exists (select from rejections_rejection rejection where rejection.registered_by_id = membership.id)"
]

RULES = [
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
        what=_("Digitalt aftryk, som viser, at en ansøger er registreret før"),
        when=_("{period} efter, at afslaget er registreret"),
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
        why=_("Et afslag må kun leveres én gang. Hvem det handler om, står der ikke."),
    ),
    Rule(
        "rejections_delivery",
        what=_("Leverancer til datavarehuset"),
        does=Keep(),
        why=_("De viser, hvad der er leveret hvornår, og nævner ingen personer."),
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
    Rule(
        "rejections_rejectionreason",
        what=_("Begrundelser for afslag"),
        does=Keep(),
        why=_("De handler ikke om nogen, og gamle afslag skal kunne læses."),
    ),
]
