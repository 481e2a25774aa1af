// Pony Park: a web page that sells three things, from the click on Buy to the pony that wakes.
//
// The purchase is the function `buy` below: six steps, in the order in which they happen. Everything after it only draws.
// The page has no secret. It trusts a receipt for one reason: the store that signed it says that the purchase stands.

"use strict";

// The marketplace is one folder above this page.
const market = new URL("..", location.href).href.replace(/\/$/, "");

const POLLS_MAX = 10;
const POLL_MS = 1000;

// ---------------------------------------------------------------------------------------------------- the purchase

async function buy(product) {
  // 1. The app's server records the start of the transaction and signs a pay request. Hosted, that is the marketplace.
  //    The browser adds an Origin header by itself: it says which app is asking.
  const order = await send("Ask for a pay request", `${market}/mozpay/product/${product}/buy`, { method: "POST" });

  // 2. The device opens the payment window with it. Success says no more than that the window ended well.
  const paying = step("Hand it to the device: navigator.mozPay([jwt])", "mozPay", claimsOf(order.webpayJWT));
  await paying.until(navigator.mozPay([order.webpayJWT]));

  // 3. Whether it was paid, only the server knows: once a second, ten times.
  const receipt = await poll(product, market + order.contribStatusURL);

  // 4. The device keeps the receipt, so that it is still there tomorrow.
  const app = await navigator.mozApps.getSelf();
  await step("Install the receipt: app.addReceipt(receipt)", "addReceipt", claimsOf(receipt)).until(app.addReceipt(receipt));

  // 5. Is it genuine, and is it for this app? Only then
  await verify(receipt);

  // 6. the door opens.
  unlock(product);
  step("Access granted: the thing is yours", "open");
}

async function poll(product, statusUrl) {
  for (let tries = 1; tries <= POLLS_MAX; tries += 1) {
    tell(product, "warn", `waiting for the receipt, ${tries} of ${POLLS_MAX}`);
    const { status, receipt } = await send("Ask whether it is paid", statusUrl);
    if (status === "completed") return receipt;
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  throw failure("PurchaseTimeout", "No receipt came in time. If you have paid, look at your purchases");
}

// Throws unless the receipt opens this app, now. What the page can see for itself comes first; the store's word comes last.
async function verify(receipt) {
  const claims = claimsOf(receipt);

  // A receipt for another app is a genuine receipt. It opens another app.
  if (claims.product.url !== location.origin) {
    throw failure("ProductURLError", `This receipt was written for another app, ${claims.product.url}`);
  }
  // Anybody can sign receipts and run a service that says "ok" to them. This page trusts one store, and asks nobody else.
  if (claims.iss !== new URL(market).origin || new URL(claims.verify).origin !== claims.iss) {
    throw failure("InvalidReceiptIssuer", `This receipt is not from our store, but from ${claims.iss}`);
  }
  // The signature is the store's own, and so is the list of refunds: ask it. That tells the store that this app runs now.
  // (An app that does not want that checks the signature itself, with the keys from /.well-known/jwks.json.)
  const answer = await send("Ask the store whether the receipt stands", claims.verify, {
    method: "POST",
    headers: { "Content-Type": "text/plain" },
    body: receipt,
  });
  if (answer.status !== "ok") throw failure(answer.reason || answer.status, REFUSALS[answer.status] || "The store does not know this receipt");
}

const REFUSALS = {
  pending: "The payment has not been settled yet",
  refunded: "The money was given back, so the thing is too",
  expired: "The receipt is too old",
  invalid: "The store does not accept this receipt",
};

// What was bought before: each stored receipt opens its product again, if it still verifies.
async function restore() {
  const app = await navigator.mozApps.getSelf();
  for (const receipt of app.receipts) {
    // The store's own key for what was sold: product.storedata is a query string, and inapp_id the product.
    const product = new URLSearchParams(claimsOf(receipt).product.storedata).get("inapp_id");
    if (!wares.has(product)) continue;
    try {
      await verify(receipt).catch((error) => renew(app, receipt, error));
      unlock(product);
    } catch (error) {
      refuse(product, error);
    }
  }
}

// A receipt does not live for ever. The store trades an expired one for a fresh one, without asking the buyer anything.
async function renew(app, receipt, error) {
  if (error.name !== "expired") throw error;
  const answer = await send("Trade the expired receipt for a fresh one", claimsOf(receipt).reissue, {
    method: "POST",
    headers: { "Content-Type": "text/plain" },
    body: receipt,
  });
  await app.replaceReceipt(receipt, answer.receipt);
  await verify(answer.receipt);
}

// ---------------------------------------------------------------------------------------------------- tokens and errors

// What a token says. Reading is not believing: nobody has checked a signature here.
function claimsOf(token) {
  const payload = token.split("~").pop().split(".")[1];
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

// An error as the device makes them: `name` is what programs compare, `message` is what people read.
function failure(name, message) {
  return Object.assign(new Error(message), { name });
}

// Sends a request and shows it in the list, with its answer.
async function send(words, url, request = {}) {
  const shown = step(words, `${request.method || "GET"} ${new URL(url).pathname}`);
  let answer;
  try {
    answer = await fetch(url, { cache: "no-store", ...request });
  } catch {
    throw shown.fails(failure("ConnectionError", "The store cannot be reached"));
  }
  const body = await answer.json().catch(() => ({}));
  shown.answers(answer.status, body);
  if (!answer.ok) throw shown.fails(failure(body.error_code || `HTTP ${answer.status}`, body.error || "The store refused"));
  return body;
}

// ---------------------------------------------------------------------------------------------------- the page

const wares = new Map([...document.querySelectorAll("[data-product]")].map((ware) => [ware.dataset.product, ware]));
const pony = document.getElementById("pony");
const steps = document.getElementById("steps");

for (const [product, ware] of wares) {
  ware.querySelector("button").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    steps.replaceChildren();
    tell(product, "warn", "in the payment window");
    try {
      await buy(product);
    } catch (error) {
      refuse(product, error);
    }
    button.disabled = isOwned(product);
  });
}

