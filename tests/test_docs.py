"""What is written for people names what there is."""

import re
from pathlib import Path

import pytest

from core.jobs import QUEUES

# The figures `make prove` writes down.
MEASURED = "docs/benchmarks.md"
PROJECT = Path(__file__).resolve().parent.parent
PAPERS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED = re.compile(
    r"`((?:core|webapp|workers|sandbox|tests|migrations|deploy|docs)/[\w./-]*\.(?:py|md|yml|lua|html|js|css|sql|json))`"
)


def test_the_architecture_names_every_queue() -> None:
    text = (PROJECT / "docs/architecture.md").read_text()
    assert [queue for queue in QUEUES if f"`{queue}`" not in text] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_and_every_named_file_leads_somewhere(paper: Path) -> None:
    text = paper.read_text()
    led = [(paper.parent / link).resolve() for link in LINK.findall(text)]
    named = [PROJECT / name for name in NAMED.findall(text)]
    assert [path for path in led + named if not path.exists() and path != PROJECT / MEASURED] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    for paper in PAPERS:
        assert set(re.findall(r"`make ([a-z]+)`", paper.read_text())) <= targets, paper.name
