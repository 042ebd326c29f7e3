"""Nothing is too long to be read at once, and everything says what it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import OURS, parsed, python, short

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
REASONS: dict[str, str] = {  # path, or path:function -> why it may be longer
    "services/routes/texts.py": "every Russian word of the largest service",
}
VAGUE = ("Manager", "Helper", "Utils", "Impl", "Processor")
VAGUE_FILES = ("utils", "helpers", "common", "base", "misc")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{short(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_file_is_short():
    long = {short(path): path.read_text(encoding="utf-8").count("\n") for path in python(*OURS)}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE and name not in REASONS} == {}


def test_a_function_is_short():
    long = dict(each for path in python(*OURS) for each in functions(path))
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION and name not in REASONS} == {}


def test_a_module_says_what_it_is():
    written = [path for path in python("services", "shared", "deploy", "bench") if path.stat().st_size]
    assert [short(path) for path in written if not ast.get_docstring(parsed(path))] == []


def test_names_are_words_of_the_domain():
    classes = [
        f"{short(path)}:{node.name}"
        for path in python(*OURS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
    ]
    assert [name for name in classes if name.endswith(VAGUE)] == []
    assert [short(path) for path in python(*OURS) if path.stem in VAGUE_FILES] == []


def test_nothing_is_left_for_later():
    later = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    texts = {short(path): path.read_text(encoding="utf-8") for path in python(*OURS)}
    assert [name for name, text in texts.items() if any(word in text for word in later)] == []
