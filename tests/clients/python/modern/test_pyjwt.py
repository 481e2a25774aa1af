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

