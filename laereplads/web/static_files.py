"""Which of the files that packages bring are handed out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

# What pages use. Not the list of all files, source maps, licences and notes that lie beside them.
SERVED = {".css", ".js", ".svg", ".png", ".woff", ".woff2"}
PACKED = {".gz", ".br", ".zst"}


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, for files of the kinds that pages use; of others it says that there is none."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        if is_served(url):
            super().add_file_to_dictionary(url, path, stat_cache)

    def find_file(self, url: str) -> Any:
        return super().find_file(url) if is_served(url) else None


def is_served(url: str) -> bool:
    path = PurePosixPath(url)
    return (path.with_suffix("") if path.suffix in PACKED else path).suffix in SERVED
