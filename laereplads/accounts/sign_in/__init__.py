"""Signing in by a broker: the protocol, and what a broker has proven. Knows no memberships, and lets nobody in."""
