"""Why levels of dropout risk are processed."""

from django.utils.translation import gettext_lazy as _

from laereplads.database.privacy import Person, Processing

PROCESSING = [
    Processing(
        (Person.STUDENT,),
        what=_("Din frafaldsrisiko: høj, middel eller lav, og dagen"),
        why=_("Skole og arbejdsplads skal i tide kunne se, hvem der har brug for hjælp til at gennemføre."),
        ground=_("Eud-bekendtgørelsen § 115, stk. 2. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_(
            "Ansatte hos din arbejdsplads og din skole, og dig selv. Ministeriets statistik får kun tal uden personer."
        ),
        tables=("risk_riskassessment",),
    ),
    Processing(
        (Person.EMPLOYEE,),
        what=_("Dit navn ved de vurderinger, du registrerer"),
        why=_("Elev, skole og kolleger skal kunne se, hvem de kan tale med om vurderingen."),
        ground=_("Eud-bekendtgørelsen § 115, stk. 2. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Eleven, elevens skole og dine kolleger."),
        tables=("risk_riskassessment",),
    ),
    Processing(
        (Person.STUDENT,),
        what=_("Hvornår du er foreslået vurderet, og om din arbejdsplads har sat det på pause"),
        why=_("Portalen minder dem, der kender dig, om at se, om du har brug for hjælp. Det er frivilligt."),
        ground=_("Eud-bekendtgørelsen § 115, stk. 2. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Ansatte hos din arbejdsplads og din skole, og dig selv."),
        tables=("risk_assessmentpause", "risk_sentreminder", "risk_notedassessment"),
    ),
    Processing(
        (Person.EMPLOYEE,),
        what=_("Dit navn ved lokale aftaler, du foreslår eller siger ja til, og ved pauser, du sætter"),
        why=_("Parterne skal kunne se, hvem der har aftalt det."),
        ground=_("Eud-bekendtgørelsen § 115, stk. 2. Forordningens artikel 6, stk. 1, litra e."),
        recipients=_("Ansatte hos de to parter."),
        tables=("risk_localagreement", "risk_assessmentpause"),
    ),
]
