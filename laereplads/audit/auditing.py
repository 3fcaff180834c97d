"""The log itself is not recorded: its guards refuse any change, and its chain proves it."""

NOT_AUDITED = {
    "audit.event": "it is the record",
    "audit.chainentry": "it seals the record",
}
