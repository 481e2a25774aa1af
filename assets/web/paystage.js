// Paystage: gives any page navigator.mozPay and navigator.mozApps, as devices of 2013 to 2015 had them.
//
//   <script src="http://127.0.0.1:7717/paystage.js"></script>
//
// This script plays the *device*: the user agent that stands between a page and the marketplace. It checks the form of what
// passes through it, opens the payment window, keeps receipts, and never checks a signature. Whoever wants to know whether a
// receipt is genuine must verify it; a device that stores one has proved nothing.
//
// Everything is simulated: no money moves.

(function () {
  "use strict";

  // ------------------------------------------------------------------------------------------------ the provider

  // The provider is whoever served this script. The path counts too: a session of its own lives under /s/<name>/.
  const script = document.currentScript;
  const home = new URL(".", script ? script.src : location.href);

  // What a device kept in its preferences: which `typ` of pay request belongs to which payment flow.
  const providers = {
    "mozilla/payments/pay/v1": { name: "Paystage", uri: home.href + "mozpay/?req=" },
  };

  // Who decides in the payment window, for this page: <script data-buyer="pays at once" src="…">. Without it, the run's own buyer.
  const buyer = script ? script.dataset.buyer : undefined;

  // ------------------------------------------------------------------------------------------------ errors

  // The historic names are what apps compare; the sentences are for people.
  const sentences = {
    INTERNAL_ERROR_CALL_WITH_MISSING_JWT: "mozPay was called without a pay request",
    PAY_REQUEST_ERROR_WRONG_SEGMENTS_COUNT: "The pay request has not exactly three parts",
    PAY_REQUEST_ERROR_EMPTY_PAYLOAD: "The pay request has no claims",
    PAY_REQUEST_ERROR_ERROR_DECODING_JWT: "The pay request's claims cannot be decoded",
    PAY_REQUEST_ERROR_ERROR_PARSING_JWT_PAYLOAD: "The pay request's claims are nothing",
    PAY_REQUEST_ERROR_NO_TYP_PARAMETER: "The pay request has no type",
    PAY_REQUEST_ERROR_NO_REQUEST_PARAMETER: "The pay request asks for nothing",
    INTERNAL_ERROR_NON_HTTPS_PROVIDER_URI: "The provider's address is not https",
    PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE: "Two pay requests have the same type",
    PAY_REQUEST_ERROR_NO_VALID_REQUEST_FOUND: "The device knows no provider for any of the pay requests",
    INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED: "The device cannot show a payment window",
    DIALOG_CLOSED_BY_USER: "The buyer closed the payment window",
    USER_CANCELLED: "The buyer pressed cancel",
    INVALID_PARAMETERS: "No receipt was given",
    RECEIPT_TOO_BIG: "The receipt is longer than 1 MiB",
    INVALID_SEGMENTS_NUMBER: "The receipt has not exactly three parts",
    INVALID_RECEIPT_ENCODING: "The receipt's claims are empty",
    RECEIPT_TYPE_REQUIRED: "The receipt has no type",
    RECEIPT_PRODUCT_REQUIRED: "The receipt names no product",
    RECEIPT_USER_REQUIRED: "The receipt names no user",
    RECEIPT_ISS_REQUIRED: "The receipt names no issuer",
    RECEIPT_NBF_REQUIRED: "The receipt does not say when the purchase was completed",
    RECEIPT_IAT_REQUIRED: "The receipt does not say when it was issued",
    RECEIPT_TYPE_UNSUPPORTED: "The type is none of the four types of receipts",
    RECEIPT_ERROR: "The receipt's claims cannot be decoded",
    TOO_MANY_RECEIPTS: "The app holds too many receipts already",
    RECEIPT_ALREADY_EXISTS: "This very receipt is stored already",
    NO_SUCH_RECEIPT: "The receipt to remove or replace is not stored",
  };

  class DeviceError extends Error {
    constructor(name, sentence) {
      super(sentence || sentences[name] || "The payment failed");
      this.name = name;
    }
  }

  // What every call of those days returned: an object that fires `success` or `error` later, once.
  // It is also thenable, so that `await navigator.mozPay([jwt])` works in pages of today.
  class DOMRequest extends EventTarget {
    constructor(work) {
      super();
      this.readyState = "pending";
      this.result = undefined;
      this.error = null;
      this.onsuccess = null;
      this.onerror = null;
      this.settled = new Promise(work);
      this.settled.then(
        (result) => this.finish("success", result, null),
        (error) => this.finish("error", undefined, error),
      );
    }

    // Promises settle after the running script has ended: a page has time to put its handlers in place.
    finish(type, result, error) {
      this.readyState = "done";
      this.result = result;
      this.error = error;
      const event = new Event(type);
      if (typeof this["on" + type] === "function") this["on" + type](event);
      this.dispatchEvent(event);
    }

    then(done, failed) {
      return this.settled.then(done, failed);
    }
  }

  // ------------------------------------------------------------------------------------------------ tokens

  // The claims of a token's middle part. The device maps base64url to base64, and reads each byte as one character.
  function decoded(part) {
    return atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  }

  // ------------------------------------------------------------------------------------------------ mozPay

  // The device's checks, in its order; the first that fails ends the call. It returns where the payment window is to be opened.
  // No signature is looked at: the device does not know the secret, only seller and provider do.
  function paymentUrl(requests) {
    const found = new Map();
    for (const request of requests) {
      if (!request) throw new DeviceError("INTERNAL_ERROR_CALL_WITH_MISSING_JWT");

      const segments = String(request).split(".");
      if (segments.length !== 3) throw new DeviceError("PAY_REQUEST_ERROR_WRONG_SEGMENTS_COUNT");

      let payload;
      let claims;
      try {
        payload = decoded(segments[1]);
      } catch {
        throw new DeviceError("PAY_REQUEST_ERROR_ERROR_DECODING_JWT");
      }
      if (!payload) throw new DeviceError("PAY_REQUEST_ERROR_EMPTY_PAYLOAD");
      try {
        claims = JSON.parse(payload);
      } catch {
        throw new DeviceError("PAY_REQUEST_ERROR_ERROR_DECODING_JWT");
      }
      if (!claims) throw new DeviceError("PAY_REQUEST_ERROR_ERROR_PARSING_JWT_PAYLOAD");
      if (!claims.typ) throw new DeviceError("PAY_REQUEST_ERROR_NO_TYP_PARAMETER");
      if (!claims.request) throw new DeviceError("PAY_REQUEST_ERROR_NO_REQUEST_PARAMETER");

      // A type that nobody is registered for is no error: one call may carry a request for each of several providers.
      if (!Object.hasOwn(providers, claims.typ)) continue;
      const provider = providers[claims.typ];

      // Real providers needed https. A browser trusts its own machine without it, and so does this device.
      if (!/^https:/.test(provider.uri) && !isOwnMachine(new URL(provider.uri).hostname)) {
        throw new DeviceError("INTERNAL_ERROR_NON_HTTPS_PROVIDER_URI");
      }
      if (found.has(claims.typ)) throw new DeviceError("PAY_REQUEST_ERROR_DUPLICATED_JWT_TYPE");
      found.set(claims.typ, provider.uri + encodeURIComponent(request));
    }
    if (found.size === 0) throw new DeviceError("PAY_REQUEST_ERROR_NO_VALID_REQUEST_FOUND");

    // Of several providers the buyer would choose. There is one here, so there is nothing to choose.
    const [url] = found.values();
    return buyer ? `${url}&buyer=${encodeURIComponent(buyer)}` : url;
  }

  function isOwnMachine(host) {
    return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
  }

  // How often to look whether the buyer has closed the window, and how long a page that was unloaded has to come back:
  // going from one page of the payment flow to the next unloads one too.
  const LOOK_MS = 500;
  const UNLOAD_MS = 300;

  // Success means only that the flow ended without an error. Whether anything was paid, the app must hear from its server.
  navigator.mozPay = function mozPay(requests) {
    return new DOMRequest((done, failed) => {
      const url = paymentUrl(Array.isArray(requests) ? requests : [requests]);

      // Now, and not a moment later: browsers open windows only for a click that they have just seen.
      const place = `popup,width=420,height=620,left=${screenX + 80},top=${screenY + 80}`;
      const open = () => {
        const opened = window.open(url, "_blank", place);
        if (opened) watch(opened, done, failed);
        return opened;
      };
      // Blocked, because the click is too long ago: a new click may open it.
      if (!open()) askForClick(open, failed);
    });
  };

  // Waits for the payment window's word, from its own origin alone: every other window can send messages too.
  function watch(paymentWindow, done, failed) {
    const timer = setInterval(lookWhetherClosed, LOOK_MS);
    addEventListener("message", hear);

    function hear(event) {
      if (event.origin !== home.origin || event.source !== paymentWindow) return;
      const { status, errorCode, sentence } = event.data || {};
      if (status === "unloaded") {
        setTimeout(lookWhetherClosed, UNLOAD_MS);
        return;
      }
      stop();
      paymentWindow.close();
      if (status === "ok") {
        done(null);
      } else {
        failed(new DeviceError(errorCode || "MISSING_ERROR_CODE", sentence));
      }
    }

    function lookWhetherClosed() {
      if (!paymentWindow.closed) return;
      stop();
      failed(new DeviceError("DIALOG_CLOSED_BY_USER"));
    }

    function stop() {
      clearInterval(timer);
      removeEventListener("message", hear);
    }
  }

  // A question in the page itself, for when the browser has blocked the payment window.
  function askForClick(open, failed) {
    const dialog = document.createElement("dialog");
    const words = document.createElement("p");
    const button = document.createElement("button");
    words.textContent = "Your browser held the payment window back";
    button.textContent = "Open the payment window";
    button.autofocus = true;
    let failure = "DIALOG_CLOSED_BY_USER";
    button.addEventListener("click", () => {
      failure = open() ? null : "INTERNAL_ERROR_CREATE_PAYMENT_GLUE_FAILED";
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (failure) failed(new DeviceError(failure));
    });
    dialog.append(words, button);
    document.body.append(dialog);
    dialog.showModal();
  }

  // ------------------------------------------------------------------------------------------------ receipts

  const RECEIPT_LENGTH_MAX = 1048576;
  const RECEIPTS_BEFORE_ADD_MAX = 500; // looked at before one is added, so 501 fit
  const TYPES = ["purchase-receipt", "developer-receipt", "reviewer-receipt", "test-receipt"];
  const REQUIRED = ["typ", "product", "user", "iss", "nbf", "iat"];

  // Browsers keep localStorage apart by origin, as devices kept receipts apart by app. Sessions share an origin, hence the path.
  const shelf = `paystage.receipts@${home.href}`;

  function stored() {
    try {
      const receipts = JSON.parse(localStorage.getItem(shelf));
      return Array.isArray(receipts) ? receipts : [];
    } catch {
      return [];
    }
  }

  function store(receipts) {
    localStorage.setItem(shelf, JSON.stringify(receipts));
  }

  // The form alone. exp, signature, product.url and issuer are the app's business, or nobody's.
  function checkReceipt(receipt) {
    if (!receipt) throw new DeviceError("INVALID_PARAMETERS");
    if (receipt.length > RECEIPT_LENGTH_MAX) throw new DeviceError("RECEIPT_TOO_BIG");

    // certificate~receipt: of exactly two parts the second is the receipt.
    const parts = String(receipt).split("~");
    const segments = (parts.length === 2 ? parts[1] : parts[0]).split(".");
    if (segments.length !== 3) throw new DeviceError("INVALID_SEGMENTS_NUMBER");

    let claims;
    try {
      claims = JSON.parse(decoded(segments[1]));
    } catch {
      throw new DeviceError("RECEIPT_ERROR");
    }
    if (!claims) throw new DeviceError("INVALID_RECEIPT_ENCODING");
    for (const name of REQUIRED) {
      if (!claims[name]) throw new DeviceError(name === "typ" ? "RECEIPT_TYPE_REQUIRED" : `RECEIPT_${name.toUpperCase()}_REQUIRED`);
    }
    if (!TYPES.includes(claims.typ)) throw new DeviceError("RECEIPT_TYPE_UNSUPPORTED");
  }

  // Each change of the store answers later with nothing, or with an error that has a name.
  function change(work) {
    return new DOMRequest((done) => {
      const receipts = stored();
      work(receipts);
      store(receipts);
      done(null);
    });
  }

  function placeOf(receipt, receipts) {
    const place = receipts.indexOf(receipt);
    if (place < 0) throw new DeviceError("NO_SUCH_RECEIPT");
    return place;
  }

  const app = {
    origin: location.origin,
    installOrigin: home.origin,
    manifestURL: location.origin + "/manifest.webapp",
    manifest: { name: document.title, installs_allowed_from: [home.origin] },

    // The receipts that are stored for this page's app, in the order in which they came.
    get receipts() {
      return stored();
    },

    addReceipt: (receipt) => change((receipts) => {
      checkReceipt(receipt);
      if (receipts.length > RECEIPTS_BEFORE_ADD_MAX) throw new DeviceError("TOO_MANY_RECEIPTS");
      if (receipts.includes(receipt)) throw new DeviceError("RECEIPT_ALREADY_EXISTS");
      receipts.push(receipt);
    }),

    removeReceipt: (receipt) => change((receipts) => {
      if (!receipt) throw new DeviceError("INVALID_PARAMETERS");
      receipts.splice(placeOf(receipt, receipts), 1);
    }),

    // As shipped, an app without any receipt got no answer at all; here it gets NO_SUCH_RECEIPT.
    replaceReceipt: (old, fresh) => change((receipts) => {
      if (!old) throw new DeviceError("INVALID_PARAMETERS");
      checkReceipt(fresh);
      receipts[placeOf(old, receipts)] = fresh;
    }),
  };

  navigator.mozApps = {
    // Every page with this script counts as an installed app.
    getSelf: () => new DOMRequest((done) => done(app)),
  };
})();
