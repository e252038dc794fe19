"""Files that a reader gives: the server takes what each file chooser promises, and each promises something."""

import ast
import tomllib
from pathlib import Path

from pages.screens.labelling import own_data, project_menu, take_home

ROOT = Path(__file__).parents[3]


def test_the_server_takes_the_largest_file_that_a_chooser_offers_to_take() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    offered = own_data.MAX_MB, project_menu.MAX_MB, take_home.MAX_MB_BACK
    assert config["server"]["maxUploadSize"] == max(offered)


def test_every_chooser_names_its_limit() -> None:
    calls = [
        (path.name, {word.arg for word in node.keywords})
        for path in (ROOT / "pages").rglob("*.py")
        if "file_uploader" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "file_uploader"
    ]
    assert len(calls) == 4
    assert [name for name, words in calls if "max_upload_size" not in words] == []
