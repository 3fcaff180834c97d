"""Mail by SMTP, which tells whether a mail that failed may have gone all the same, and whether anybody is there."""

import re
import smtplib
from typing import Any

from django.core.mail.backends import smtp


class MayHaveGone(Exception):
    """The connection broke after the mail was handed over, and before the server said whether it takes it."""


class Connection(smtplib.SMTP):
    def data(self, msg: Any) -> Any:
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            # The server's answer: it did not take it.
            raise
        except (OSError, smtplib.SMTPException) as problem:
            raise MayHaveGone from problem


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Connection


# What the server says of an address for good (RFC 3463): no such mailbox or host, no address at all, moved, closed.
# Others that begin with 5 say no to the sender, or to this mail.
ABOUT_THE_ADDRESS = {b"5.1.1", b"5.1.2", b"5.1.3", b"5.1.6", b"5.1.10", b"5.2.1"}
# From a server that gives no such code.
UNKNOWN_TO_OLD_SERVERS = {550, 551, 553}
ENHANCED = re.compile(rb"\d\.\d{1,3}\.\d{1,3}")


def is_unknown(refusal: smtplib.SMTPRecipientsRefused) -> bool:
    """Whether the server knows none of the receivers, and will not tomorrow either."""
    return all(is_for_good(code, text) for code, text in refusal.recipients.values())


def is_for_good(code: int, text: bytes) -> bool:
    enhanced = ENHANCED.match(text)
    return enhanced.group() in ABOUT_THE_ADDRESS if enhanced else code in UNKNOWN_TO_OLD_SERVERS
