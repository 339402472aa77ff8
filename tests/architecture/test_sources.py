"""The list of defaults is what the tables say."""

from pathlib import Path

import pytest

from engines.sources import END, START, tables, written
from engines.tables import registry

DOCUMENT = Path(__file__).parents[2] / "docs" / "sources.md"


def test_the_list_of_sources_is_current():
    """Bring it up to date with ``python -m engines.sources docs/sources.md``."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text) == text


def test_every_default_is_listed_with_a_source():
    listed = tables()
    for entry in registry("assumptions").values():
        assert f"`{entry.key}`" in listed
        assert entry.source, entry.key


def test_a_document_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="needs the lines"):
        written("no marks")
    assert written(f"{START}\n{END}\n").endswith(f"{END}\n")
