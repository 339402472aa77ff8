"""Runs one measurement by name and prints what it found, with the machine, as one JSON object."""

import argparse
import importlib
import json
import sys

from _machine import machine


def main() -> None:
    name = sys.argv[1]
    bench = importlib.import_module(name)
    parser = argparse.ArgumentParser(prog=f"bin/bench {name}", description=bench.__doc__)
    bench.add_options(parser)
    options = parser.parse_args(sys.argv[2:])
    print(json.dumps({"bench": name, **bench.measure(options), "machine": machine()}, indent=1))


if __name__ == "__main__":
    main()
