"""What is ours: apps, models and pages; and what stands in the checkout's files."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver

from laereplads.access.checks import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.apps import AppConfig
    from django.db.models import Model
    from django.http import HttpResponseBase

BASE_DIR = Path(settings.BASE_DIR)


class Page(NamedTuple):
    """A page of an app that has pages: its URL name, the view, and the permission that it asks for."""

    app: AppConfig
    name: str
    view: Callable[..., HttpResponseBase]
    permission: str | None

    @property
    def template(self) -> Path:
        """Where the page's template lies, if it has one of its own."""
        return BASE_DIR / "templates" / f"{self.name.replace(':', '/')}.html"


def own_apps() -> list[AppConfig]:
    """The apps whose code lies in this checkout."""
    return [app for app in apps.get_app_configs() if is_ours(Path(app.path))]


def is_ours(path: Path) -> bool:
    """Whether `path` lies in the checkout, outside of hidden folders such as the virtual environment."""
    inside = path.relative_to(BASE_DIR) if path.is_relative_to(BASE_DIR) else Path(".outside")
    return not any(part.startswith(".") for part in inside.parts)


def own_models() -> list[type[Model]]:
    return [model for app in own_apps() for model in app.get_models(include_auto_created=True)]


def own_pages() -> Iterator[Page]:
    """Every page of a feature's own `urls.py`."""
    by_label = {app.label: app for app in own_apps() if not app.name.startswith("laereplads.")}
    for _route, namespace, pattern in patterns(get_resolver()):
        if namespace in by_label:
            permission = getattr(pattern.callback, "required_permission", None)
            yield Page(by_label[namespace], f"{namespace}:{pattern.name}", pattern.callback, permission)


@functools.cache
def text(path: str) -> str:
    """What stands in a file of the checkout; empty where there is none, as in production."""
    file = BASE_DIR / path
    return file.read_text() if file.is_file() else ""


def folder_text(path: str, pattern: str) -> str:
    """What stands in all files of a folder, one after the other."""
    return "\n".join(file.read_text() for file in sorted((BASE_DIR / path).rglob(pattern)))


def is_checkout() -> bool:
    """Whether tests and tools are at hand; a server has neither."""
    return (BASE_DIR / "pyproject.toml").is_file() and (BASE_DIR / "tests").is_dir()


def layers() -> set[str]:
    """The modules that the contract of layers names."""
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return {
        module.strip()
        for contract in contracts
        for layer in contract.get("layers", ())
        for module in layer.replace("|", ":").split(":")
    }
