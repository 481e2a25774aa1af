#!/bin/sh
# A purchase with nothing but curl: buy, pay, poll, receipt, verify, reissue, refund. First, in another terminal:
#   paystage serve --buyer "you decide" --clock virtual
# It prints its address and the path of the token file; this script takes both.
set -eu
base=$1 token_file=$2

# One member of a flat JSON object.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
# The store's own hand: commands, the clock. The token is read from its file and never printed.
control() {
    curl -s "$base/control/$1" -H "Authorization: Bearer $(cat "$token_file")" -H 'Content-Type: application/json' -d "$2"
}
verify() { curl -s "$base/verify/" -H 'Content-Type: text/plain' --data-raw "$1"; echo; }
reissue() { curl -s "$base/api/v1/receipts/reissue/" -H 'Content-Type: text/plain' --data-raw "$1"; }

# Buy: a pay request, and the payment's id.
bought=$(curl -s -X POST "$base/mozpay/product/shiny-pony/buy")
request=$(echo "$bought" | field webpayJWT)
payment=$(echo "$bought" | field transactionID)
echo "bought      $payment"

# Pay: the window that a browser would show, and its button.
curl -s "$base/mozpay/?req=$request" >/dev/null
paid=$(curl -s "$base/mozpay/window/$payment/confirm" -H 'Content-Type: application/json' -d '{"pin":"1234"}')
echo "paid        $paid"

# Poll: completed, with the receipt.
receipt=$(curl -s "$base/mozpay/transaction/$payment" | field receipt)
echo "receipt     $(echo "$receipt" | cut -c 1-40)…"
echo "verify      $(verify "$receipt")"

# Half a year later the receipt has expired, and is traded for a fresh one.
control clock '{"advance":"183d"}' >/dev/null
echo "later       $(verify "$receipt")"
fresh=$(reissue "$receipt" | field receipt)
echo "reissued    $(verify "$fresh")"

# The money goes back: no receipt of this payment opens anything any more, and none is renewed.
control command "{\"do\":\"refund\",\"transaction\":\"$payment\"}" >/dev/null
echo "refunded    $(verify "$fresh")"
echo "no reissue  $(reissue "$fresh")"
