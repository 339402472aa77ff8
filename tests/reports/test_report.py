"""The report of a run, made from a document; needs neither a database nor a network."""

import io
import json
import subprocess
from pathlib import Path

import page
import pikepdf
import pytest
from django.utils import translation
from report_town import document, hourly, shapes

from heatmap.quantities import quantity
from sites.reports.context import parcel_facts, run_context
from sites.reports.figures import TownShapes, run_figures
from sites.reports.pdf import render_pdf, unambiguous

HOSTILE = '#import "x": * <script>alert(1)</script> \\ $ @a `code` مرحبا [*'
PROFILES = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A)


def report(doc: dict, language: str = "en") -> bytes:
    series = {doc["parcels"][0]["ref"]: hourly()} if doc["parcels"] else {}
    figures = run_figures(doc, shapes(), series, language)
    return render_pdf(run_context(doc, language), figures, doc)


def text_of(pdf: bytes, tmp_path: Path, *options: str) -> str:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    made = subprocess.run(
        ["pdftotext", "-layout", *options, str(path), "-"], capture_output=True, check=True
    )
    return " ".join(made.stdout.decode().replace("\u202f", " ").split())


def is_conforming(pdf: bytes) -> bool:
    return all(page.is_pdf_compliant_bytes(pdf, profile=profile) for profile in PROFILES)


@pytest.fixture(scope="module")
def english() -> bytes:
    return report(document())


