"""Production's settings, but that its visitors log in with passwords: there is no broker on this machine."""

from laereplads.settings import *  # noqa: F403

PASSWORD_FOR_EVERYBODY = True
