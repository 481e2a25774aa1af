"""The reports of `run --junit` and `conform --junit` beside the schema that Jenkins' xUnit plugin holds reports against."""

import hashlib
import os
import pathlib
import shlex
import subprocess

import pytest
from lxml import etree

SHA256 = "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6"

GOOD = """title = "One pony"
why = "A test plays it."

[[steps]]
buy = "shiny-pony"

[[steps]]
run = "until idle"

[expect]
access = ["shiny-pony"]
"""
BAD = GOOD.replace('access = ["shiny-pony"]', "access = []")
# Whatever XML cannot hold, in a title; and what would close an element.
HOSTILE = BAD.replace('"One pony"', r'"</testcase>]]>&\u0007\uFFFE\u001b[2J\" disabled=\"0\""')
UNREADABLE = GOOD.replace("buy =", "bye =")


@pytest.fixture(scope="module")
def schema():
    text = pathlib.Path(os.environ["JUNIT_SCHEMA"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == SHA256, "another schema than the one that was read and chosen"
    return etree.XMLSchema(etree.fromstring(text))


def paystage(folder, *words, code):
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    ended = subprocess.run(
        [os.environ["PAYSTAGE"], *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    assert ended.returncode == code, ended.stderr.decode()


def report(folder, *words, code=0):
    """What the program writes for these words, as a document."""
    paystage(folder, *words, "--junit", "report.xml", code=code)
    return etree.parse(folder / "report.xml")


def holds(schema, document):
    schema.assertValid(document)
    # Sums that no schema can count.
    for element in document.iter("testsuites", "testsuite"):
        for name, what in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")]:
            assert int(element.get(name)) == len(list(element.iter(what))), name


def test_suites_that_pass_and_fail_and_break(schema, tmp_path):
    for name, text in [("good", GOOD), ("bad", BAD), ("hostile", HOSTILE), ("broken", UNREADABLE)]:
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "garbage.toml").write_bytes(b"\xff\x00\x01<&")
    good = report(tmp_path, "run", "good.toml", "plain-hosted")
    holds(schema, good)
    assert not list(good.iter("failure", "error"))
    bad = report(tmp_path, "run", "good.toml", "bad.toml", "hostile.toml", code=1)
    holds(schema, bad)
    messages = [failure.get("message") for failure in bad.iter("failure")]
    assert messages[0].startswith('bad.toml:11: access: expected [], found ["shiny-pony"] (step ')
    assert len(messages) == 2
    for words in [["."], ["broken.toml", "no-such-name"]]:
        broken = report(tmp_path, "run", *words, code=2)
        holds(schema, broken)
        assert any("broken.toml:5:1" in error.get("message") for error in broken.iter("error"))


def test_all_that_is_built_in_and_its_shares(schema, tmp_path):
    whole = report(tmp_path, "run")
    holds(schema, whole)
    names = {case.get("name") for case in whole.iter("testcase")}
    shared = set()
    for number in (1, 2, 3):
        share = report(tmp_path, "run", "--shard", f"{number}/3")
        holds(schema, share)
        assert share.find("testsuite").get("name") == f"paystage run {number}/3"
        shared |= {case.get("name") for case in share.iter("testcase")}
    assert shared == names and len(names) > 120


def test_verifiers_that_are_right_and_careless_and_silent(schema, tmp_path):
    part = ["--algorithm", "EdDSA", "--at", "2023-11-14T22:13:20Z"]
    paystage(tmp_path, "forge", "--out", "corpus", "--kind", "receipt", *part, code=0)
    keys = "--keys corpus/keys/issuer.jwks --issuer https://market.example --app https://pony.example"
    verify = f"{shlex.quote(os.environ['PAYSTAGE'])} verify - {keys} --at {part[3]}"
    careless = f"{verify} --off product"
    for verifier, kind, code in [(verify, None, 0), (careless, "failure", 1), ("kill -SEGV $$", "error", 1)]:
        document = report(tmp_path, "conform", "--verifier", verifier, *part, code=code)
        holds(schema, document)
        assert {element.tag for element in document.iter("failure", "error")} == ({kind} if kind else set())


def test_the_schema_refuses_what_servers_refuse(schema, tmp_path):
    (tmp_path / "bad.toml").write_text(BAD)
    document = report(tmp_path, "run", "bad.toml", code=1)
    for spoil in [
        lambda root: root[0].set("disabled", "0"),
        lambda root: root[0].attrib.pop("tests"),
        lambda root: root[0].set("time", "soon"),
        lambda root: root[0][0].attrib.pop("name"),
        lambda root: etree.SubElement(root[0][0], "broken"),
    ]:
        root = etree.fromstring(etree.tostring(document))
        assert schema.validate(root)
        spoil(root)
        assert not schema.validate(root)
