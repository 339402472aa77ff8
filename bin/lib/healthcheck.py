"""Asks the web server of this machine or container whether it is well, as the proxy in front would.

healthcheck.py [PORT [SECONDS]]
"""

import os
import sys
import urllib.request

port = sys.argv[1] if len(sys.argv) > 1 else "8000"
seconds = sys.argv[2] if len(sys.argv) > 2 else "4"
request = urllib.request.Request(
    f"http://127.0.0.1:{int(port)}/healthz",
    headers={
        "Host": os.environ.get("HEATHUB_HOSTS", "localhost").split(",")[0],
        "X-Forwarded-Proto": "https",
    },
)
urllib.request.urlopen(request, timeout=float(seconds)).read()  # noqa: S310  a fixed local address  # nosec B310
