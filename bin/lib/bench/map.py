"""Tiles of a city by zoom, beside tipg and the bare SQL, and the first paint of the demo town."""

import argparse
import gzip
import http.client
import json
import math
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

# needs: database
# needs: development
# needs: judges
# needs: package wrk
# needs: package chromium
ROOT = Path(__file__).resolve().parents[3]
CENTRE = (10.0, 52.0)
"""Longitude and latitude of the middle of the city of _city.py."""

RADIUS_M = 10_000.0
ZOOMS = range(9, 18)
SAMPLED, WARM = 40, 3
CONNECTIONS, SECONDS = 4, 8
KINDS = ("buildings", "parcels")
LISTED = """
local addresses = {{{addresses}}}
local at = 0
request = function()
  at = at % #addresses + 1
  return wrk.format("GET", addresses[at], {{["Cookie"] = "{cookie}", ["Accept-Encoding"] = "gzip"}})
end
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--buildings", type=int, default=500_000)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--no-paint", action="store_true", help="leave the browser out")


def measure(options: argparse.Namespace) -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
    import django

    django.setup()
    from _city import SLUG, make_city

    start = time.perf_counter()
    _, person, versions, cookie = make_city(options.buildings, options.parcels)
    found: dict[str, object] = {
        "buildings": options.buildings,
        "parcels": options.parcels,
        "city_made_and_published_s": round(time.perf_counter() - start, 1),
    }
    places = {z: tiles_of_city(z) for z in ZOOMS}
    with served(cached=False) as port:
        log("uncached tiles")
        uncached, tiles = through_the_door(port, cookie, versions, places)
        found["uncached"] = uncached
        found["most_bytes_of_a_tile"] = max(size for _, size, _ in tiles.values())
        found["beside_the_bare_sql"] = beside_bare_sql(port, cookie, person, versions, tiles)
        alike = comparable(tiles, options)
        ours = sorted(address(versions["buildings"], z, x, y) for z, x, y in alike)
        log(f"requests a second at zoom 14 ({len(alike)} tiles)")
        rate(port, ours, cookie, seconds=2)
        uncached_rate = rate(port, ours, cookie)
    with served(cached=True) as port:
        log("cached tiles")
        through_the_door(port, cookie, versions, places)  # makes them
        found["cached"], _ = through_the_door(port, cookie, versions, places)
        rate(port, ours, cookie, seconds=2)
        cached_rate = rate(port, ours, cookie)
    with tipg(SLUG) as port:
        log("tipg")
        theirs = [peer_address(z, x, y) for z, x, y in alike]
        same = features_alike(port, theirs, alike, tiles)
        rate(port, theirs, "", seconds=2)
        peer_rate = rate(port, theirs, "")
    found["requests_per_s_at_zoom_14"] = {
        "tiles": len(alike),
        "features_of_a_tile": round(statistics.median(n for n in same)),
        "connections": CONNECTIONS,
        "uncached": uncached_rate,
        "cached": cached_rate,
        "tipg_1_6_1": peer_rate,
        "ratio_uncached": round(uncached_rate / peer_rate, 1),
        "ratio_cached": round(cached_rate / peer_rate, 1),
    }
    if not options.no_paint:
        from _paint import first_paint

        found |= first_paint(served)
    return found


def log(line: str) -> None:
    print(line, file=sys.stderr)


def tile_at(lon: float, lat: float, z: int) -> tuple[float, float]:
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return (lon + 180) / 360 * 2**z, y


def tiles_of_city(z: int) -> list[tuple[int, int, int]]:
    """All tiles of the city at a zoom, or a sample of them, the middle among it."""
    x, y = tile_at(*CENTRE, z)
    reach = RADIUS_M / (40_075_017 / 2**z * math.cos(math.radians(CENTRE[1])))
    across = range(math.floor(x - reach), math.floor(x + reach) + 1)
    down = range(math.floor(y - reach), math.floor(y + reach) + 1)
    every = [(z, i, j) for i in across for j in down]
    random.Random(7).shuffle(every)  # noqa: S311  no secret
    middle = (z, int(x), int(y))
    return [middle, *(tile for tile in every if tile != middle)][:SAMPLED]


def address(version: object, z: int, x: int, y: int) -> str:
    return f"/tiles/{version.layer.kind}/{version.pk}/{z}/{x}/{y}.mvt"


def summary(times: list[float], sizes: list[int], cells: int) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "tiles": len(times),
        "added_up": cells,
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[math.ceil(0.95 * len(ordered)) - 1], 1),
        "bytes_median": round(statistics.median(sizes)),
        "bytes_most": max(sizes),
    }


def through_the_door(
    port: int, cookie: str, versions: dict[str, object], places: dict[int, list]
) -> tuple[dict[str, object], dict[tuple, tuple[float, int, bytes]]]:
    """Every tile once, one after the other; by kind and zoom, and each by itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}

    def fetched(path: str) -> bytes:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 204):
            sys.exit(f"heathub: {path} answered {answer.status}; no figures.")
        return content

    for _ in range(WARM):
        fetched(address(versions["parcels"], *places[16][0]))
    found: dict[str, object] = {}
    single: dict[tuple, tuple[float, int, bytes]] = {}
    for kind in KINDS:
        found[kind] = {}
        for z, tiles in places.items():
            times, sizes, cells = [], [], 0
            for tile in tiles:
                start = time.perf_counter()
                content = fetched(address(versions[kind], *tile))
                times.append(1000 * (time.perf_counter() - start))
                raw = gzip.decompress(content) if content else b""
                sizes.append(len(raw))
                cells += f"{kind}_cells".encode() in raw[:40]
                single[kind, *tile] = (times[-1], len(raw), raw)
            found[kind][z] = summary(times, sizes, cells)
    return found, single


