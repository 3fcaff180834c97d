"""Mail by SMTP, which tells whether a mail that failed may have gone all the same."""

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
