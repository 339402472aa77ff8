"""The engine room: how much heat, power and money a hub gives and takes.

Pure functions on floats and numpy arrays. This room may import the standard library, numpy,
scipy, numba and its own tables; it never imports Django, Celery, geometry or file readers, so it
runs in a bare interpreter and every number can be checked without the web.
"""

import os

ENGINE_VERSION = "0.2.0"

# Threads that wait for each other sleep instead of spinning, as long as nobody says otherwise:
# on cores that others use too, spinning made a run take three times as long. It has to be said
# before the library of the threads is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
