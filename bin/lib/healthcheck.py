"""Asks the web server of this container whether it is well, as the proxy in front would."""

import os
import urllib.request

request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz",
    headers={"Host": os.environ["HEATHUB_HOSTS"].split(",")[0], "X-Forwarded-Proto": "https"},
)
urllib.request.urlopen(request, timeout=4).read()  # noqa: S310  a fixed local address
