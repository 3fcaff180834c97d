"""Files of users: whom each organisation's invitations go to. Who delivers them reads docs/users-files.md."""