def beside_bare_sql(
    port: int,
    cookie: str,
    person: object,
    versions: dict[str, object],
    tiles: dict[tuple, tuple],
) -> dict[str, float]:
    """The same statement without a web server, as the same role and person; tiles over 10 ms.

    Door and database are asked in turn, three times each, so that both meet the same machine.
    """
    from heatmap.identity import acting_as
    from heatmap.layers import BY_KIND
    from heatmap.tiles import tile_bytes

    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}

    def door(kind: str, place: list[int]) -> None:
        connection.request("GET", address(versions[kind], *place), headers=headers)
        connection.getresponse().read()

    def bare(kind: str, place: list[int]) -> None:
        with acting_as(user_id=person.pk):
            tile_bytes(BY_KIND[kind], versions[kind].pk, *place)

    def ms(what: object, kind: str, place: list[int]) -> float:
        start = time.perf_counter()
        what(kind, place)
        return 1000 * (time.perf_counter() - start)

    pairs = []
    for kind, *place in [key for key, (took, *_) in tiles.items() if took > 10][:120]:
        times = [(ms(door, kind, place), ms(bare, kind, place)) for _ in range(3)]
        through, alone = (statistics.median(each) for each in zip(*times, strict=True))
        if alone > 10:
            pairs.append((through, alone))
    if not pairs:
        return {"tiles": 0}
    return {
        "tiles": len(pairs),
        "sql_median_ms": round(statistics.median(alone for _, alone in pairs), 1),
        "door_median_ms": round(statistics.median(through for through, _ in pairs), 1),
        "ratio_median": round(statistics.median(t / a for t, a in pairs), 2),
        "ratio_of_sums": round(sum(t for t, _ in pairs) / sum(a for _, a in pairs), 2),
    }


def comparable(tiles: dict[tuple, tuple], options: argparse.Namespace) -> list[tuple]:
    """Tiles of zoom 14 that hold every building: what tipg makes of them too."""
    whole = [
        tuple(place)
        for (kind, *place), (_, size, raw) in tiles.items()
        if kind == "buildings" and place[0] == 14 and size and b"buildings_cells" not in raw[:40]
    ]
    if not whole:
        sys.exit("heathub: no tile of zoom 14 shows buildings one by one; no figures.")
    return whole[:12]


