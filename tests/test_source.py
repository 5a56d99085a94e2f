"""Rules that a reader of the source would have to remember, read off the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("core", "webapp", "workers", "sandbox")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (PROJECT / folder).rglob("*.py")]
    return sorted(found + list(PROJECT.glob("*.py")))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 0)}"


def calls(*folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in modules(*folders):
        yield from ((path, node) for node in nodes(path) if isinstance(node, ast.Call))


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules(*OURS, "tests") if path.stat().st_size and not docstring(path)]
    assert not [str(path.relative_to(PROJECT)) for path in silent]


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text()))


def test_no_module_and_no_function_is_long() -> None:
    for path in modules(*OURS):
        assert len(path.read_text().splitlines()) <= LONGEST_MODULE, path
        for node in nodes(path):
            if isinstance(node, Function):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, place(path, node)


def test_a_task_unpacks_and_calls_one_service() -> None:
    for path in (PROJECT / "workers").glob("*.py"):
        for node in nodes(path):
            if isinstance(node, Function) and "app.task" in ast.unparse(node).partition("def ")[0]:
                assert len(node.body) <= 5, place(path, node)


def test_no_task_is_sent_for_later() -> None:
    """On Redis a delay longer than the visibility timeout runs again and again: timers live in PostgreSQL."""
    for path, call in calls(*OURS):
        words = {keyword.arg for keyword in call.keywords}
        assert not words & {"countdown", "eta"}, place(path, call)


def test_no_task_retries_itself() -> None:
    for path, call in calls("workers"):
        assert not (isinstance(call.func, ast.Attribute) and call.func.attr == "retry"), place(path, call)


def test_nothing_is_pickled() -> None:
    for path in modules(*OURS):
        for node in nodes(path):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
                assert not names & {"pickle", "cPickle", "dill", "marshal", "shelve", "cloudpickle"}, place(path, node)


def test_no_test_sleeps() -> None:
    for path, call in calls("tests"):
        if path.is_relative_to(PROJECT / "tests"):
            assert ast.unparse(call.func) not in ("time.sleep", "sleep"), place(path, call)


def test_signatures_are_compared_in_constant_time() -> None:
    for path in modules("core", "webapp"):
        for node in nodes(path):
            if isinstance(node, ast.Compare) and any(isinstance(how, ast.Eq | ast.NotEq) for how in node.ops):
                assert not re.search(r"digest\(|signature|hmac", ast.unparse(node), re.IGNORECASE), place(path, node)


@pytest.mark.parametrize("word", ["print", "breakpoint"])
def test_the_product_speaks_through_its_log(word: str) -> None:
    for path, call in calls("core", "webapp", "workers"):
        assert ast.unparse(call.func) != word, place(path, call)


def test_log_messages_are_static() -> None:
    logs = re.compile(r"log(ger)?\.(debug|info|warning|error|exception|critical)")
    for path, call in calls("core", "webapp", "workers"):
        if logs.fullmatch(ast.unparse(call.func)):
            assert isinstance(call.args[0], ast.Constant) and len(call.args) == 1, place(path, call)


def test_no_key_of_the_store_is_known_outside_it() -> None:
    """The queue core is read in one sitting: whoever else speaks to Redis does so through its verbs."""
    for path, call in calls("webapp", "workers", "core/services"):
        assert ".client." not in f"{ast.unparse(call.func)}.", place(path, call)
