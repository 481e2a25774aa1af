"""The app under test: a shop that buys, polls and checks. Yours goes here."""

import json
import urllib.error
import urllib.request


class NotBought(Exception):
    """Why the product stays closed."""


def buy(store, product, open_window, pause, tries=10):
    """Buys at this store and gives back the receipt. `open_window` is handed the pay request's page, `pause` waits a second."""
    order = ask(f"{store}/mozpay/product/{product}/buy", b"")
    open_window(f"{store}/mozpay/?req={order['webpayJWT']}")
    for _ in range(tries):
        try:
            status = ask(f"{store}/mozpay/transaction/{order['transactionID']}")
        except urllib.error.HTTPError:
            pass  # one poll that fails is no reason to lose a payment
        else:
            if status["status"] == "completed":
                return status["receipt"]
        pause()
    raise NotBought("nothing was paid in time")


def check(store, receipt):
    """Opens the product only if the store stands by the receipt."""
    status = ask(f"{store}/verify/", receipt.encode())["status"]
    if status != "ok":
        raise NotBought(status)


def ask(url, body=None):
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain"} if body else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)
