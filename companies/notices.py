"""What the front page tells a company: who should be assessed now, and of its rejections."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from laereplads.access.models import Membership
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import SEARCH
from rejections.models import Rejection
from risk.models import DueTab
from risk.queries import due_counts, told_by_counts


def assessments_now(membership: Membership) -> SafeString:
    """How many should be assessed now, and how many never were, each with the way to them. Nothing where nobody is."""
    counts = due_counts(membership)
    now, never = counts["now"], counts["never"]
    # Numbers of few tell of them, as the list's do.
    log_access(membership, SEARCH, told_by_counts(counts, membership))
    sentences = []
    if now:
        words = ngettext("%(count)d lærling bør vurderes nu", "%(count)d lærlinge bør vurderes nu", now)
        sentences.append(link_to(DueTab.NOW, words % {"count": now}))
    if never:
        words = ngettext("%(count)d lærling er aldrig vurderet", "%(count)d lærlinge er aldrig vurderet", never)
        if now:
            words = ngettext("%(count)d er aldrig vurderet", "%(count)d er aldrig vurderet", never)
        sentences.append(link_to(DueTab.NEVER, words % {"count": never}))
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def link_to(tab: DueTab, words: str) -> SafeString:
    return format_html('<a href="{}?vis={}">{}</a>.', reverse("companies:assessment_list"), tab, words)


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
