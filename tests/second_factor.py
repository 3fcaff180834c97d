"""What an authenticator app does, for tests."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value


def app_of(user):
    """Give `user` an app; the function returned says what it shows now."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return lambda: code_of(secret)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
