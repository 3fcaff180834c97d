"""When the tests take place."""

# A Monday morning in Copenhagen.
NOW = "2026-03-02T09:00:00+01:00"
