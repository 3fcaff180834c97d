"""Every small way in which a module may be wrong, one at a time: a comparison, a constant, a guard, a call left out."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import CodeType

    type Replace = Callable[[ast.AST], None]

# A function, by the names around it and the line it begins in.
type Name = tuple[str, int]

SWAPS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# What is read by people or by the type checker only.
TEXTS = {"_", "gettext", "cast", "Error"}
LABELS = {"verbose_name", "verbose_name_plural", "help_text", "label", "description", "hint", "violation_error_message"}
LABELS |= {"help", "metavar"}
# What the administration shows and in which order is no question of access.
SHOWN = {"list_display", "list_filter", "list_select_related", "search_fields", "ordering", "fieldsets", "fields"}
SHOWN |= {
    "enable_nav_sidebar",
    "empty_value_display",
    "is_called_by_name",
    "title",
    "help",
    "parameter_name",
    "autocomplete_fields",
}
MARKUP = {"format_html", "format_html_join"}
UNREAD = {"annotation", "returns", "type_params", "type_ignores", "type_comment", "ctx", "args"}


@dataclass(frozen=True)
class Mutant:
    path: Path
    line: int
    what: str
    # The function that is wrong; None where the wrong part runs when the module is imported.
    function: Name | None
    code: CodeType

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line} {self.what}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    sound = functions_of(compile(tree, str(path), "exec"))
    for node, replace, functions in places(tree, ()):
        for wrong in ways_to_break(node):
            replace(wrong)
            code = compile(ast.fix_missing_locations(tree), str(path), "exec")
            replace(node)
            broken = functions_of(code)
            name = next((name for name in sound if functions and name[1] == first_line(functions[-1])), None)
            # A function that lives can be given other code only if that closes over as many names.
            if any(len(broken[each].co_freevars) != len(sound[each].co_freevars) for each in broken.keys() & sound):
                name = None
            line = node.target.lineno if isinstance(node, ast.comprehension) else node.lineno
            yield Mutant(path, line, described(node, wrong), name, code)


def functions_of(code: CodeType) -> dict[Name, CodeType]:
    found = {(code.co_qualname, code.co_firstlineno): code}
    for constant in code.co_consts:
        if hasattr(constant, "co_consts"):
            found |= functions_of(constant)
    return found


def first_line(function: ast.AST) -> int:
    decorators = getattr(function, "decorator_list", [])
    return int(min(node.lineno for node in [function, *decorators]))


def places(node: ast.AST, functions: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, Replace, tuple[ast.AST, ...]]]:
    """Each part below `node` that means something, how to put another in its place, and the functions around it."""
    for field, value in ast.iter_fields(node):
        if field in UNREAD and not (field == "args" and isinstance(node, ast.Call)):
            continue
        inside = (*functions, node) if isinstance(node, FUNCTIONS) and field == "body" else functions
        for number, part in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(part, ast.AST) and not is_unread(node, part):

                def replace(other: ast.AST, field: str = field, value: object = value, number: int = number) -> None:
                    if isinstance(value, list):
                        value[number] = other
                    else:
                        setattr(node, field, other)

                yield part, replace, inside
                yield from places(part, inside)


def is_unread(node: ast.AST, part: ast.AST) -> bool:  # noqa: PLR0911  # a table of what means nothing
    match part:
        case ast.Import() | ast.ImportFrom() | ast.TypeAlias() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in SHOWN and isinstance(node, ast.ClassDef)
        case ast.Call(func=ast.Name(id=name)):
            return name in TEXTS
    match node, part:
        case _, ast.keyword(arg=name):
            return name in LABELS
        # The markup around what is shown.
        case ast.Call(func=ast.Name(id=name)), ast.Constant():
            return name in MARKUP
        # What a base class is a class of is for the type checker, too.
        case ast.ClassDef(), ast.Subscript():
            return True
    return isinstance(node, ast.Raise)


def ways_to_break(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912  # a table of what may be wrong
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            yield changed(node, ops=[SWAPS[type(op)]()])
        case ast.BoolOp(values=values):
            yield changed(node, op=SWAPS[type(node.op)]())
            for number in range(len(values)):
                fewer = [*values[:number], *values[number + 1 :]]
                yield changed(node, values=fewer) if len(fewer) > 1 else fewer[0]
        case ast.BinOp(op=op) if type(op) in SWAPS:
            yield changed(node, op=SWAPS[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.If() | ast.IfExp() | ast.While():
            yield from (changed(node, test=ast.Constant(value)) for value in (True, False))
        case ast.comprehension(ifs=[_, *_]):
            yield changed(node, ifs=[])
        case ast.Constant(value=bool(value)):
            yield changed(node, value=not value)
        case ast.Constant(value=int(value)):
            yield changed(node, value=value + 1)
        case ast.Constant(value=str(value)):
            yield changed(node, value=f"{value}x")
        case ast.Return(value=value) if value and not isinstance(value, ast.Constant):
            yield changed(node, value=ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.With(body=body):
            yield ast.If(test=ast.Constant(True), body=body, orelse=[])
        case ast.Call(keywords=keywords):
            for number, keyword in enumerate(keywords):
                if keyword.arg not in LABELS:
                    yield changed(node, keywords=[*keywords[:number], *keywords[number + 1 :]])
            # One link of a chain: what it is called on stands in its place.
            called_on = node.func.value if isinstance(node.func, ast.Attribute) else None
            if isinstance(called_on, ast.Call) and ast.unparse(called_on) != "super()":
                yield called_on
        case ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators):
            for number in range(len(decorators)):
                yield changed(node, decorator_list=[*decorators[:number], *decorators[number + 1 :]])


def changed(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for field, value in fields.items():
        setattr(other, field, value)
    return other


def described(node: ast.AST, wrong: ast.AST) -> str:
    """What stood there and what stands there now, without the body below."""
    if isinstance(node, ast.With):
        return f"without {head(node)}"
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        left = {ast.unparse(decorator) for decorator in wrong.decorator_list}  # type: ignore[attr-defined]
        (lost,) = (text for text in map(ast.unparse, node.decorator_list) if text not in left)
        return f"{node.name} without @{lost}"
    return f"{head(node)} → {head(wrong)}"


def head(node: ast.AST) -> str:
    text = ast.unparse(node)
    if isinstance(node, ast.comprehension):
        return text.strip()
    return text.partition("\n")[0] if isinstance(node, ast.stmt) else " ".join(text.split())
