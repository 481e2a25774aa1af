//! What each dial that takes values offers first: values worth trying, with what they show.

use crate::protocol::dial::Position;

pub(crate) const SPAN_FORM: &str = "a span such as 12s, 1500ms, 30m, 2h or 182d";
pub(crate) const SKEW_FORM: &str = "a span such as 5s, or -5s for a clock that is behind";

const fn offer(name: &'static str, label: &'static str, meaning: &'static str) -> Position {
    Position { name, label, meaning }
}

pub(crate) const INTERVALS: &[Position] = &[
    offer("1s", "1 s", "As the design asks for"),
    offer("500ms", "0.5 s", "Impatient: twice as many requests for the same wait"),
    offer("3s", "3 s", "Gentle on the server; ten polls wait half a minute"),
    offer("30s", "30 s", "Ten polls wait five minutes, as long as a payment may take"),
];

pub(crate) const TRIES: &[Position] = &[
    offer("10", "10", "As the design asks for: at one a second, ten seconds and no more"),
    offer("15", "15", "Enough for a buyer who thinks for 12 seconds"),
    offer("60", "60", "A minute at one a second"),
    offer("1", "1", "One look, then never again"),
];

pub(crate) const STARTS: &[Position] = &[
    offer("2026-11-22T10:04:00Z", "22 Nov 2026", "The day on which all built-in runs begin"),
    offer("2038-01-19T03:14:00Z", "19 Jan 2038", "Seconds before times outgrow 32 bits with a sign"),
    offer("2012-08-17T12:00:00Z", "17 Aug 2012", "The day of the privacy changes"),
];

pub(crate) const LATENCIES: &[Position] = &[
    offer("40ms", "40 ms", "A good connection"),
    offer("0s", "None", "Everything arrives at once"),
    offer("300ms", "0.3 s", "A mobile connection of 2013"),
    offer("2s", "2 s", "Slower than the app polls"),
];

pub(crate) const LIVES: &[Position] = &[
    offer("182d", "182 days", "Half a year, as the store gave them"),
    offer("30d", "30 days", "A month; the app reissues more often"),
    offer("1h", "1 hour", "Short enough to watch a receipt expire"),
    offer("5s", "5 s", "Expired almost before the app has it"),
    offer("0s", "None", "Expired when it is written"),
];

pub(crate) const SKEWS: &[Position] = &[
    offer("0s", "Right", "This clock shows the true time"),
    offer("5s", "5 s fast", "As wrong as an ordinary clock may be"),
    offer("-5s", "5 s slow", "What was written just now has not begun yet"),
    offer("1h", "1 h fast", "A wrong time zone"),
    offer("-1h", "1 h slow", "A wrong time zone, the other way"),
    offer("365d", "A year fast", "Every receipt has expired"),
    offer("-365d", "A year slow", "No receipt has begun yet"),
];

pub(crate) const BUYERS: &[Position] = &[
    offer("pays at once", "Pays at once", "Confirms with the right PIN as soon as the price is shown"),
    offer("pays after 12 s", "Pays after 12 s", "Thinks longer than ten polls last"),
    offer("cancels", "Cancels", "Presses Cancel"),
    offer("closes the window", "Closes the window", "Closes the payment window"),
    offer("wrong pin five times", "Wrong PIN five times", "Types a wrong PIN until the window locks"),
    offer("never answers", "Never answers", "Leaves the window open and walks away"),
    offer("declines", "Declines", "Confirms, and the provider declines: there is no money on the card"),
    offer("charges back tomorrow", "Charges back tomorrow", "Pays, and has the bank take the money back a day later"),
    offer("you decide", "You decide", "The simulated buyer waits, and you act in the payment window"),
];

pub(crate) const PROVIDERS: &[Position] = &[
    offer("charges", "Charges", "The money moves"),
    offer("declines", "Declines", "The card has no funds"),
    offer("leads elsewhere", "Leads elsewhere", "Wants the buyer to visit a site that the payment page does not know"),
    offer("settles after 30 s", "Settles after 30 s", "Says pending at first, and charged later"),
    offer("leaves pending", "Leaves pending", "Says pending, and never anything else"),
    offer("never answers", "Never answers", "Does not answer at all"),
];

pub(crate) const SERVERS: &[Position] = &[
    offer("answers rightly", "Answers rightly", "200 with the transaction's id as the body"),
    offer(
        "books each notice",
        "Books each notice",
        "Answers rightly, and enters a notice that comes again a second time",
    ),
    offer("answers wrong body", "Answers a wrong body", "200 with the body OK, as many developers did"),
    offer("answers with spaces", "Answers with spaces", "200 with the id, and white space around it"),
    offer("answers after 6 s", "Answers after 6 s", "Rightly, but later than the store waits"),
    offer("answers error", "Answers an error", "500"),
    offer("never answers", "Never answers", "The request hangs until it times out"),
];
