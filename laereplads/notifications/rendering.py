"""What mails of the outbox look like to whoever gets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from laereplads.notifications.kinds import mail_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from laereplads.notifications.models import OutgoingMail

# Out-of-office answers and other programs need not answer.
HEADERS = {"Auto-Submitted": "auto-generated"}


def render(mails: Sequence[OutgoingMail], address: str) -> EmailMultiAlternatives:
    """One mail to `address` that says what each of `mails` says, as text and as the same in HTML.

    Only kinds that are joined come together. Raises KeyError if no app declares a kind any more.
    """
    kinds = [mail_kinds()[mail.kind] for mail in mails]
    own_mails = settings.PORTAL_ADDRESS + reverse("mail_settings")
    with translation.override("da"):
        context = {
            "text": "\n\n".join(text_of(mail) for mail in mails),
            "own_mails": own_mails if any(kind.can_be_turned_off for kind in kinds) else "",
            "portal": settings.PORTAL_TEXTS,
            "portal_address": urlsplit(settings.PORTAL_ADDRESS).netloc,
        }
        text = render_to_string("notifications/mail.txt", context).strip()
        links = [*(link_of(mail) for mail in mails if mail.link), own_mails, settings.PORTAL_ADDRESS]
        paragraphs = [with_links(part, links) for part in text.split("\n\n")]
        html = render_to_string("notifications/mail.html", {"paragraphs": paragraphs})
        subject = str(kinds[0].subject % values_of(mails[0]))
    headers = {**HEADERS, "Message-ID": message_id(mails)}
    message = EmailMultiAlternatives(subject, f"{text}\n", to=[address], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def text_of(mail: OutgoingMail) -> str:
    return str(mail_kinds()[mail.kind].text % values_of(mail))


def values_of(mail: OutgoingMail) -> dict[str, str | int]:
    return {
        "portal": settings.PORTAL_NAME,
        "address": settings.PORTAL_ADDRESS,
        "organisation": mail.organisation,
        "link": link_of(mail),
        **mail.counts,
    }


def link_of(mail: OutgoingMail) -> str:
    return settings.PORTAL_ADDRESS + mail.link if mail.link else ""


def message_id(mails: Sequence[OutgoingMail]) -> str:
    """The same whenever the same rows are sent, so that mail programs know one that comes twice; tells no row's id."""
    rows = " ".join(sorted(str(mail.pk) for mail in mails))
    digest = salted_hmac("laereplads.notifications.message_id", rows, algorithm="sha256").hexdigest()
    return f"<{digest[:40]}@{urlsplit(settings.PORTAL_ADDRESS).hostname}>"


def with_links(text: str, links: Sequence[str]) -> SafeString:
    """A paragraph in HTML; only the portal's own addresses become links, whatever an organisation calls itself."""
    longest_first = sorted(map(escape, links), key=len, reverse=True)
    escaped = re.sub(
        "|".join(map(re.escape, longest_first)),
        lambda found: format_html('<a href="{0}">{0}</a>', mark_safe(found.group())),  # noqa: S308  # escaped above
        escape(text),
    )
    return mark_safe(escaped.replace("\n", "<br>"))  # noqa: S308  # as well
