"""Organisations that look after their own users: invitations, requests, ends, and the yearly confirmation."""
