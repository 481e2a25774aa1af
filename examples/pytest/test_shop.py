"""What the shop does when its store has a bad day."""

import urllib.request

import pytest
import shop


def buys(stage, product="shiny-pony", tries=10):
    return shop.buy(
        stage.url,
        product,
        open_window=lambda page: urllib.request.urlopen(page).close(),
        pause=lambda: stage.advance("1s"),
        tries=tries,
    )


def test_what_is_paid_is_opened(stage):
    stage = stage(buyer="pays at once")
    receipt = buys(stage)
    shop.check(stage.url, receipt)


def test_what_is_cancelled_stays_closed(stage):
    with pytest.raises(shop.NotBought, match="in time"):
        buys(stage(buyer="cancels"))


def test_a_poll_that_fails_loses_no_payment(stage):
    stage = stage(buyer="pays after 3 s")
    fault = stage.arm(on="status-answered", nth=2, answer={"status": 500})
    assert (fault["used"], fault["of"]) == (0, 1)
    shop.check(stage.url, buys(stage))
    (fault,) = stage.state()["faults"]["armed"]
    assert (fault["used"], fault["of"]) == (1, 1)


def test_a_buyer_who_thinks_longer_than_the_shop_waits_has_paid_for_nothing(stage):
    stage = stage(buyer="pays after 12 s")
    with pytest.raises(shop.NotBought):
        buys(stage)
    stage.advance("1m")
    (payment,) = stage.state()["transactions"]
    assert payment["state"] == "completed", "the money is gone, and the shop does not know"


def test_a_refund_closes_what_was_open(stage):
    stage = stage(buyer="pays at once")
    receipt = buys(stage)
    (payment,) = stage.state()["transactions"]
    stage.command("refund", transaction=payment["transaction"])
    with pytest.raises(shop.NotBought, match="refunded"):
        shop.check(stage.url, receipt)


def test_a_receipt_is_refused_when_its_time_is_over(stage):
    stage = stage(buyer="pays at once")
    receipt = buys(stage)
    stage.advance("183d")
    with pytest.raises(shop.NotBought, match="expired"):
        shop.check(stage.url, receipt)
