"""Notes of parts become notes of the whole."""

from engines.economics import project
from engines.evaluation.notes import merged_notes
from engines.message import message
from engines.thermal import connection

YEAR = {"path": "Compute path: {label}."}


def test_what_every_part_says_is_said_once_and_counts_add_up():
    path = message(YEAR, "path", label="market")
    first = [path, message(project.NOTES, "no_heat_sold", without=3, projects=250)]
    second = [
        path,
        message(connection.NOTES, "no_pipe", parcels=2),
        message(project.NOTES, "no_heat_sold", without=1, projects=250),
    ]
    third = [path]  # in this part every hub sells heat
    notes = merged_notes([first, second, third], 600)
    assert [note.key for note in notes] == ["path", "no_heat_sold", "no_pipe"]
    # 3 + 1 hubs of 250 + 250 + 100 parcels
    assert notes[1].text == "No heat is sold in 4 of 600 projects; there is no cost of heat."
    assert dict(notes[1].numbers) == {"without": 4, "projects": 600}
    assert notes[2].numbers["parcels"] == 2


def test_no_parts_no_notes():
    assert merged_notes([], 0) == ()
