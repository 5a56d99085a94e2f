"""Others' files in the project are the pinned ones, with their licences, and nothing else of the web leads away."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
WEB = PROJECT / "webapp"
PACKAGES: dict[str, dict[str, Any]] = json.loads((PROJECT / "requirements" / "vendor.json").read_text())


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_every_pinned_package_is_there_whole_with_version_and_licence(package: dict[str, Any]) -> None:
    into = PROJECT / package["into"]
    wanted = (
        {Path(file).name for file in package["files"]} | {"VERSION"} | ({"icons.svg"} if "icons" in package else set())
    )
    assert {path.name for path in into.iterdir()} == wanted
    assert any(name.startswith("LICENSE") for name in wanted)
    assert (into / "VERSION").read_text() == f"{package['version']} ({package['licence']})\n"


def test_the_sprite_has_the_pinned_icons_and_every_icon_a_page_names() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (WEB / "static/vendor/lucide/icons.svg").read_text()))
    assert drawn == set(PACKAGES["lucide-static"]["icons"])
    templates = "".join(path.read_text() for path in (WEB / "templates").rglob("*.html"))
    named = set(re.findall(r'\bicon\("([\w-]+)"\s*[,)]', templates)) | set(re.findall(r'\bicon="([\w-]+)"', templates))
    assert named <= drawn


def test_no_page_and_no_script_of_ours_names_another_host() -> None:
    ours = [*(WEB / "templates").rglob("*.html"), *(WEB / "static").glob("*.js"), *(WEB / "static").glob("*.css")]
    assert not [
        path.name
        for path in ours
        if re.search(r"(?:src|href)=[\"'](?:https?:)?//|url\([\"']?(?:https?:)?//|from [\"']https?:", path.read_text())
    ]


def test_no_page_has_inline_script_or_style() -> None:
    """The content policy would stop it, and the page would break where nobody looks."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=")
    assert not [path.name for path in (WEB / "templates").rglob("*.html") if inline.search(path.read_text())]
