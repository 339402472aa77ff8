"""Nothing is left without a word, and no word without its German."""

import re
import subprocess
from pathlib import Path
from string import Formatter

import pytest
from django.utils import translation

from engines.assumptions import build_assumptions
from engines.compute import revenue
from engines.dispatch import heat_limited
from engines.economics import project
from engines.evaluation import town as town_year
from engines.law.checks import FACTS as LEGAL_FACTS
from engines.scoring import gates, land, verdict, zoning
from engines.tables import catalogue
from engines.thermal import best_mode, connection, routes
from sites.assumption_words import LABELS
from sites.law_words import CHECKS, FACTS
from sites.sentences import HINTS, NOTES, REASONS
from sites.verify import hydraulic_result
from sites.words import CATALOGUE_LABELS

ROOT = Path(__file__).parents[2]
GERMAN = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
ENGINE_NOTES = (
    connection, heat_limited, project, revenue, town_year, best_mode, routes,
    hydraulic_result,
)  # fmt: skip


def test_every_assumption_has_a_label():
    assert set(LABELS) == set(build_assumptions({}).entries)


def test_every_row_of_a_catalogue_can_be_translated():
    tables = ("hub_technologies", "tariffs", "zoning", "ownership")
    labels = {row["label"] for table in tables for row in catalogue(table).values()}
    with translation.override("en"):
        assert labels == {str(label) for label in CATALOGUE_LABELS}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            HINTS,
            {**gates.HINTS, **zoning.ZONING_HINTS, **land.LAND_HINTS, **land.MODE_HINTS},
        ),
        (REASONS, verdict.REASONS),
        (NOTES, {key: text for engine in ENGINE_NOTES for key, text in engine.NOTES.items()}),
    ],
    ids=["hints", "reasons", "notes"],
)
def test_the_sentences_of_the_engines_stand_here_word_for_word(said, meant):
    """The copy here can be translated; it must not drift from what the engines say."""
    with translation.override("en"):
        for key, text in meant.items():
            assert str(said[key]) == text


def test_every_legal_check_and_fact_has_its_words():
    with translation.override("en"):
        rows = [*catalogue("legal_checks").values(), *catalogue("attestations").values()]
        labels = {str(row.get("check_text", row["key"])): row["label"] for row in rows}
        assert {key: str(text) for key, text in CHECKS.items()} == labels
    assert set(FACTS) == set(LEGAL_FACTS)


def test_german_is_complete():
    made = subprocess.run(
        ["msgfmt", "--statistics", "-o", "/dev/null", str(GERMAN)],
        capture_output=True, text=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert re.fullmatch(r"\d+ translated messages\.", made.stderr.strip())


def test_german_fills_the_same_gaps():
    def unquoted(text: str) -> str:
        return "".join(re.findall(r'^"(.*)"$', text, re.M))

    pairs = re.findall(
        r'msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', GERMAN.read_text(encoding="utf-8")
    )
    for english, german in pairs[1:]:
        gaps = [
            sorted(re.findall(r"%\((\w+)\)", text))
            + sorted(
                name for _t, name, _s, _c in Formatter().parse(text.replace("%(", "(")) if name
            )
            for text in (unquoted(english), unquoted(german))
        ]
        assert gaps[0] == gaps[1], english
