"""Each rule of .semgrep must catch a deliberate violation, or it guards nothing."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEMGREP = Path(os.environ.get("HEATHUB_VAR", ROOT / ".run")) / "semgrep" / "bin"

VIOLATIONS = {
    "views-ask-selectors": ("heatmap/views/leak.py", "x = Run.objects.get(pk=1)\n"),
    "no-sql-from-text": ("heatmap/q.py", 'cursor.execute(f"SELECT {x}")\n'),
    "no-hole-in-the-forms": (
        "heatmap/views/open.py",
        "from django.utils.safestring import mark_safe\nx = mark_safe(y)\n",
    ),
    "nothing-is-brought-to-life": ("sites/p.py", "import pickle\nx = pickle.loads(y)\n"),
    "no-shell-no-network": (
        "engines/n.py",
        "import subprocess\nsubprocess.run(x, shell=True)\n",
    ),
    "identity-belongs-to-a-transaction": (
        "sites/selectors.py",
        "cursor.execute(\"SELECT set_config('heathub.user_id', '1', false)\")\n",
    ),
    "templates-escape": ("templates/sites/bad.html", "<p>{{ name|safe }}</p>\n"),
    "nothing-from-elsewhere": (
        "templates/sites/far.html",
        '<script src="https://cdn.example.org/x.js"></script>\n',
    ),
    "no-secret-in-the-repository": (
        "heatmap/keys.py",
        'API_TOKEN = "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2g"\n',
    ),
    "modules-build-no-markup": ("static/js/map/bad.js", "node.innerHTML = name;\n"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, set[str]]:
    """What the rules find in a small project that breaks each of them once."""
    folder = tmp_path_factory.mktemp("violations")
    (folder / ".semgrep").symlink_to(ROOT / ".semgrep")
    for path, text in VIOLATIONS.values():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    result = subprocess.run(
        [str(SEMGREP / "semgrep"), "scan", "--config", ".semgrep", "--metrics", "off",
         "--disable-version-check", "--no-git-ignore", "--json", "--quiet", "."],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{SEMGREP}:{os.environ['PATH']}"},
    )  # fmt: skip
    hits: dict[str, set[str]] = {}
    for hit in json.loads(result.stdout)["results"]:
        hits.setdefault(hit["check_id"].split(".")[-1], set()).add(hit["path"])
    return hits


@pytest.mark.parametrize("rule", VIOLATIONS)
def test_a_rule_catches_its_violation(found, rule):
    assert VIOLATIONS[rule][0] in found.get(rule, set())


def test_every_rule_has_a_violation():
    rules = (ROOT / ".semgrep" / "walls.yml").read_text()
    named = {line.split("- id:")[1].strip() for line in rules.splitlines() if "- id:" in line}
    assert named == set(VIOLATIONS)
