"""What a user may do and to what: roles, memberships, and the one membership a session acts as."""
