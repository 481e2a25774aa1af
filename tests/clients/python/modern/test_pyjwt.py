"""PyJWT, a verifier of today: fetches the stage's key set and checks what the stage signed."""

import jwt
import pytest
from stage import Stage, spoiled


def judged(stage, receipt, **changes):
    key = jwt.PyJWKClient(stage.base + "/.well-known/jwks.json").get_signing_key_from_jwt(receipt)
    rules = {"algorithms": ["EdDSA", "ES256", "RS512"], "issuer": stage.base, **changes}
    return jwt.decode(receipt, key, **rules, options={"require": ["exp", "nbf", "iat", "iss"]})


@pytest.mark.parametrize("signing", ["eddsa", "es256", "rs512"])
def test_a_receipt_is_taken_and_not_when_one_thing_is_wrong(signing):
    with Stage(f'signing = "{signing}"\n') as stage:
        _, receipt = stage.buy("shiny-pony")
        assert judged(stage, receipt)["typ"] == "purchase-receipt"
        with pytest.raises(jwt.InvalidSignatureError):
            judged(stage, spoiled(receipt))
        with pytest.raises(jwt.InvalidIssuerError):
            judged(stage, receipt, issuer="https://market.example")
        with pytest.raises(jwt.InvalidAlgorithmError):
            judged(stage, receipt, algorithms=["HS256"])


def test_a_receipt_whose_time_is_over_is_refused():
    with Stage("start = 1400000000000\n", "--clock", "virtual") as stage:  # May 2014, with half a year to live
        transaction = stage.open("shiny-pony")
        stage.advance("2s")
        with pytest.raises(jwt.ExpiredSignatureError):
            judged(stage, stage.receipt(transaction))


def test_after_a_rotation_the_new_key_signs_and_the_old_receipt_is_still_taken():
    with Stage() as stage:
        _, before = stage.buy("shiny-pony")
        stage.command(do="rotate-key")
        _, after = stage.buy("golden-saddle")
        assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
        for receipt in before, after:
            judged(stage, receipt)
