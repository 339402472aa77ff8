"""A file that comes in parts arrives whole: after a loss, a reload, or a part sent twice."""

import pytest
from django.test import Client
from factories import make_person, make_town

from heatmap.identity import acting_as
from heatmap.ingest.samples import sample_csv
from heatmap.models import Arrival, Membership, Upload

pytestmark = pytest.mark.django_db
CONTENT = sample_csv("parcels", 6.05, 50.77).encode()
SIZE = len(CONTENT)


@pytest.fixture
def home():
    """A planner, her client and her town."""
    person = make_person("planner")
    client = Client()
    client.force_login(person)
    return person, client, make_town(member=person)


def announce(client, town, size=SIZE, name="parcels.csv", mark="1"):
    return client.post(f"/m/{town.slug}/arrivals/", {"name": name, "size": str(size), "mark": mark})


def send(client, url, offset, part):
    return client.put(
        url, part, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
    )


def test_a_file_interrupted_at_a_part_goes_on_where_it_stopped(home):
    _person, client, town = home
    url = announce(client, town).json()["url"]
    assert send(client, url, 0, CONTENT[:100]).json() == {"offset": 100, "size": len(CONTENT)}
    # the page is loaded again: the same file, announced again, is the one begun before
    again = announce(client, town).json()
    assert (again["url"], again["offset"]) == (url, 100)
    assert client.get(url).json()["offset"] == 100
    assert "Come in part" in client.get(f"/m/{town.slug}/data/").content.decode()
    done = send(client, url, 100, CONTENT[100:]).json()
    with acting_as(municipality=town.slug):
        upload = Upload.objects.get()
        with upload.file.open() as stored:
            assert stored.read() == CONTENT
        assert not Arrival.objects.exists()
    assert done["next"] == f"/m/{town.slug}/uploads/{upload.pk}/"
    assert client.get(done["next"]).status_code == 200


def test_a_part_at_the_wrong_place_is_refused_with_the_right_one(home):
    _person, client, town = home
    url = announce(client, town).json()["url"]
    send(client, url, 0, CONTENT[:100])
    for offset in (0, 200):
        answer = send(client, url, offset, CONTENT[offset : offset + 50])
        assert answer.status_code == 409
        assert answer.json()["offset"] == 100
        assert "has to begin at byte 100" in answer.json()["error"]
    assert client.get(url).json()["offset"] == 100


def test_more_than_was_announced_is_refused(home):
    _person, client, town = home
    url = announce(client, town, size=50).json()["url"]
    answer = send(client, url, 0, CONTENT[:51])
    assert answer.status_code == 409 and "longer than the 50 bytes" in answer.json()["error"]
    assert client.get(url).json()["offset"] == 0


@pytest.mark.parametrize(
    ("size", "name", "said"),
    [
        (200 * 2**20 + 1, "parcels.csv", "at most 200.0"),
        (0, "parcels.csv", "The file is empty"),
        (10, "parcels.exe", "Files ending in .exe cannot be read"),
        (10, "parcels.shp", "A .shp alone is only a part"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(home, size, name, said):
    _person, client, town = home
    answer = announce(client, town, size=size, name=name)
    assert answer.status_code == 422
    assert said in answer.json()["error"].replace("\xa0", " ")


def test_nonsense_gets_a_sentence(home):
    _person, client, town = home
    assert client.post(f"/m/{town.slug}/arrivals/", {"size": "many"}).status_code == 400
    url = announce(client, town).json()["url"]
    answer = client.put(url, b"abc", content_type="application/octet-stream")
    assert answer.status_code == 400 and answer.json()["error"]
    too_much = send(client, url, 0, b"x" * (8 * 2**20 + 1))
    assert too_much.status_code == 413


def test_a_file_on_its_way_can_be_discarded_and_its_bytes_go(
    home, django_capture_on_commit_callbacks
):
    _person, client, town = home
    url = announce(client, town).json()["url"]
    send(client, url, 0, CONTENT[:10])
    with acting_as(municipality=town.slug):
        path = Arrival.objects.get().path
    assert path.read_bytes() == CONTENT[:10]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}forget")
    assert client.get(url).status_code == 404
    assert not path.exists()


def test_nobody_else_sees_or_adds_to_it(home):
    _person, client, town = home
    url = announce(client, town).json()["url"]
    colleague = make_person("colleague")
    with acting_as(municipality=town.slug):
        Membership.objects.create(user=colleague, municipality=town, role="planner")
    other = Client()
    other.force_login(colleague)
    assert other.get(url).status_code == 404
    assert send(other, url, 0, b"abc").status_code == 404
    assert client.get(url).json()["offset"] == 0
