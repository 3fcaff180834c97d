"""What apps declare beside their models is collected here: row policies, audited tables, navigation and the like."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

if TYPE_CHECKING:
    from collections.abc import Iterator


def declarations(module: str, name: str) -> Iterator[tuple[str, Any]]:
    """Each installed app's label and what its `module` says under `name`, in the order of INSTALLED_APPS."""
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, module):
            said = getattr(import_module(f"{app.name}.{module}"), name, None)
            if said is not None:
                yield app.label, said


def declared(module: str, name: str) -> Iterator[Any]:
    """Every entry of `name` in the `module` of each installed app that has one."""
    for _app, said in declarations(module, name):
        yield from said
