"""docs/batch-files.md tells the layout and every rule."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lrs_soap import batch_files
from lrs_soap.batch_files.layout import COLUMNS

TEXT = (Path(__file__).parents[3] / "docs" / "batch-files.md").read_text("utf-8")
RULE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def rules_noted(tree: ast.AST) -> Iterator[str]:
    """Give the rules that a module names where it notes a problem."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("refuse", "_refuse_cell", "Problem", "Sign"):
            names = [given.value for given in call.args[1:3] if isinstance(given, ast.Constant)]
            yield from (name for name in names if isinstance(name, str) and RULE.fullmatch(name))


def test_every_column_is_told_in_order() -> None:
    (listed,) = [line for line in TEXT.splitlines() if line.startswith("`FileVersion`, `FileName`")]
    assert listed == ", ".join(f"`{column}`" for column in COLUMNS)


def test_every_rule_is_told() -> None:
    modules = Path(*batch_files.__path__).glob("*.py")
    noted = {rule for module in modules for rule in rules_noted(ast.parse(module.read_text("utf-8")))}
    assert len(noted) > 15
    told = set(re.findall(r"`([a-z0-9-]+)`", TEXT))
    assert noted - told == set()
