"""What the front page tells a company of its rejections."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from laereplads.access.models import Membership
from rejections.models import Rejection


def last_registration(membership: Membership) -> str:
    """When the last rejection was registered: who has none to think of sees that at a glance.

    Who is limited to a workplace is told of those that they registered themselves.
    """
    last_on = Rejection.objects.visible_to(membership).last_registration()
    if last_on is None:
        if membership.workplace_id:
            return _("Du har ikke registreret afslag endnu. Har du givet et, så registrer det senest to uger efter.")
        return _("I har ikke registreret afslag endnu. Har I givet et, så registrer det senest to uger efter.")
    days = (timezone.localdate() - last_on).days
    if days == 0:
        ago = _("i dag")
    else:
        ago = ngettext("for %(days)d dag siden", "for %(days)d dage siden", days) % {"days": days}
    day = date_format(last_on, "j. F Y")
    if membership.workplace_id:
        return _("Du registrerede sidst et afslag den %(day)s, %(ago)s.") % {"day": day, "ago": ago}
    return _("I registrerede sidst et afslag den %(day)s, %(ago)s.") % {"day": day, "ago": ago}
