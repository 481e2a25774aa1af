#!/bin/sh
# A poll that fails, with nothing but curl: the second status poll alone is answered with 500. First, in another terminal:
#   paystage serve
# It prints its address and the path of the token file; this script takes both.
set -eu
root=$1 token_file=$2

# One member of a flat JSON object.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
# The store's own hand. The token is read from its file and never printed.
control() {
    method=$1 url=$2
    shift 2
    curl -s -X "$method" "$url" -H "Authorization: Bearer $(cat "$token_file")" -H 'Content-Type: application/json' "$@"
}

# A session is a stage of one's own, at a path of its own; other tests go on beside it.
made=$(control POST "$root/control/sessions" -d '{"setup":{"buyer":"never answers"}}')
name=$(echo "$made" | field name)
base=$root$(echo "$made" | field base)
echo "session     $name"

control POST "$base/control/faults" -d '{"on":"status-answered","nth":2,"answer":{"status":500}}' >/dev/null

payment=$(curl -s -X POST "$base/mozpay/product/shiny-pony/buy" | field transactionID)
for poll in 1 2 3; do
    echo "poll $poll      $(curl -s -o /dev/null -w '%{http_code}' "$base/mozpay/transaction/$payment")"
done

# How often it has fired, of how often it may.
echo "used        $(control GET "$base/control/faults" | sed -n 's/.*"of":\([0-9]*\).*"used":\([0-9]*\).*/\2 of \1/p')"

control DELETE "$root/control/sessions/$name" >/dev/null
