"""The portal's PostgreSQL backend on the embedded server: `ENGINE = "laereplads.database.embedded"`."""

from pathlib import Path
from typing import Any

from laereplads.database.embedded.server import connection_parameters
from laereplads.database.engine import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server when the first connection is wanted, so that no command has to think of it."""

    def get_connection_params(self) -> dict[str, Any]:
        parameters = super().get_connection_params()
        data_dir = Path(self.settings_dict["DATA_DIR"])
        return {**parameters, **connection_parameters(data_dir, "laereplads")}