function isOwned(product) {
  return document.body.classList.contains(`has-${product}`);
}

function unlock(product) {
  document.body.classList.add(`has-${product}`);
  tell(product, "ok", "yours");
  const button = wares.get(product).querySelector("button");
  button.disabled = true;
  button.textContent = "Bought";
  pony.disabled = !isOwned("shiny-pony");
  mood(pony.disabled ? "The pony still sleeps, but looks better" : "The pony is awake. Click it to play");
}

// The sentence first, then the historic code.
function refuse(product, error) {
  tell(product, "bad", "not yours", error);
  step(error.message, error.name).fails(error);
}

function tell(product, tone, words, error) {
  const chip = Object.assign(document.createElement("span"), { className: `chip ${tone}`, textContent: words });
  const parts = [chip];
  if (error) {
    const sentence = document.createElement("span");
    const code = Object.assign(document.createElement("span"), { className: "code", textContent: error.name });
    sentence.append(` ${error.message} `, code);
    parts.push(sentence);
  }
  wares.get(product).querySelector(".state").replaceChildren(...parts);
}

function mood(words) {
  document.getElementById("mood").textContent = words;
}

const JUMPS = ["Hop!", "Higher!", "The pony clears the fence, and thinks better of it", "One more, says the pony"];
let jumps = 0;
pony.addEventListener("click", () => {
  pony.classList.remove("jumps");
  void pony.offsetWidth; // makes the browser see that the class was gone, so that the jump begins anew
  pony.classList.add("jumps");
  mood(JUMPS[jumps % JUMPS.length]);
  jumps += 1;
});

// One line of the list. `details` is what was sent; the answer joins it.
function step(words, wire, details) {
  document.getElementById("plan").hidden = true;
  const line = document.createElement("li");
  line.className = "step";
  const text = element("div", "");
  const answer = element("span", "answer");
  const call = element("div", "wire");
  call.append(element("span", "call", wire), answer);
  text.append(element("div", "words", words), call);
  line.append(text);
  steps.append(line);
  if (details) unfold("What it says", details);

  function unfold(title, content) {
    const more = document.createElement("details");
    more.append(element("summary", "", title), element("pre", "", JSON.stringify(content, null, 2)));
    text.append(more);
  }

  const shown = {
    answers(status, body) {
      answer.textContent = status;
      unfold("The answer", body);
    },
    fails(error) {
      line.classList.add("bad");
      if (!answer.textContent) answer.textContent = error.name;
      return error;
    },
    // Waits for a call into the device, and notes how it ended.
    async until(request) {
      try {
        const result = await request;
        answer.textContent = "success";
        return result;
      } catch (error) {
        throw shown.fails(error);
      }
    },
  };
  return shown;
}

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

// The app is known to the store by one address, and `localhost` is another one than 127.0.0.1.
if (location.hostname === "localhost") {
  location.hostname = "127.0.0.1";
} else {
  restore();
}
