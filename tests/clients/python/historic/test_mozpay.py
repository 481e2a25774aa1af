"""mozpay for Python, as an app server of 2013: signs pay requests, takes the notices of the stage, answers them."""

import http.server
import queue
import threading
import time
import urllib.parse

import jwt
import mozpay
import pytest
from stage import Stage

KEY = "pony-park-2013"
SECRET = "not-a-secret-but-long-enough-for-hs256"
AUDIENCE = "marketplace.firefox.com"
PROCESSORS = {"/mozpay/postback": mozpay.process_postback, "/mozpay/chargeback": mozpay.process_chargeback}


class Shop:
    """An app server with the library in it."""

    def __init__(self, secret=SECRET):
        self.notices = queue.Queue()
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                # The library's own view did this: the field `notice`, 400 where it is bad, else the id as the whole body.
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                try:
                    data = PROCESSORS[self.path](form["notice"][0], KEY, secret)
                    status, text = 200, data["response"]["transactionID"]
                except mozpay.InvalidJWT as refusal:
                    data, status, text = refusal, 400, ""
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
                shop.notices.put((self.path, data))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def request(self, **changes):
        return {
            "id": "shiny-pony",
            "pricePoint": "1",
            "name": "Shiny Pony",
            "description": "A pony that shines",
            "productData": "order=17",
            "postbackURL": self.origin + "/mozpay/postback",
            "chargebackURL": self.origin + "/mozpay/chargeback",
            **changes,
        }

    def stage(self, *options):
        names = f'{{ provider = "{AUDIENCE}", app = {{ origin = "{self.origin}", key = "{KEY}", secret = "{SECRET}" }} }}'
        seats = '{ app-page = "external", app-server = "external" }'
        return Stage(f'hosting = "classic"\nseats = {seats}\nnames = {names}\n', *options)

    def next(self):
        return self.notices.get(timeout=20)


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


def signed(request, secret=SECRET):
    """As the library's documentation shows it."""
    now = int(time.time())
    claims = {
        "iss": KEY,
        "aud": AUDIENCE,
        "typ": "mozilla/payments/pay/v1",
        "iat": now,
        "exp": now + 3600,
        "request": request,
    }
    return jwt.encode(claims, secret, algorithm="HS256").decode()


def test_a_paid_request_comes_back_as_a_notice_that_the_library_takes(shop):
    with shop.stage() as stage:
        stage.ask("GET", "/mozpay/?req=" + signed(shop.request()))
        path, notice = shop.next()
        assert path == "/mozpay/postback"
        assert notice["request"] == shop.request()
        assert notice["iss"] == AUDIENCE
        assert notice["response"]["price"] == {"amount": "0.99", "currency": "USD"}


def test_money_given_back_comes_as_a_chargeback_with_its_reason(shop):
    with shop.stage() as stage:
        stage.ask("GET", "/mozpay/?req=" + signed(shop.request()))
        _, paid = shop.next()
        stage.command(do="refund", transaction=paid["response"]["transactionID"])
        path, notice = shop.next()
        assert path == "/mozpay/chargeback"
        assert notice["response"] == {**notice["response"], "reason": "refund"}


def test_a_request_without_a_description_is_refused_at_once(shop):
    with shop.stage() as stage:
        _, page = stage.ask("GET", "/mozpay/?req=" + signed(shop.request(description="")))
        assert "INVALID_JWT" in page
        assert shop.notices.empty()


def test_a_request_signed_with_another_secret_is_refused(shop):
    with shop.stage() as stage:
        _, page = stage.ask("GET", "/mozpay/?req=" + signed(shop.request(), "some-other-secret-that-nobody-knows"))
        assert "INVALID_JWT" in page
        assert shop.notices.empty()
