// The purchase history's script: "Get receipt" asks the marketplace for a receipt of a payment that was made before.
//
// Where the app lives at this very address, as Pony Park does, the receipt is installed for it at once. For any other app it is
// shown, to be copied: a page can put receipts only into its own app's store.

"use strict";

const base = document.body.dataset.base;

for (const purchase of document.querySelectorAll("[data-transaction]")) {
  const button = purchase.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const words = purchase.querySelector("[role=status]");
    purchase.querySelector(".handed").hidden = false;
    try {
      const receipt = await receiptOf(purchase.dataset.transaction);
      const text = purchase.querySelector("textarea");
      text.value = receipt;
      text.hidden = false;
      words.textContent = await install(receipt);
    } catch (error) {
      words.textContent = error.message;
      purchase.querySelector("textarea").hidden = true;
    }
    button.disabled = false;
  });
}

async function receiptOf(transaction) {
  const answer = await fetch(`${base}purchases/${encodeURIComponent(transaction)}/receipt`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ? `${body.error} (${body.error_code})` : `The marketplace answered ${answer.status}`);
  return body.receipt;
}

async function install(receipt) {
  const payload = receipt.split("~").pop().split(".")[1];
  const { product } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
  if (product.url !== location.origin) return `Copy it, and give it to ${product.url}`;
  const app = await navigator.mozApps.getSelf();
  await app.addReceipt(receipt);
  return "Installed for Pony Park, which verifies it when you go there";
}