def rate(port: int, paths: list[str], cookie: str, seconds: int = SECONDS) -> float:
    """Requests a second over four connections; no figure if one of them fails."""
    listed = ", ".join(json.dumps(path) for path in paths)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LISTED.format(addresses=listed, cookie=cookie))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script.name,
                   f"http://127.0.0.1:{port}"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    said = done.stdout
    if "Non-2xx" in said or ("Socket errors" in said and seconds == SECONDS):
        sys.exit(f"heathub: requests failed; no figures.\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], port: int, path: str, **env: str) -> Iterator[int]:
    output = Path(os.environ["HEATHUB_VAR"]) / "log" / "bench-map.log"
    with output.open("a") as file:
        process = subprocess.Popen(  # noqa: S603  our own commands
            command, cwd=ROOT, stdout=file, stderr=file, env={**os.environ, **env}
        )
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with suppress(OSError):
                    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                    probe.request("GET", path)
                    if probe.getresponse().status == 200:
                        break
                time.sleep(0.2)
            else:
                sys.exit(f"heathub: {command[2]} did not come up, see {output}")
            yield port
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def served(*, cached: bool = True, **env: str) -> Iterator[int]:
    """The web server as bin/run starts it."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "heatmap.wsgi", "--bind", f"127.0.0.1:{port}",
               "--workers", "2", "--threads", "4", "--no-control-socket",
               "--log-level", "warning"]  # fmt: skip
    room = {} if cached else {"HEATHUB_TILE_CACHE_MB": "0"}
    with running(command, port, "/healthz", **room, **env):
        yield port


@contextmanager
def tipg(slug: str) -> Iterator[int]:
    """Two processes of tipg on the same tables, as the same role, seeing the same town."""
    port = free_port()
    python = Path(os.environ["HEATHUB_VAR"]) / "judges" / "bin" / "python"
    identity = quote(f"-c heathub.municipality={slug}")
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1",
               "--port", str(port), "--workers", "2", "--log-level", "warning"]  # fmt: skip
    with running(
        command, port, "/healthz",
        DATABASE_URL=f"{os.environ['DATABASE_URL']}?options={identity}",
        TIPG_DB_SCHEMAS='["public"]', TIPG_DB_TABLES='["public.heatmap_building"]',
        TIPG_MAX_FEATURES_PER_TILE="1000000", TIPG_DEFAULT_FEATURES_PER_TILE="1000000",
        TIPG_CATALOG_TTL="3600",
    ):  # fmt: skip
        yield port


def peer_address(z: int, x: int, y: int) -> str:
    columns = "ref,name,use,heat_demand_mwh_per_a,area_m2,storeys,storeys_assumed"
    return (
        f"/collections/public.heatmap_building/tiles/WebMercatorQuad/{z}/{x}/{y}"
        f"?properties={columns}"
    )


def features_alike(
    port: int, theirs: list[str], places: list[tuple], tiles: dict[tuple, tuple]
) -> list[int]:
    """Features of each tile; ends where the two servers do not show the same."""
    from tests.mvt import decoded

    connection = http.client.HTTPConnection("127.0.0.1", port)
    counts = []
    for path, place in zip(theirs, places, strict=True):
        connection.request("GET", path)
        answer = connection.getresponse()
        raw = answer.read()
        if answer.status != 200:
            sys.exit(f"heathub: tipg answered {answer.status} to {path}: {raw[:200]!r}")
        (peer,) = decoded(raw).values()
        own = decoded(tiles["buildings", *place][2])["buildings"]
        # ours holds what lies up to 64 of 4096 units over the edge: (1 + 2 x 64 / 4096)^2 = 1.063
        if not 0.93 * len(own) <= len(peer) <= len(own):
            sys.exit(f"heathub: {len(own)} and {len(peer)} features in {place}; no figures.")
        counts.append(len(own))
    return counts
