"""Safe little expressions: "ask this if", "this step joins if"."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Protocol, runtime_checkable

TODAY = "today"
"""The day on which a rule is judged, among the names of answers; the caller passes it in."""
LONGEST = 500
"""Characters of one expression: catalogue conditions are sentences, not programs."""
DEEPEST = 24
"""Nested levels of one expression."""


@runtime_checkable
class HasParts(Protocol):
    """An answer made of several: `lease.days`, `owners.share`."""

    def part(self, name: str) -> object: ...


class ConditionError(Exception):
    """An expression that cannot be read; `message` says why and what may be written instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
WORDS = (
    "and, or, not, ==, !=, <, <=, >, >=, in, not in, + - * /, numbers, texts, True, False, None, lists and the keys "
    "of questions, with a part of their answer after a point"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression over the answers. Two conditions are equal when their sources are.

    Nothing in it can call, reach into an object or loop; `holds` never raises and runs in time linear in the source.
    A missing answer is None. None, or values of kinds that cannot be compared, make every comparison False, `!=` and
    `not in` too: what is not known is never a reason to let something through.
    """

    source: str
    names: frozenset[str] = field(compare=False)
    parts: frozenset[tuple[str, str]] = field(compare=False)
    """Of which answer which part is named: `lease.days` is ("lease", "days")."""
    _tree: ast.expr = field(compare=False, repr=False)

    @classmethod
    def parse(cls, source: str) -> Condition:
        """Raises ConditionError for anything beyond the small language."""
        source = source.strip()
        if not source:
            raise ConditionError("the condition is empty; leave it out, or write one such as: floors > 6")
        if len(source) > LONGEST:
            raise ConditionError(f"the condition has {len(source)} characters; at most {LONGEST} are allowed")
        try:
            tree = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
            raise ConditionError(f"not an expression ({reason}); allowed are {WORDS}") from None
        names: set[str] = set()
        parts: set[tuple[str, str]] = set()
        _admit(tree, names, parts, 1)
        return cls(source, frozenset(names), frozenset(parts), tree)

    def holds(self, answers: Mapping[str, object]) -> bool:
        return _is_true(self.value(answers))

    def constants(self, counted: Set[str]) -> Mapping[str, Set[object]] | None:
        """The numbers, texts and dates that each name is compared with, of the names that are not `counted`.

        Counted names are those whose few values can all be tried. None where another name is compared with a name,
        calculated with, or searched in: then its constants do not say which of its values make a difference.
        """
        found: dict[str, set[object]] = {}
        return found if _gather(self._tree, counted, found) else None

    def value(self, answers: Mapping[str, object]) -> object:
        """What the expression comes to; None where an answer is missing or the kinds do not go together."""
        return _value(self._tree, answers)


def _admit(node: ast.expr, names: set[str], parts: set[tuple[str, str]], depth: int) -> None:
    """Refuses every node that is not on the list, and gathers the names and the parts."""
    if depth > DEEPEST:
        raise ConditionError(f"the condition is nested more than {DEEPEST} levels deep; split it up")
    if isinstance(node, ast.Name):
        names.add(node.id)
        return
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and not node.attr.startswith("_"):
        names.add(node.value.id)
        parts.add((node.value.id, node.attr))
        return
    if isinstance(node, ast.Constant) and _is_plain(node.value):
        return
    for part in _parts(node):
        _admit(part, names, parts, depth + 1)


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value))


def _parts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return parts
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return [operand]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            return [left, right]
        case ast.Compare(left=left, ops=operators, comparators=others) if all(
            isinstance(operator, COMPARISONS) for operator in operators
        ):
            return [left, *others]
    raise ConditionError(f"{ast.unparse(node)[:60]!r} is not allowed here; allowed are {WORDS}")


def _gather(node: ast.expr, counted: Set[str], found: dict[str, set[object]]) -> bool:
    match node:
        case ast.Name() | ast.Constant():
            return True
        case ast.BoolOp(values=parts):
            return all(_gather(part, counted, found) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _gather(operand, counted, found)
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    if names <= counted:
        return True
    has_parts = any(isinstance(part, ast.Attribute) for part in ast.walk(node))
    if len(names) > 1 or has_parts or not isinstance(node, ast.Compare):
        return False
    operands = [node.left, *node.comparators]
    is_search = any(
        isinstance(operator, ast.In | ast.NotIn) and not isinstance(listed, ast.List | ast.Tuple)
        for operator, listed in zip(node.ops, node.comparators, strict=True)
    )
    fixed = [part for part in operands if not isinstance(part, ast.Name)]
    if is_search or any(isinstance(part, ast.Name | ast.BinOp | ast.BoolOp) for one in fixed for part in ast.walk(one)):
        return False
    values = [_value(part, {}) for part in fixed]
    spread = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    found.setdefault(names.pop(), set()).update(spread)
    return True


def _value(node: ast.expr, answers: Mapping[str, object]) -> object:
    match node:
        case ast.Name(id=name):
            return _plain(answers.get(name))
        case ast.Attribute(value=ast.Name(id=name), attr=part):
            whole = answers.get(name)
            return _plain(whole.part(part)) if isinstance(whole, HasParts) else None
        case ast.Constant(value=value):
            return _plain(value)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_is_true(_value(part, answers)) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_is_true(_value(part, answers)) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _is_true(_value(operand, answers))
        case ast.UnaryOp(operand=operand):
            number = _value(operand, answers)
            return number.copy_negate() if isinstance(number, Decimal) else None
        case ast.BinOp(left=left, op=operator, right=right):
            return _reckon(operator, _value(left, answers), _value(right, answers))
        case ast.Compare(left=left, ops=operators, comparators=others):
            values = [_value(left, answers), *(_value(other, answers) for other in others)]
            return all(
                _compare(operator, one, other)
                for operator, one, other in zip(operators, values, values[1:], strict=False)
            )
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return tuple(_value(part, answers) for part in parts)
    return None


def _plain(value: object) -> object:
    """Numbers become Decimal so that 0.1 in a condition is the 0.1 that was typed; a moment becomes its day."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_plain(part) for part in value)
    return value


def _is_true(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value != 0
    if isinstance(value, bool | str | tuple):
        return bool(value)
    return value is not None


def _reckon(operator: ast.operator, left: object, right: object) -> object:
    """Arithmetic on numbers; a date minus a date is a number of days, a date plus or minus days a date. Else None."""
    try:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            match operator:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case _:
                    return left / right
        if isinstance(operator, ast.Sub) and isinstance(left, date) and isinstance(right, date):
            return Decimal((left - right).days)
        if isinstance(left, date) and isinstance(right, Decimal) and isinstance(operator, ast.Add | ast.Sub):
            days = timedelta(days=int(right))
            return left + days if isinstance(operator, ast.Add) else left - days
    except (ArithmeticError, ValueError):
        return None
    return None


def _compare(operator: ast.cmpop, left: object, right: object) -> bool:
    if left is None or right is None:
        return False
    if isinstance(operator, ast.In | ast.NotIn):
        if isinstance(right, tuple):
            found = any(_compare(ast.Eq(), left, part) for part in right)
        elif isinstance(left, str) and isinstance(right, str):
            found = left in right
        else:
            return False
        return found is isinstance(operator, ast.In)
    left, right = _alike(left, right)
    if left is None or right is None:
        return False
    if isinstance(operator, ast.Eq | ast.NotEq):
        if isinstance(left, tuple) and isinstance(right, tuple):
            same = len(left) == len(right) and all(
                _compare(ast.Eq(), one, other) for one, other in zip(left, right, strict=True)
            )
            return same is isinstance(operator, ast.Eq)
        return (left == right) is isinstance(operator, ast.Eq)
    order = _order(left, right)
    match operator:
        case ast.Lt():
            return order == -1
        case ast.LtE():
            return order in (-1, 0)
        case ast.Gt():
            return order == 1
        case _:
            return order in (0, 1)


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both values in one kind, or (None, None). A text beside a date or a number is read as one."""
    if type(left) is type(right) and isinstance(left, bool | Decimal | date | str | tuple):
        if isinstance(left, Decimal) and isinstance(right, Decimal) and (left.is_nan() or right.is_nan()):
            return None, None
        return left, right
    for kind, read in ((date, _day), (Decimal, _number)):
        if isinstance(left, kind) and isinstance(right, str):
            return left, read(right)
        if isinstance(right, kind) and isinstance(left, str):
            return read(left), right
    return None, None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _order(left: object, right: object) -> int | None:
    """-1, 0 or 1; None where the kind has no order."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    return None