@pytest.fixture(scope="module")
def german() -> bytes:
    return report(document(), "de")


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_report_is_accessible_and_archivable(language, request):
    pdf = request.getfixturevalue({"en": "english", "de": "german"}[language])
    assert is_conforming(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == language
        assert "Aachen-Melaten" in str(opened.docinfo["/Title"])


def test_the_run_document_is_attached_as_it_is(english):
    with pikepdf.open(io.BytesIO(english)) as opened:
        attached = json.loads(opened.attachments["run.json"].get_file().read_bytes())
    assert attached == document()


def test_page_one_says_verdict_and_the_numbers_of_the_document(english, tmp_path):
    first = text_of(english, tmp_path, "-l", "1")
    best = document()["parcels"][0]
    assert "Not enough data for a decision" in first
    assert best["name"] in first
    for value, unit in (
        (best["energy_mwh"]["used"], "MWh/a"),
        (best["money"]["lcoh_gross_eur_per_mwh"], "EUR"),
        (best["alternatives"]["heat_pump"]["lcoh_eur_per_mwh"], "EUR"),
        (best["money"]["npv_heat_only_eur"], "EUR"),
        (best["hub"]["power_it_kw"], "kW"),
    ):
        assert quantity(value, unit).replace("\u202f", " ") in first
    assert first.index("Heat only") < first.index("With computing (speculative)")


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_council_needs_one_page(language, request, tmp_path):
    first = text_of(
        request.getfixturevalue({"en": "english", "de": "german"}[language]), tmp_path, "-l", "1"
    )
    steps = run_context(document(), language)["council"]["steps"]
    assert len(steps) == 5
    assert " 5. " in first
    assert "35 %" in first.replace("\u00a0", " ")


def test_the_report_says_what_is_left_without_foresight(english, german, tmp_path):
    words = text_of(english, tmp_path).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Without foresight operation earns" in words
    # lines of two columns stand side by side in this text
    for number in ("89.7 k EUR", "98.0 %", "12 %"):
        assert number in words
    assert "Ohne Blick in die Zukunft" in text_of(german, tmp_path)


def test_a_council_reads_how_likely_it_pays(english, german, tmp_path):
    page_one = text_of(english, tmp_path, "-l", "1").replace("\u00a0", " ").replace("\u202f", " ")
    assert "Will it pay? Unlikely: in 12 % of the futures" in page_one
    for number in ("0.7 %", "−1.40 M EUR", "100 k EUR", "−700 k EUR"):
        assert number in page_one
    assert "Rechnet es sich? Unwahrscheinlich" in text_of(german, tmp_path, "-l", "1")


def test_the_pages_of_a_place_show_emissions_by_every_rule(english, tmp_path):
    words = " ".join(text_of(english, tmp_path).replace("\u202f", " ").split())
    # 1548 - 749 and the break-even of the year
    assert "The hub raises emissions by 799 t CO₂/a" in words
    assert "Above a grid factor of 0.174 t CO₂/MWh" in words
    for row in run_context(document(), "en")["parcels"][0]["carbon"]["rows"]:
        assert " ".join(row["net"].replace("\u202f", " ").split()) in words


def test_the_pages_of_a_place_show_the_spread_and_every_bad_case(english, tmp_path):
    words = " ".join(text_of(english, tmp_path).replace("\u202f", " ").split())
    assert "The present value is above zero in 12 % of the futures" in words
    assert "Most of the spread comes from:" in words
    assert "It pays from a hash price of 61.4 USD" in words
    assert "At no price of heat does it pay." in words
    for case in run_context(document(), "en")["parcels"][0]["stress"]:
        # labels may be broken over two lines, their numbers are not
        assert " ".join(case["npv"].replace("\u202f", " ").split()) in words


def test_the_annex_names_run_layers_and_every_assumption(english, tmp_path):
    words = text_of(english, tmp_path)
    doc = document()
    assert doc["run"] in words
    assert doc["digest"][:40] in words.replace(" ", "")
    for layer in doc["layers"]:
        assert layer["licence"] in words
        assert layer["content_hash"][:12] in words
    shown = run_context(doc, "en")["assumptions"]
    assert sum(len(group["rows"]) for group in shown) == len(doc["assumptions"])


def test_a_refused_place_stands_with_value_threshold_and_hint():
    rows = run_context(document(), "en")["refused"]
    far = next(row for row in rows if row["value"].startswith("1,290"))
    assert far["threshold"].startswith("300")
    assert "690 m nearer" in far["hint"]
    assert {row["state_key"] for row in rows} == {"red"}


def test_german_reports_speak_german(german, tmp_path):
    words = text_of(german, tmp_path)
    assert "Zu wenig Daten für eine Entscheidung" in words
    assert "3,42 GWh/a" in words
    for english_words in ("Next steps", "What speaks for it", "Net present value", "Heat used"):
        assert english_words not in words


def test_only_demo_towns_carry_the_watermark(english, tmp_path):
    mark = "method demonstration, not advice on this place"
    assert run_context(document(), "en")["watermark"] == mark
    real = document()
    real["municipality"]["is_demo"] = False
    assert run_context(real, "en")["watermark"] == ""
    assert len(report(real)) < len(english)


def test_nothing_missing_is_printed_as_a_word_of_the_program(english, tmp_path):
    words = f" {text_of(english, tmp_path)} ".lower()
    for word in (" none ", " nan ", "null", "{", "%("):
        assert word not in words


def test_hostile_names_are_text(tmp_path):
    doc = document()
    doc["municipality"]["name"] = HOSTILE
    doc["study"]["name"] = HOSTILE
    for parcel in doc["parcels"]:
        parcel["name"] = HOSTILE
        parcel["grid"]["substation"] = HOSTILE
    doc["notes"] = [HOSTILE]
    doc["layers"][0].update(name=HOSTILE, source=HOSTILE, method=HOSTILE)
    pdf = report(doc)
    assert is_conforming(pdf)
    assert "<script>alert(1)</script>" in text_of(pdf, tmp_path)


def test_a_character_without_a_glyph_becomes_a_box(tmp_path):
    doc = document()
    doc["parcels"][0]["name"] = "Platz 日本 7"
    pdf = report(doc)
    assert is_conforming(pdf)
    assert "Platz □□ 7" in text_of(pdf, tmp_path)


def test_a_run_without_any_place_left_says_do_not_build(tmp_path):
    doc = document()
    doc["parcels"] = [p for p in doc["parcels"] if not p["rank"]]
    pdf = report(doc)
    assert is_conforming(pdf)
    assert "No place in the study passes every gate" in text_of(pdf, tmp_path)


def test_an_empty_run_and_an_empty_map_are_drawn():
    doc = document(parcels=[], layers=[], assumptions=[], town={}, notes=[], illustrative=[])
    figures = run_figures(doc, TownShapes(()), {}, "en")
    assert is_conforming(render_pdf(run_context(doc, "en"), figures, doc))


def test_the_same_run_gives_the_same_file(english):
    assert report(document()) == english


def test_the_context_is_plain_json_and_leaves_the_language_alone():
    doc = document()
    with translation.override("en"):
        context = run_context(doc, "de")
        assert translation.get_language() == "en"
    assert json.loads(json.dumps(context)) == context
    with translation.override("de"):
        page_of_parcel = parcel_facts(doc["parcels"][0])
    assert page_of_parcel["gates"] == context["parcels"][0]["gates"]


def test_a_stream_that_ends_in_a_carriage_return_keeps_its_length():
    def file(end: bytes) -> bytes:
        body = b"%PDF-1.7\n1 0 obj\n<</Length 4>>\nstream\nabc" + end + b"\nendstream\nendobj\n"
        second = len(body)
        body += b"2 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n"
        third = len(body)
        body += b"3 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        table = b"xref\n0 4\n0000000000 65535 f\r\n" + 3 * b"%010d 00000 n\r\n"
        return (
            body
            + table % (9, second, third)
            + b"trailer\n<</Size 4/Root 2 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
        )

    plain = file(b"d")
    assert unambiguous(plain) == plain
    mended = unambiguous(file(b"\r"))
    assert b"abc\r\r\nendstream" in mended
    with pikepdf.open(io.BytesIO(mended)) as opened:
        assert opened.get_object(1, 0).read_raw_bytes() == b"abc\r"
        assert opened.Root is not None
    start = int(mended.split(b"startxref\n")[1].split()[0])
    assert mended[start : start + 4] == b"xref"


def pages_of(pdf: bytes, tmp_path: Path) -> list[str]:
    (tmp_path / "pages.pdf").write_bytes(pdf)
    made = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "pages.pdf"), "-"], capture_output=True, check=True
    )
    pages = made.stdout.decode().replace("\u202f", " ").split("\f")
    return [" ".join(one.split()) for one in pages]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", {
            "How sure the ranking is": ("holds it in 62 % of the draws", "as good as tied",
                                        "Which missing data could change the first five"),
            "Which hubs together": ("worth 410 k EUR", "−120 k EUR", "1 hub", "3 hubs", "(500 kW)"),
            "The next hub": ("pays for the next one after 6.4 years", "37 %", "reserve",
                             "not among the ranked places: way/5", "never"),
        }),
        ("de", {
            "Wie sicher die Rangfolge ist": ("62 %", "Welche fehlenden Daten"),
            "Welche Anlagen zusammen": ("410 Tsd. EUR", "1 Anlage"),
            "Die nächste Anlage": ("6,4", "37 %", "nie"),
        }),
    ],
)  # fmt: skip
def test_the_study_has_a_part_each_and_none_is_longer_than_a_page(
    language, parts, request, tmp_path
):
    pages = pages_of(request.getfixturevalue({"en": "english", "de": "german"}[language]), tmp_path)
    for heading, told in parts.items():
        here = [one for one in pages if heading in one]
        # all it says stands on the page of its heading
        assert any(all(said in one for said in told) for one in here), (heading, here)


def test_the_annex_lists_what_the_study_changes(english, tmp_path):
    words = text_of(english, tmp_path)
    # cells may be broken over two lines
    listed = words[words.index("What this study changes") :][:600]
    for told in ("Electric power of the computers", "100 kW", "Stadtwerke, Nov. 2, 2026"):
        assert told in listed


def test_a_run_made_before_has_no_such_parts(tmp_path):
    bare = document(robustness=None, set=None, chain=None, changes=None)
    words = text_of(report(bare), tmp_path)
    assert "Which hubs together" not in words
    assert "What this study changes" not in words
