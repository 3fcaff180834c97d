"""`manage.py check --tag feature`: everything that a feature has left undecided, named at once.

Each question is a function that yields what lacks an answer. The answers are declared beside the model and the view;
`docs/adding-a-feature.md` walks through them with an example.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.checks import Error

from laereplads.access.permissions import ANY_ROLE, ANY_USER, PUBLIC
from laereplads.access.roles import PERMISSIONS, PERMISSIONS_OF_FLAGS, Role
from laereplads.audit import triggers
from laereplads.database import derived_tables, row_level_security
from laereplads.database.declarations import declared
from laereplads.features.project import (
    folder_text,
    is_checkout,
    layers,
    own_apps,
    own_models,
    own_pages,
    text,
)
from laereplads.people.models import Student
from laereplads.retention.notice import processings
from laereplads.retention.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage
    from django.db.models import Field, Model

# Roles whose rows are one party's, so that a row too many is somebody else's.
ROLES_OF_A_PARTY = {Role.COMPANY_STAFF, Role.SCHOOL_STAFF, Role.STUDENT}
STAFF = {Role.COMPANY_STAFF, Role.SCHOOL_STAFF}
MATRIX = "tests/conventions/test_permission_matrix.py"
FACTORIES = "tests/factories.py"


class Undecided(NamedTuple):
    """What lacks an answer, and where the answer belongs."""

    what: str
    hint: str


def what_is_undecided(**_options: Any) -> list[CheckMessage]:
    """Every question of every feature that has no answer, as errors `feature.E001` and so on."""
    problems: list[CheckMessage] = []
    for number, question in enumerate((*QUESTIONS, *(QUESTIONS_OF_A_CHECKOUT if is_checkout() else ())), start=1):
        problems += [Error(found.what, hint=found.hint, id=f"feature.E{number:03}") for found in question()]
    return problems


def row_policy() -> Iterator[Undecided]:
    """Who may reach the rows of a table, at the database?"""
    tables = {table.name for table in row_level_security.declared()}
    for model in own_models():
        if model._meta.managed and model._meta.db_table not in tables:
            yield Undecided(
                f"{label(model)}: no row policy says who may reach its rows.",
                f"Name {model._meta.db_table} in {module_of(model, 'row_policies')}, even if nobody may.",
            )


def visible_rows() -> Iterator[Undecided]:
    """Which rows does a queryset show to a membership?"""
    narrowed = {table for table, _role in narrowed_tables()}
    for model in features():
        if model._meta.db_table in narrowed and not hasattr(manager_of(model), "visible_to"):
            yield Undecided(
                f"{label(model)}: its queryset does not say which rows are visible to a membership.",
                "Give it a queryset with visible_to(membership) that says the same as the row policy.",
            )


def recording() -> Iterator[Undecided]:
    """Is a change of a row recorded, and which values are kept?"""
    decided = {table.model for table in triggers.declared()} | set(declared("auditing", "NOT_AUDITED"))
    for model in own_models():
        if model._meta.managed and not is_derived(model) and model._meta.label_lower not in decided:
            yield Undecided(
                f"{label(model)}: nobody has decided whether its changes are recorded.",
                f"Declare an AuditedTable in {module_of(model, 'auditing')}, or give the reason in NOT_AUDITED.",
            )


def retention() -> Iterator[Undecided]:
    """How long is a row kept?"""
    tables = {rule.table for rule in RULES}
    for model in own_models():
        if model._meta.managed and model._meta.db_table not in tables:
            yield Undecided(
                f"{label(model)}: no rule says how long its rows are kept.",
                f"Add a rule for {model._meta.db_table} to {module_of(model, 'retention')}.",
            )


def privacy_notice() -> Iterator[Undecided]:
    """Are the students told why it is processed?"""
    said = {table for processing in processings() for table in processing.tables}
    for model in about_students():
        if model._meta.db_table not in said and not is_derived(model):
            yield Undecided(
                f"{label(model)}: the privacy notice does not say why its rows are processed.",
                f"Add a Processing with {model._meta.db_table} to {module_of(model, 'privacy')}.",
            )


def own_file() -> Iterator[Undecided]:
    """Is what is held about a student in the file that they can have?"""
    decided = {table.model for table in declared("own_data", "OWN_TABLES")}
    decided |= set(declared("own_data", "NOT_IN_OWN_FILE"))
    for model in about_students():
        if model._meta.label not in decided:
            yield Undecided(
                f"{label(model)}: it is about a student, and nobody has decided whether their own file has it.",
                f"Declare an OwnTable in {module_of(model, 'own_data')}, or give the reason in NOT_IN_OWN_FILE.",
            )


def free_text() -> Iterator[Undecided]:
    """May anybody write what they like about a student?"""
    decided = set(declared("free_text", "FREE_TEXT"))
    for model in features():
        for field in model._meta.concrete_fields:
            if is_free_text(field) and not is_derived(model) and f"{model._meta.label}.{field.name}" not in decided:
                yield Undecided(
                    f"{label(model)}.{field.name}: anybody could write anything there about a student.",
                    f"Give it choices, or say who writes what in FREE_TEXT of {module_of(model, 'free_text')}.",
                )


def permission() -> Iterator[Undecided]:
    """Which role may use a page?"""
    known = {PUBLIC, ANY_USER, ANY_ROLE}.union(*PERMISSIONS.values(), *PERMISSIONS_OF_FLAGS.values())
    for page in own_pages():
        if page.permission not in known:
            yield Undecided(
                f"{page.name}: no role has a permission that opens it.",
                "Decorate the view with requires_permission, and give the permission to a role in access/roles.py.",
            )


def access_log() -> Iterator[Undecided]:
    """Does a page name students to staff, and what for?"""
    for page in own_pages():
        if roles_of(page.permission) & STAFF and not hasattr(page.view, "purposes"):
            yield Undecided(
                f"{page.name}: nobody has decided whether it names students to staff.",
                "Decorate the view with names_students(PURPOSE) or names_no_students.",
            )


def navigation() -> Iterator[Undecided]:
    """How does somebody find a page?"""
    linked = {link.url_name for each in declared("navigation", "NAVIGATION") for link in all_links(each)}
    written = folder_text("templates", "*.html") + "".join(
        folder_text(module.replace(".", "/"), "*.py") for module in {app.name for app in own_apps()}
    )
    for page in own_pages():
        if page.name not in linked and not re.search(rf"['\"]{re.escape(page.name)}['\"]", written):
            yield Undecided(
                f"{page.name}: no menu, front page or other page leads to it.",
                f"Link to it in {page.app.name.replace('.', '/')}/navigation.py or in a template.",
            )


def layer() -> Iterator[Undecided]:
    """Which apps may an app import?"""
    known = layers()
    for app in own_apps():
        if app.name not in known and app.name != "laereplads":
            yield Undecided(f"{app.name}: the app stands in no layer.", "Name it in the contract in pyproject.toml.")


def row_test() -> Iterator[Undecided]:
    """Does a test compare what policy and queryset show?"""
    written = text("tests/row_policies/rows.py")
    for table in sorted({table for table, _role in narrowed_tables()}):
        if f'"{table}"' not in written:
            yield Undecided(
                f"{table}: no test says which rows its policies let through.",
                "Add it to ROWS in tests/row_policies/rows.py.",
            )


def matrix_row() -> Iterator[Undecided]:
    """Which status does each role get from a page?"""
    written = text(MATRIX)
    for page in own_pages():
        if f'"{page.name}"' not in written:
            yield Undecided(f"{page.name}: the permission matrix does not know the page.", f"Add a row to {MATRIX}.")


def factory() -> Iterator[Undecided]:
    """How does a test make a row?"""
    written = text(FACTORIES)
    for model in features():
        if not is_derived(model) and not re.search(rf"\b{model.__name__}\b", written):
            yield Undecided(
                f"{label(model)}: no factory makes one for tests.",
                f"Add a factory to {FACTORIES}, or name the model in NO_FACTORY there with the reason.",
            )


def made_up_world() -> Iterator[Undecided]:
    """Is there something to see in the demo?"""
    decided = set(declared("demo_world", "MAKES")) | set(declared("demo_world", "NOT_IN_DEMO_WORLD"))
    for model in features():
        if not is_derived(model) and model._meta.label not in decided:
            yield Undecided(
                f"{label(model)}: the demo's made-up world has none.",
                f"Make some in {module_of(model, 'demo_world')} and name the model in MAKES.",
            )


def translation() -> Iterator[Undecided]:
    """Can a student read a page in English?"""
    known = text("laereplads/locale/en/LC_MESSAGES/django.po")
    for page in own_pages():
        if Role.STUDENT in roles_of(page.permission) and page.template.is_file():
            for msgid in re.findall(r"""\b_\(\s*(["'])(.+?)\1\s*\)""", page.template.read_text()):
                if f'"{msgid[1]}"' not in known.replace('"\n"', ""):
                    yield Undecided(
                        f"{page.name}: “{msgid[1]}” has no English.", "Add it to laereplads/locale/en/…/django.po."
                    )


QUESTIONS = (
    row_policy,
    visible_rows,
    recording,
    retention,
    privacy_notice,
    own_file,
    free_text,
    permission,
    access_log,
)
# Asked where the files are that answer them.
QUESTIONS_OF_A_CHECKOUT = (layer, navigation, row_test, matrix_row, factory, made_up_world, translation)


def label(model: type[Model]) -> str:
    return str(model._meta.label)


def manager_of(model: type[Model]) -> Any:
    return model._default_manager  # noqa: SLF001  # the manager whatever it is called


def module_of(model: type[Model], name: str) -> str:
    """The file of the model's app in which such a declaration stands."""
    return f"{model._meta.app_config.name.replace('.', '/')}/{name}.py"


def features() -> list[type[Model]]:
    """The models of features: of apps outside the platform."""
    return [model for model in own_models() if not model._meta.app_config.name.startswith("laereplads.")]


def is_derived(model: type[Model]) -> bool:
    """Whether the database writes its rows itself."""
    return model._meta.label in {table.model for table in derived_tables.declared()}


def is_free_text(field: Field[Any, Any]) -> bool:
    is_text = field.get_internal_type() in {"CharField", "TextField", "JSONField"}
    return is_text and not field.choices and not field.unique


def narrowed_tables() -> set[tuple[str, str]]:
    """Tables of which some role of a party reaches some rows only, each with the role."""
    return {
        (table.name, grant.role)
        for table in row_level_security.declared()
        for grant in table.grants
        if grant.role in ROLES_OF_A_PARTY and grant.command == "select" and grant.rows != row_level_security.ALL_ROWS
    }


def about_students() -> set[type[Model]]:
    """The models from which foreign keys lead to a student, directly or by others."""
    found: set[type[Model]] = {Student}
    while True:
        more = {
            model
            for model in own_models()
            for field in model._meta.concrete_fields
            if field.related_model in found and model not in found
        }
        if not more:
            return found
        found |= more


def roles_of(permission: str | None) -> set[Role]:
    """The roles that a page opens to."""
    if permission in {PUBLIC, ANY_USER, ANY_ROLE}:
        return set()
    return {role for role, permissions in PERMISSIONS.items() if permission in permissions}


def all_links(navigation: Any) -> Iterator[Any]:
    return chain(navigation.menu, navigation.own, *(group.links for group in navigation.groups))
