"""A stage in a process of its own: starts `paystage serve`, speaks HTTP with it, stops it."""

import json
import os
import pathlib
import subprocess
import tempfile
import urllib.error
import urllib.request


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
        self.base, token = (self.process.stdout.readline().rstrip() for _ in range(2))
        self.token = pathlib.Path(token).read_text().strip()

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

    def control(self, path, body):
        """Asks the control door."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, text = self.ask("POST", f"/control/{path}", json.dumps(body).encode(), headers)
        assert status == 200, f"/control/{path}: {status} {text}"
        return json.loads(text)

    def command(self, **command):
        return self.control("command", command)

    def advance(self, span):
        """Lets time pass on a virtual clock; what falls due meanwhile happens."""
        return self.control("clock", {"advance": span})

    def open(self, product):
        """Starts a purchase and opens its payment window: the transaction."""
        status, text = self.ask("POST", f"/mozpay/product/{product}/buy")
        assert status == 200, text
        started = json.loads(text)
        self.ask("GET", f"/mozpay/?req={started['webpayJWT']}")
        return started["transactionID"]

    def receipt(self, transaction):
        """The receipt of a completed payment."""
        _, text = self.ask("GET", f"/mozpay/transaction/{transaction}")
        settled = json.loads(text)
        assert settled["status"] == "completed", settled
        return settled["receipt"]

    def buy(self, product):
        """A whole purchase through the page's own routes: its transaction and its receipt."""
        transaction = self.open(product)
        self.control("wait", {"state": "completed", "transaction": transaction})
        return transaction, self.receipt(transaction)


def spoiled(token):
    """The same token with the first letter of its signature changed."""
    signed, signature = token.rsplit(".", 1)
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
