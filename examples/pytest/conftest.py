"""A stage of its own for each test.

In another terminal `paystage serve`, which prints its address and the path of the token file. Then

    PAYSTAGE_URL=http://127.0.0.1:7717 PAYSTAGE_TOKEN=/path/of/the.token pytest examples/pytest
"""

import json
import os
import pathlib
import urllib.request

import pytest


class Stage:
    """One session: a run at a path of its own, on a clock that the test moves."""

    def __init__(self, root, token, **setup):
        self.root, self.token, self.base = root, token, ""
        made = self.control("POST", "sessions", clock="virtual", setup=setup)
        self.name, self.base = made["name"], made["base"]

    @property
    def url(self):
        """The store, as the app under test is told it."""
        return self.root + self.base

    def control(self, method, path, **body):
        request = urllib.request.Request(
            f"{self.url}/control/{path}",
            json.dumps(body).encode() if method == "POST" else None,
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def arm(self, **fault):
        return self.control("POST", "faults", **fault)

    def command(self, do, **members):
        return self.control("POST", "command", do=do, **members)

    def advance(self, span):
        return self.control("POST", "clock", advance=span)

    def state(self):
        return self.control("GET", "state")

    def close(self):
        name, self.base = self.name, ""
        self.control("DELETE", f"sessions/{name}")


@pytest.fixture
def stage():
    """Makes stages: `stage(buyer="cancels")` takes the dials of a scenario's [setup]."""
    root, token = os.environ["PAYSTAGE_URL"], pathlib.Path(os.environ["PAYSTAGE_TOKEN"]).read_text().strip()
    made = []

    def make(**setup):
        made.append(Stage(root, token, **setup))
        return made[-1]

    yield make
    for one in made:
        one.close()
