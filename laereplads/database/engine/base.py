"""`ENGINE = "laereplads.database.engine"`."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Notices a kept connection that has ended without a question to the server, which each page would wait for."""

    def is_usable(self) -> bool:
        """Whether nothing has come over the connection that nobody asked for: a server says goodbye when it goes.

        One that vanished without a word is noticed by the operating system; see the time limits in the settings.
        """
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0)
