"""Why rejected applications are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

GROUND = _("Eud-bekendtgørelsen § 115, stk. 1. Databeskyttelsesloven § 10: kun statistik og forskning.")

PROCESSING = [
    Processing(
        (Person.APPLICANT,),
        what=_("Dit navn og din adresse, e-mail eller mobil, krypteret. Uddannelse, dag og begrundelse for afslaget"),
        why=_("Ministeriet laver statistik over, hvorfor ansøgere får afslag. Det får ingen betydning for dig."),
        ground=GROUND,
        recipients=_(
            "Ministeriets datavarehus. Virksomheden kan se afslaget, men ikke længere, hvem det handler om. Skoler og "
            "andre virksomheder ser intet."
        ),
        tables=(
            "rejections_applicant",
            "rejections_fingerprint",
            "rejections_rejection",
            "rejections_deliveredrejection",
        ),
    ),
    Processing(
        (Person.EMPLOYEE,),
        what=_("Dit navn ved de afslag, du registrerer"),
        why=_("Virksomheden skal kunne se, hvem der har registreret hvad."),
        ground=GROUND,
        recipients=_("Dine kolleger."),
        tables=("rejections_rejection",),
    ),
]
