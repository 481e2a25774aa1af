// The payment window's own script: sends what the buyer decides, shows how it ended, and tells whoever opened the window.
//
// It holds no secret and decides nothing. The marketplace keeps the payment's state; this page asks for it and draws it.

"use strict";

// What the server knew when it made the page: { state, tries_left, failure }. Absent where the pay request was refused at once.
const first = JSON.parse(document.body.dataset.state);
// Where this payment is to be found; empty for a refused pay request.
const here = document.body.dataset.window;

const part = (id) => document.getElementById(id);

// How often to look whether somebody else decided (a character, or the desktop window), or whether the provider has answered.
const LOOK_MS = 1000;

let isOver = false; // the flow has ended, and was reported
let isLeft = false; // the buyer has walked away
let looking = null;

// ---------------------------------------------------------------------------------------------------- the outside

// A device of 2013 gave payment pages `mozPaymentProvider`. In an ordinary browser the page that opened this window is told by a
// message. Its origin is not known here, so the message goes to any (`*`): it says no more than "ok" or an error's name.
function report(failure) {
  const device = window.mozPaymentProvider;
  if (failure) {
    device?.paymentFailed(failure.code);
    window.opener?.postMessage({ status: "failed", errorCode: failure.code, sentence: failure.sentence }, "*");
  } else {
    device?.paymentSuccess();
    window.opener?.postMessage({ status: "ok" }, "*");
  }
}

// Asks the marketplace, or tells it something. JSON, so that no form on another site can do the same (its origin is checked too).
async function ask(what, body) {
  const request = body === undefined
    ? { cache: "no-store" }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(here + what, request);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

// ---------------------------------------------------------------------------------------------------- what is shown

// state: "asking" the buyer, "charging" at the provider, "ended" well or with a failure { code, sentence, fix }.
function show({ state, tries_left: triesLeft, failure }) {
  if (isOver) return;
  part("asking").hidden = state !== "asking" || isLeft;
  part("characters").hidden = state !== "asking" || isLeft;
  part("away").hidden = state !== "asking" || !isLeft;
  part("working").hidden = state !== "charging";
  part("outcome").hidden = state !== "ended";
  clearTimeout(looking);

  if (state === "asking") {
    if (triesLeft !== undefined && triesLeft !== null) {
      part("problem").textContent = `Wrong PIN, ${triesLeft === 1 ? "1 try" : triesLeft + " tries"} left`;
    }
    enable(true);
  }
  if (state === "ended") {
    isOver = true;
    part("outcome").classList.add(failure ? "bad" : "ok");
    part("sentence").textContent = failure ? failure.sentence : "Paid. You can close this window";
    part("code").textContent = failure ? failure.code : "";
    part("advice").textContent = failure ? failure.fix : "";
    report(failure);
  } else {
    looking = setTimeout(() => ask("").then(show, unreachable), LOOK_MS);
  }
}

function unreachable(error) {
  part("problem").textContent = `The marketplace cannot be reached: ${error.message}`;
  enable(true);
  looking = setTimeout(() => ask("").then(show, unreachable), LOOK_MS);
}

function enable(isEnabled) {
  for (const button of document.querySelectorAll("button")) button.disabled = !isEnabled;
}

// ---------------------------------------------------------------------------------------------------- what the buyer does

async function does(what, body = {}) {
  clearTimeout(looking);
  enable(false);
  try {
    show(await ask(what, body));
  } catch (error) {
    unreachable(error);
  }
}

part("asking").addEventListener("submit", (event) => {
  event.preventDefault();
  const pin = part("pin").value;
  part("pin").value = "";
  part("pin").focus();
  does("/confirm", { pin });
});

part("cancel").addEventListener("click", () => does("/cancel"));

// The characters do what a person could do here by hand.
const characters = {
  pays: (button) => does("/confirm", { pin: button.dataset.pin }),
  cancels: () => does("/cancel"),
  closes: () => window.close(),
  leaves: () => {
    isLeft = true;
    show(first);
  },
  mistypes: async () => {
    for (let tries = 0; tries < 5 && !isOver; tries += 1) await does("/confirm", { pin: "0000" });
  },
};
for (const button of document.querySelectorAll("[data-character]")) {
  button.addEventListener("click", () => characters[button.dataset.character](button));
}

// Closing the window is a decision too: the marketplace is told, and so is the page that opened it. That page waits a moment
// before it believes that the window is gone, for a page is unloaded also when another one follows.
addEventListener("pagehide", () => {
  window.opener?.postMessage({ status: "unloaded" }, "*");
  if (!isOver && here) {
    fetch(here + "/close", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}", keepalive: true });
  }
});

show(first);
part("pin").focus();
