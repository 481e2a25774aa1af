"""receipts, the store's own Python library: asks the verify service, and checks the chain of certificates itself."""

import sys
import types

import browserid
import browserid.jwt
import pytest
from stage import Stage, spoiled

# What the library patched in a PyBrowserID of its time and later ones no longer have: the place of the fetcher.
browserid.certificates = types.ModuleType("browserid.certificates")
browserid.certificates.fetch_public_key = None
sys.modules["browserid.certificates"] = browserid.certificates

from receipts import certs  # noqa: E402
from receipts.receipts import Receipt  # noqa: E402


class RS256Key(browserid.jwt.RS256Key):
    """In Python 2, text was bytes already when its digest was taken."""

    def verify(self, signed_data, signature):
        return super().verify(signed_data.encode("ascii"), signature)


browserid.jwt.RS256Key = RS256Key


class RootKeys(dict):
    """Root documents by their address, fetched by the library's own fetcher."""

    def __missing__(self, url):
        return certs.fetch_public_key(url)


@pytest.fixture
def stage():
    with Stage('signing = "rs256-certified"\n') as stage:
        yield stage


def is_chained(stage, receipt):
    """What `Receipt.verify_crypto` does, with the root's key found where its certificate says."""
    verifier = certs.ReceiptVerifier(valid_issuers=[stage.base.removeprefix("http://")])
    verifier.certs = RootKeys()
    return verifier.verify(receipt)


def test_the_verify_service_says_ok_then_refunded(stage):
    transaction, receipt = stage.buy("shiny-pony")
    assert Receipt(receipt).verify_server()["status"] == "ok"
    stage.command(do="refund", transaction=transaction)
    assert Receipt(receipt).verify_server()["status"] == "refunded"


def test_the_verify_service_says_invalid_of_a_spoiled_receipt(stage):
    _, receipt = stage.buy("shiny-pony")
    assert Receipt(spoiled(receipt)).verify_server()["status"] == "invalid"


def test_the_chain_holds_from_the_root_to_the_receipt(stage):
    _, receipt = stage.buy("shiny-pony")
    assert is_chained(stage, receipt)


def test_a_spoiled_receipt_breaks_the_chain(stage):
    _, receipt = stage.buy("shiny-pony")
    with pytest.raises(browserid.errors.InvalidSignatureError, match="signature on assertion"):
        is_chained(stage, spoiled(receipt))


def test_a_spoiled_certificate_breaks_the_chain(stage):
    _, receipt = stage.buy("shiny-pony")
    certificate, token = receipt.split("~")
    with pytest.raises(browserid.errors.InvalidSignatureError, match="bad signature in chain"):
        is_chained(stage, f"{spoiled(certificate)}~{token}")


def test_the_library_reads_the_claims_that_it_needs(stage):
    _, text = stage.buy("shiny-pony")
    receipt = Receipt(text)
    assert receipt.verifier == stage.base + "/verify/"
    assert receipt.issue < receipt.expiry
    assert receipt.cert_decoded()["jwk"][0]["alg"] == "RSA"
