"""A shop with a server of its own, as in classic payments: it signs the pay requests and is told who has paid.

    echo 'a secret of thirty-two bytes or so' > secret.txt
    python3 examples/app-server/shop.py secret.txt
    paystage serve --seat app-server=http://127.0.0.1:9100 --key my-key --secret-file secret.txt --app http://127.0.0.1:9100

Then open http://127.0.0.1:9100 and click. Nothing is needed but Python.
"""

import base64
import hashlib
import hmac
import http.server
import itertools
import json
import os
import pathlib
import sys
import time
import urllib.parse

PORT = int(os.environ.get("SHOP_PORT", "9100"))
MARKET = os.environ.get("PAYSTAGE_URL", "http://127.0.0.1:7717")
KEY, PROVIDER = "my-key", "market.example"  # iss and aud of what we sign; aud and iss of what we are told
SECRET = pathlib.Path(sys.argv[1]).read_bytes().removesuffix(b"\n")

orders = itertools.count(1)
paid = {}  # each order, and the payment that settled it


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signature(text):
    return encoded(hmac.new(SECRET, text.encode(), hashlib.sha256).digest())


def pay_request(order):
    """What the buyer's device is handed. Nobody can change the price without our secret."""
    now, own = int(time.time()), f"http://127.0.0.1:{PORT}"
    claims = {
        "iss": KEY, "aud": PROVIDER, "typ": "mozilla/payments/pay/v1", "iat": now, "exp": now + 3600,
        "request": {
            "id": "gem", "pricePoint": "1", "name": "A gem", "description": "It glitters", "productData": f"order={order}",
            "postbackURL": f"{own}/postback", "chargebackURL": f"{own}/chargeback",
        },
    }  # fmt: skip
    parts = ({"typ": "JWT", "alg": "HS256"}, claims)
    text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{text}.{signature(text)}"


def notice(token, kind):
    """What we are told of a payment, if it is really the provider who tells us, and now, and us."""
    text, _, signed = token.rpartition(".")
    head, claims = (json.loads(decoded(part)) for part in text.split("."))
    if head["alg"] != "HS256" or not hmac.compare_digest(signature(text), signed):
        raise ValueError("not signed with our secret")
    if (claims["iss"], claims["aud"], claims["typ"]) != (PROVIDER, KEY, f"mozilla/payments/pay/{kind}/v1"):
        raise ValueError("meant for somebody else")
    if not claims["iat"] - 60 <= time.time() < claims["exp"]:
        raise ValueError("not of now")
    return claims


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == "/":
            return self.answer(200, PAGE.replace("MARKET", MARKET), "text/html; charset=utf-8")
        if path.startswith("/order/"):
            payment = paid.get(path.removeprefix("/order/"))
            return self.answer(200, json.dumps({"paid": payment is not None, "payment": payment}), "application/json")
        self.answer(404, "There is nothing here")

    def do_POST(self):
        if self.path == "/order":
            order = str(next(orders))
            return self.answer(200, json.dumps({"order": order, "jwt": pay_request(order)}), "application/json")
        kind = self.path.removeprefix("/")
        if kind not in ("postback", "chargeback"):
            return self.answer(404, "There is nothing here")
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        try:
            claims = notice(form["notice"][0], kind)
        except (KeyError, ValueError) as why:
            return self.answer(400, f"This notice is not believed: {why}")
        order, payment = claims["request"]["productData"].removeprefix("order="), claims["response"]["transactionID"]
        if kind == "postback":
            paid[order] = payment  # told twice, it is written twice, and comes to the same
        elif paid.get(order) == payment:
            del paid[order]
        self.answer(200, payment)  # the id and nothing else: any other body counts as a failure, and we are told again

    def answer(self, status, text, kind="text/plain; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


PAGE = """<!doctype html>
<meta charset="utf-8">
<title>A shop of your own</title>
<button id="buy">Buy a gem</button>
<p id="end" role="status"></p>
<script src="MARKET/paystage.js"></script>
<script>
buy.onclick = async () => {
  try {
    const { order, jwt } = await (await fetch("/order", { method: "POST" })).json();
    await navigator.mozPay([jwt]); // ended well in the payment window; whether it was paid, our server knows
    for (let polls = 0; polls < 10; polls += 1) {
      const { paid } = await (await fetch("/order/" + order)).json();
      if (paid) { end.textContent = "The gem is yours"; return; }
      await new Promise((wake) => setTimeout(wake, 1000));
    }
    end.textContent = "Nothing was paid in time";
  } catch (error) { end.textContent = `No gem: ${error.message} (${error.name})`; }
};
</script>
"""

if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
