"""Page, interface and paper say the same of the best parcel, in both languages."""

import html
import subprocess

import pytest
from django.utils import translation

from heatmap.identity import acting_as
from heatmap.quantities import quantity, score
from sites.reports.context import ranked, run_context
from sites.reports.council import verdict_sentence
from sites.reports.figures import run_figures
from sites.reports.pdf import render_pdf
from sites.services.exports import spoken
from sites.services.reports import town_shapes
from sites.services.scoring import run_document

pytestmark = pytest.mark.django_db

ENGLISH_ON_GERMAN_PAGES = (
    "Would qualify", "is red", "There is no data", "hours and can only", "Energies, hours",
    "shadow cost", "Candidate parcels", "Net present value", "Nothing to mend", "k EUR",
)  # fmt: skip


def plain(text: str) -> str:
    for space in ("\u202f", "\u00a0", "\n"):
        text = text.replace(space, " ")
    return " ".join(html.unescape(text).replace("\u00ad", "").split())


@pytest.fixture(scope="module")
def given(finished_run):
    """The document of the run, the town it draws, and the hours of the short-list."""
    with acting_as(municipality=finished_run.municipality.slug):
        hours = {
            candidate.ref: candidate.hourly
            for candidate in finished_run.candidates.filter(hourly__isnull=False)
        }
        return run_document(finished_run), town_shapes(finished_run), hours


@pytest.fixture(scope="module", params=["en", "de"])
def paper(request, given, tmp_path_factory):
    """Language, text of the report, and its number of pages."""
    doc, town, hours = given
    figures = run_figures(doc, town, hours, request.param)
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    path.write_bytes(render_pdf(run_context(doc, request.param), figures, doc))
    made = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = made.stdout.decode()
    return request.param, plain(text), text.count("\f")


def test_page_interface_and_paper_agree(member_client, town, finished_run, paper):
    language, printed, _pages = paper
    api = member_client.get(f"/api/runs/{finished_run.pk}.json").json()
    best = ranked(api)[0]
    path = f"/m/{town.slug}/runs/{finished_run.pk}/parcels/{best['ref']}/"
    shown = plain(member_client.get(path, headers={"accept-language": language}).content.decode())
    money = best["money"]
    name = best.get("name") or best["ref"]
    with translation.override(language):
        said = (
            quantity(money["npv_heat_only_eur"], "EUR"),
            quantity(money["npv_eur"], "EUR"),
            quantity(money["lcoh_gross_eur_per_mwh"], "EUR/MWh"),
            quantity(best["energy_mwh"]["used"], "MWh/a"),
            score(best["score"]),
            verdict_sentence(best["verdict"], name),
        )
    for text in map(plain, said):
        assert text in shown
        assert text in printed


def test_the_report_stays_short(paper):
    # two pages for the council, the reasons, the law, and an annex with every number behind them
    assert paper[2] <= 26


def test_page_and_paper_say_why_the_heat_costs_what_it_costs(given, member_client, town, paper):
    doc, best = given[0], ranked(given[0])[0]
    context = run_context(doc, paper[0])
    why = plain(context["council"]["money"]["why"])
    path = f"/m/{town.slug}/runs/{doc['run']}/parcels/{best['ref']}/"
    answer = member_client.get(path, headers={"accept-language": paper[0]})
    assert why
    assert why in plain(answer.content.decode())
    assert why[:60] in paper[1]
    assert len(best["hours"]["by_year"]) == 15
    assert best["hours"]["by_year"][0] == best["hours"]["running"]


def test_no_english_is_left_in_german(given, member_client, town, finished_run):
    doc = given[0]
    run = f"/m/{town.slug}/runs/{finished_run.pk}/"
    out = next(p for p in doc["parcels"] if not p["rank"])
    best = ranked(doc)[0]
    paths = (run, f"{run}parcels/{best['ref']}/", f"{run}parcels/{out['ref']}/")
    pages = [
        plain(member_client.get(path, headers={"accept-language": "de"}).content.decode())
        for path in paths
    ]
    context = run_context(doc, "de")
    pages.append(plain(" ".join(context["notes"] + context["illustrative"])))
    pages += [plain(gate["hint"]) for p in spoken(doc, "de")["parcels"] for gate in p["gates"]]
    for page in pages:
        for words in ENGLISH_ON_GERMAN_PAGES:
            assert words not in page
