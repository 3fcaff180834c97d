"""What people are told by mail of who acts for whom. No mail holds anything about a person: organisations only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from laereplads.access.models import STAFF_ROLES
from laereplads.notifications.kinds import EVERYBODY, USUAL_SUBJECT, MailKind

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


USER_ADMINISTRATORS = Q(is_user_administrator=True)


def told(
    name: str, label: StrPromise, text: StrPromise, *, when: StrPromise | str = "", whom: Q = EVERYBODY
) -> MailKind:
    """A kind that tells people of their own access: nobody turns it off.

    `when` ends the sentence "Du får altid besked, når" on Mine beskeder of the staff whom it is for.
    """
    roles = tuple(STAFF_ROLES) if when else ()
    return MailKind(
        name,
        USUAL_SUBJECT,
        text,
        can_be_turned_off=False,
        label=label,
        help_text=when,
        roles=roles,
        condition=whom,
    )


INVITATION = told(
    "invitation",
    _("Invitation"),
    _(
        "%(organisation)s inviterer dig til at bruge portalen.\n\n"
        "Åbn linket, og log ind med MitID Erhverv:\n%(link)s\n\n"
        "Linket virker én gang og i 14 dage. Giv det ikke til andre."
    ),
)
ACCESS_ASKED_FOR = told(
    "access_asked_for",
    _("Nogen har bedt om adgang"),
    _("%(organisation)s: En person beder om adgang til portalen. Log ind, og svar under Brugere."),
    when=_("nogen beder om adgang hos jer."),
    whom=USER_ADMINISTRATORS,
)
ACCESS_GRANTED = told(
    "access_granted",
    _("Adgang er givet"),
    _("%(organisation)s har givet dig adgang til portalen. Log ind, som du gjorde, da du bad om den."),
)
ACCESS_REFUSED = told(
    "access_refused",
    _("Adgang er ikke givet"),
    _(
        "%(organisation)s har sagt nej til at give dig adgang til portalen. "
        "Spørg jeres brugeradministrator, hvis det er en fejl."
    ),
)
ACCESS_ENDS = told(
    "access_ends",
    _("Adgang slutter"),
    _(
        "%(organisation)s har sat en slutdato for din adgang til portalen. "
        "Spørg jeres brugeradministrator, hvis det er en fejl."
    ),
    when=_("din adgang får en slutdato."),
)
RIGHTS_CHANGED = told(
    "rights_changed",
    _("Rettigheder er ændret"),
    _("%(organisation)s har ændret, hvad du må i portalen. Spørg jeres brugeradministrator, hvis du er i tvivl."),
    when=_("dine rettigheder bliver ændret."),
)
NOBODY_LOOKS_AFTER_USERS = told(
    "nobody_looks_after_users",
    _("Ingen brugeradministrator"),
    _(
        "%(organisation)s har ingen brugeradministrator i portalen. "
        "Aftal med dem, hvem det skal være, og send en invitation fra administrationen."
    ),
)
CONFIRMATION_OPENED = told(
    "confirmation_opened",
    _("Årlig bekræftelse er åbnet"),
    _(
        "%(organisation)s: Det er tid til den årlige bekræftelse af jeres brugere. "
        "Antal brugere på listen: %(names)d. Log ind, og svar under Brugere inden 30 dage."
    ),
    when=_("den årlige bekræftelse af jeres brugere begynder."),
    whom=USER_ADMINISTRATORS,
)
CONFIRMATION_WAITS = told(
    "confirmation_waits",
    _("Årlig bekræftelse mangler svar"),
    _(
        "%(organisation)s: Den årlige bekræftelse mangler svar. Antal brugere uden svar: %(names)d. "
        "De mister adgangen om %(days)d dage. Log ind, og svar under Brugere."
    ),
    when=_("den årlige bekræftelse mangler svar."),
    whom=USER_ADMINISTRATORS,
)
YOUR_ACCESS_IS_UNCONFIRMED = told(
    "your_access_is_unconfirmed",
    _("Adgang er ikke bekræftet"),
    _(
        "%(organisation)s har ikke bekræftet, at du stadig skal bruge portalen. "
        "Din adgang slutter om %(days)d dage. Bed jeres brugeradministrator om at bekræfte dig."
    ),
    when=_("din adgang snart slutter, fordi ingen har bekræftet den."),
)
CONFIRMATION_ENDED = told(
    "confirmation_ended",
    _("Årlig bekræftelse er slut"),
    _(
        "%(organisation)s: Den årlige bekræftelse er slut. "
        "Antal brugere, der ikke blev bekræftet og har mistet adgangen: %(names)d."
    ),
    when=_("den årlige bekræftelse er slut."),
    whom=USER_ADMINISTRATORS,
)

MAIL_KINDS = [
    *(INVITATION, ACCESS_ASKED_FOR, ACCESS_GRANTED, ACCESS_REFUSED, ACCESS_ENDS, RIGHTS_CHANGED),
    *(NOBODY_LOOKS_AFTER_USERS, CONFIRMATION_OPENED, CONFIRMATION_WAITS),
    *(YOUR_ACCESS_IS_UNCONFIRMED, CONFIRMATION_ENDED),
]
