"""Reads files that strangers made. Runs as a process of its own, with limits, without Django.

It is started as ``python -m heatmap.ingest.reader`` and prints one JSON object a line: features
(geometry as WKB in EPSG:3035), refused rows, and a last line with what was learned of the file.
A crash or hang of a C library ends this process and nothing else.
"""
