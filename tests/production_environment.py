"""What production must be told, made up: for checks that run on production's settings. Prints it as lines for a file.

Keys are drawn by chance each time. Any that stood in a file would be known to everybody, and be refused.
"""

import base64
import secrets
import sys


def production_environment() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "embedded",
        "APPLICANT_KEYS": fernet_key(),
        "APPLICANT_FINGERPRINT_KEY": secrets.token_urlsafe(32),
        "SECOND_FACTOR_KEYS": fernet_key(),
    }


def fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}={value}\n" for name, value in production_environment().items())
