"""A stage in a process of its own: starts `paystage serve`, speaks HTTP with it, stops it."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# How long a buyer may take.
PATIENCE_S = 20


class Stage:
    """A running stage; use it in a `with`."""

    def __init__(self, setup="", *options):
        """Starts it with this set-up: TOML, the fields of a scenario's [setup]."""
        self.folder = tempfile.TemporaryDirectory(prefix="paystage-")
        file = pathlib.Path(self.folder.name, "setup.toml")
        file.write_text(setup)
        self.process = subprocess.Popen(
            [os.environ["PAYSTAGE"], "serve", "--port", "0", "--store", ":memory:", "--setup", str(file), *options],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": self.folder.name, "XDG_STATE_HOME": self.folder.name},
        )
        self.base, _token = (self.process.stdout.readline().rstrip() for _ in range(2))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def ask(self, method, path, body=None, headers=None):
        """A request of no client in particular: its status and its text."""
        request = urllib.request.Request(self.base + path, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def buy(self, product):
        """A whole purchase through the page's own routes: its transaction and its receipt."""
        started = self._json("POST", f"/mozpay/product/{product}/buy")
        self.ask("GET", f"/mozpay/?req={started['webpayJWT']}")
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            settled = self._json("GET", f"/mozpay/transaction/{started['transactionID']}")
            if settled["status"] == "completed":
                return started["transactionID"], settled["receipt"]
        raise TimeoutError(f"{started['transactionID']} is never completed")

    def _json(self, method, path):
        status, text = self.ask(method, path)
        assert status == 200, f"{method} {path}: {status} {text}"
        return json.loads(text)


def spoiled(token):
    """The same token with the first letter of its signature changed."""
    signed, signature = token.rsplit(".", 1)
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
