"""Signing in at a broker: the protocol, and what it proves. Knows no memberships."""
