"""Mine beskeder: which mails one wants, where they go, and which did not arrive."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from laereplads.access.permissions import requires_permission
from laereplads.access.roles import CHOOSE_MAILS
from laereplads.access_log.purposes import names_no_students
from laereplads.notifications.choices import kinds_for
from laereplads.notifications.forms import MailsForm
from laereplads.notifications.models import OutgoingMail, RefusedAddress
from laereplads.notifications.operations import turn_mails_on_again
from laereplads.web.http import Request

if TYPE_CHECKING:
    from laereplads.access.models import Membership

# So long somebody is shown what did not arrive.
SHOWN_FOR = datetime.timedelta(days=30)


@requires_permission(CHOOSE_MAILS)
@names_no_students
@require_http_methods(["GET", "HEAD", "POST"])
def mail_settings(request: Request) -> HttpResponseBase:
    own = request.membership
    if "turn_on" in request.POST:
        if turn_mails_on_again(own):
            messages.success(request, _("Vi sender igen mails til din adresse."))
        return redirect("mail_settings")
    form = MailsForm(request.POST or None, membership=own)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, _("Dine valg er gemt."))
        return redirect("mail_settings")
    context = {
        "form": form,
        "always": [kind for kind in kinds_for(own) if not kind.can_be_turned_off],
        "address": request.user.email,
        "is_refused": RefusedAddress.objects.visible_to(own).filter(address=request.user.email).exists(),
        "undelivered": undelivered(own),
    }
    return TemplateResponse(request, "notifications/mail_settings.html", context)


def undelivered(own: Membership) -> list[OutgoingMail]:
    """The latest first; what a mail said and its link are not read."""
    rows = OutgoingMail.objects.visible_to(own).filter(gave_up_at__gte=timezone.now() - SHOWN_FOR)
    return list(rows.order_by("-gave_up_at", "id").only("kind", "organisation", "gave_up_at", "gave_up_because"))
