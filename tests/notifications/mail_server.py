"""A mail server that misbehaves in one way at a time."""

import contextlib
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Behaviour:
    """What the server says; a step in `silent` gets no answer, one in `hangs_up` ends the connection."""

    answers: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    hangs_up: set[str] = field(default_factory=set)
    # Whoever these addresses belong to is unknown here.
    unknown: set[str] = field(default_factory=set)
    # The mails that were taken, each with its receivers.
    taken: list[tuple[list[str], str]] = field(default_factory=list)
    # What was said of each connection, in order.
    asked: list[str] = field(default_factory=list)
    # Set when somebody waits for an answer that does not come; it comes when `go_on` is set.
    waiting: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


class Handler(socketserver.StreamRequestHandler):
    server: "Server"

    def handle(self):
        with contextlib.suppress(OSError):
            self.talk()

    def talk(self):
        is_open = self.answer("GREETING", "220 test")
        receivers = []
        while is_open and (line := self.rfile.readline()):
            command = line.decode().strip().upper().split(" ")[0].split(":")[0]
            self.server.behaviour.asked.append(command)
            if command == "RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                known = address not in self.server.behaviour.unknown
                receivers.append(address)
                is_open = self.answer(command, "250 ok" if known else "550 5.1.1 unknown")
            elif command == "DATA":
                is_open = self.answer(command, "354 go on")
                if is_open and command not in self.server.behaviour.answers:
                    is_open = self.take(receivers)
            elif command == "QUIT":
                is_open = self.answer(command, "221 bye") and False
            else:
                receivers = []
                is_open = self.answer(command, "250 ok")

    def take(self, receivers):
        """Read the mail; it counts as taken before the answer: whoever hears none cannot know."""
        lines = []
        while (line := self.rfile.readline().decode()) not in {".\r\n", ""}:
            lines.append(line)
        if not self.server.behaviour.answers.get("TAKEN", "250").startswith(("4", "5")):
            self.server.behaviour.taken.append((receivers, "".join(lines)))
        return self.answer("TAKEN", "250 taken")

    def answer(self, step, otherwise):
        """Whether the connection goes on."""
        behaviour = self.server.behaviour
        if step in behaviour.hangs_up:
            return False
        if step in behaviour.silent:
            behaviour.waiting.set()
            behaviour.go_on.wait(20)
        self.wfile.write(f"{behaviour.answers.get(step, otherwise)}\r\n".encode())
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    behaviour: Behaviour


@contextlib.contextmanager
def mail_server():
    """A server on this machine: what it does, and where it is."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.behaviour = Behaviour()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.behaviour, server.server_address[1]
        finally:
            server.behaviour.go_on.set()
            server.shutdown()
            thread.join()
