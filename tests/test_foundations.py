"""What holds for the whole tree: sizes, laziness, errors that say what to do, documents that agree."""

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from shopkeeper import errors
from shopkeeper.surfaces.verbs import VERBS

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "shopkeeper"
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = CONFIGURATION["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
PYTHON_FILES = sorted(
    path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
SOURCE_FILES = sorted(SOURCE.rglob("*.py"))
EARLY = [
    *(
        SOURCE / name
        for name in ("__init__.py", "errors.py", "settings.py", "settings_files.py", "words.py")
    ),
    *(SOURCE / name for name in ("progress.py", "answer.py")),
    *(SOURCE / "data" / name for name in ("shop.py", "tables.py", "store.py")),
    *(SOURCE / "data" / name for name in ("manifest.py", "damage.py")),
    *(SOURCE / "surfaces" / name for name in ("verbs.py", "cli.py", "commands.py", "wording.py")),
    *(
        SOURCE / "surfaces" / name
        for name in ("running.py", "stopping.py", "usage.py", "columns.py", "choices.py")
    ),
    *(SOURCE / "surfaces" / "report" / name for name in ("__init__.py", "terms.py")),
    *(SOURCE / "surfaces" / "rest" / name for name in ("__init__.py", "commands.py")),
    *SOURCE.glob("operations/*/ask.py"),
]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PYTHON_FILES, ids=relative)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCE_FILES, ids=relative)
def test_a_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("path", EARLY, ids=relative)
def test_an_early_file_imports_only_the_standard_library_click_and_its_like(path: Path) -> None:
    early = {".".join(file.relative_to(SOURCE.parent).with_suffix("").parts) for file in EARLY}
    packages = {"shopkeeper", "shopkeeper.surfaces", "shopkeeper.surfaces.wording"}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for module in imported(node):
            root = module.split(".")[0]
            allowed = root in sys.stdlib_module_names or root == "click"
            assert allowed or module in early | packages, f"{module} at the top of {relative(path)}"


def imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        *([verb.name.replace("_", "-"), "--help"] for verb in VERBS),
        ["import", "--help"],
    ],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from shopkeeper.surfaces.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "finally:\n"
        f"    print('loaded:', sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
    assert "loaded: []" in done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, shopkeeper; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    import shopkeeper

    missing = [name for name in shopkeeper.__all__ if getattr(shopkeeper, name, None) is None]
    assert missing == []


def test_every_public_error_stands_in_the_tree_that_is_drawn() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.ShopkeeperError)
    ]
    drawn = re.findall(r"\b(\w+Error)\b", errors.__doc__ or "")
    assert sorted(drawn) == sorted(item.__name__ for item in classes)
    assert all(item.__doc__ for item in classes)


def raised_errors() -> list[tuple[str, ast.Call]]:
    """Every call that makes a user's error, wherever it stands."""
    names = {name for name in vars(errors) if name.endswith("Error")}
    return [
        (f"{relative(path)}:{node.lineno}", node)
        for path in SOURCE_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def test_every_error_says_what_was_asked_what_was_found_and_what_to_do() -> None:
    incomplete = [
        place
        for place, call in raised_errors()
        if len(call.args) + len(call.keywords) != 3
        and not any(isinstance(argument, ast.Starred) for argument in call.args)
    ]
    assert len(raised_errors()) > 5
    assert incomplete == []


def headings(text: str) -> list[str]:
    fences = re.sub(r"```.*?```", "```", text, flags=re.S)
    return re.findall(r"^(#+) |^(```)|^(\|)|^(!\[)", fences, flags=re.M)


def test_both_readmes_have_the_same_structure() -> None:
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    assert headings(english) == headings(chinese)
    assert commands(english) == commands(chinese)
    assert {"make demo", "make test", "$ shopkeeper report myshop"} <= set(commands(english))


def commands(text: str) -> list[str]:
    """Return every line of the code blocks of a text without its remark."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, flags=re.S)
    return [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()
            if not line.startswith(("'", ">>> answer.title"))]  # fmt: skip


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "SECURITY.md", "LOG.md"])
def test_what_a_document_links_to_is_there(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_stands_in_the_table_of_questions(name: str, verb: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.search(rf"^\|.*`shopkeeper {verb.replace('_', '-')}`", text, re.M)


def test_every_setting_is_explained_in_its_docstring() -> None:
    import dataclasses

    from shopkeeper import settings

    for described in (settings.Settings, settings.Privacy):
        for item in dataclasses.fields(described):
            assert re.search(rf"^ +(\w+, )*{item.name}(, \w+)*$", described.__doc__ or "", re.M)


def test_constraints_pin_every_dependency_and_name_no_place() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins.splitlines()}
    project = CONFIGURATION["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[\[<>=]", item)[0].lower() for item in wanted} - {"shopkeeper"}
    assert names - pinned == set()
    assert not re.search(r"://|@ |/home|/tmp|\+cpu", pins)
    assert "torch==2.13.0\n" in pins


def test_no_file_of_the_project_names_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    places = re.compile("/" + "work/|/" + "tmp/probe|file" + ":///")
    guilty = [
        name
        for name in listed
        if (ROOT / name).suffix in {".py", ".md", ".toml", ".txt", ".cfg", ""}
        and (ROOT / name).is_file()
        and places.search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_every_verb_can_be_loaded_and_asks_for_known_tables() -> None:
    from shopkeeper.data.tables import BY_NAME

    for verb in VERBS:
        assert importlib.import_module(verb.module).__doc__
        assert verb.load().__name__ == verb.name
        assert set(verb.reads) <= BY_NAME.keys()
        assert {table for need in verb.needs for table in need.tables} <= set(verb.reads)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.name
)
def test_a_benchmark_asks_the_project_for_names_that_it_has(path: Path) -> None:
    asked = [
        (node.module, name.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("shopkeeper")
        for name in node.names
    ]
    alone = (
        "machine.py",
        "door.py",
        "loading.py",
        "injection_texts.py",
        "language.py",
        "segments_peers.py",
    )
    assert path.name in alone or asked
    for module, name in asked:
        has = hasattr(importlib.import_module(module), name)
        assert has or importlib.util.find_spec(f"{module}.{name}"), f"{module} has no {name}"


def test_a_verb_is_not_hidden_by_a_folder_of_its_name() -> None:
    for verb in VERBS:
        package, _, _ = verb.module.rpartition(".")
        verb.load()
        home = importlib.import_module(package)
        folders = {path.stem for path in Path(home.__path__[0]).iterdir()}
        assert verb.name not in folders
