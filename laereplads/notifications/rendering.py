"""What a mail of the outbox looks like to whoever gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from laereplads.notifications.kinds import mail_kinds

if TYPE_CHECKING:
    from laereplads.notifications.models import OutgoingMail

# Out-of-office answers and other programs need not answer.
HEADERS = {"Auto-Submitted": "auto-generated"}


def render(mail: OutgoingMail, address: str) -> EmailMultiAlternatives:
    """The mail to `address`, as text and as the same in HTML. Raises KeyError if no app declares its kind any more."""
    kind = mail_kinds()[mail.kind]
    link = settings.PORTAL_ADDRESS + mail.link if mail.link else ""
    values = {
        "portal": settings.PORTAL_NAME,
        "address": settings.PORTAL_ADDRESS,
        "organisation": mail.organisation,
        "link": link,
        **mail.counts,
    }
    with translation.override("da"):
        context = {
            "text": str(kind.text % values),
            "portal": settings.PORTAL_TEXTS,
            "portal_address": urlsplit(settings.PORTAL_ADDRESS).netloc,
        }
        text = render_to_string("notifications/mail.txt", context).strip()
        paragraphs = [with_links(part, link or settings.PORTAL_ADDRESS) for part in text.split("\n\n")]
        html = render_to_string("notifications/mail.html", {"paragraphs": paragraphs})
        message = EmailMultiAlternatives(str(kind.subject % values), f"{text}\n", to=[address], headers=HEADERS)
    message.attach_alternative(html, "text/html")
    return message


def with_links(text: str, address: str) -> SafeString:
    """A paragraph in HTML; only the portal's own address becomes a link, whatever an organisation calls itself."""
    anchor = format_html('<a href="{}">{}</a>', address, address)
    escaped = escape(text).replace(escape(address), anchor).replace("\n", "<br>")
    return mark_safe(escaped)  # noqa: S308  # escaped above
