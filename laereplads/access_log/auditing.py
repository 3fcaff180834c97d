"""The access log is not recorded: it is a log."""

NOT_AUDITED = {
    "access_log.accesslogentry": "a log of its own, which only retention shortens",
}
