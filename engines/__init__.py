"""The engine room: how much heat, power and money a hub gives and takes.

Pure functions on floats and numpy arrays. This room may import the standard library, numpy,
scipy, numba and its own tables; it never imports Django, Celery, geometry or file readers, so it
runs in a bare interpreter and every number can be checked without the web.
"""

ENGINE_VERSION = "0.2.0"
