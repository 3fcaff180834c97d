"""What of users is not recorded; `laereplads/access/auditing.py` records the rest."""

NOT_AUDITED = {
    "accounts.session": "who logs in and out stands in the security log; a session is gone within hours",
}
