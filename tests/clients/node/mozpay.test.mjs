// mozpay for node, as an app server of 2013: signs pay requests, takes the notices of the stage, answers them.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import pay from 'mozpay';

import { start } from './stage.mjs';

const key = 'pony-park-2013';
const secret = 'not-a-secret-but-long-enough-for-hs256';
const audience = 'marketplace.firefox.com';

/** The little of express 2 that the library touches: `app.post`, `req.param`, `res.send`. */
class Express extends EventEmitter {
  routes = new Map();
  answered = [];

  post(path, handler) {
    this.routes.set(path, handler);
  }

  async listen(t) {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const fields = new URLSearchParams(body);
      request.param = (name) => fields.get(name);
      response.send = (answer) => {
        this.answered.push(answer);
        const status = typeof answer === 'number' ? answer : 200;
        response.writeHead(status).end(status === answer ? '' : answer);
        this.emit('answer');
      };
      this.routes.get(request.url)(request, response);
    });
    t.after(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  }
}

/** An app server with the library in it, and a stage on which that app is known. */
async function shop(t, ...options) {
  const app = new Express();
  const origin = await app.listen(t);
  pay.removeAllListeners();
  pay.routes(app, { mozPayKey: key, mozPaySecret: secret, mozPayAudience: audience });
  const stage = await start(
    t,
    `hosting = "classic"
seats = { app-page = "external", app-server = "external" }
names = { provider = "${audience}", app = { origin = "${origin}", key = "${key}", secret = "${secret}" } }
`,
    ...options,
  );
  const request = {
    id: 'shiny-pony',
    pricePoint: '1',
    name: 'Shiny Pony',
    description: 'A pony that shines',
    productData: 'order=17',
    postbackURL: `${origin}/mozpay/postback`,
    chargebackURL: `${origin}/mozpay/chargeback`,
  };
  return { app, stage, request };
}

const open = (stage, jwt) => fetch(`${stage.base}/mozpay/?req=${jwt}`).then((answer) => answer.text());

test('a paid request comes back as a notice that the library takes', async (t) => {
  const { app, stage, request } = await shop(t);
  const arrived = once(pay, 'postback');
  await open(stage, pay.request(request));
  const [notice] = await arrived;
  assert.deepEqual(notice.request, request);
  assert.equal(notice.aud, key);
  assert.equal(notice.iss, audience);
  assert.deepEqual(notice.response.price, { amount: '0.99', currency: 'USD' });
  assert.deepEqual(app.answered, [notice.response.transactionID]);
});

test('money given back comes as a chargeback', async (t) => {
  const { stage, request } = await shop(t);
  const arrived = once(pay, 'postback');
  await open(stage, pay.request(request));
  const [{ response }] = await arrived;
  const back = once(pay, 'chargeback');
  await stage.command({ do: 'refund', transaction: response.transactionID });
  const [notice] = await back;
  assert.equal(notice.response.transactionID, response.transactionID);
  assert.equal(notice.response.reason, 'refund');
});

test('a request signed with another secret is refused, and the library hears nothing', async (t) => {
  const { app, stage, request } = await shop(t);
  pay.configure({ mozPayKey: key, mozPaySecret: 'some-other-secret-that-nobody-knows', mozPayAudience: audience });
  assert.match(await open(stage, pay.request(request)), /INVALID_JWT/);
  assert.deepEqual(app.answered, []);
});

test('a library with another secret says 400 to each of six deliveries', async (t) => {
  const { app, stage, request } = await shop(t, '--clock', 'virtual');
  const jwt = pay.request(request);
  pay.configure({ mozPayKey: key, mozPaySecret: 'some-other-secret-that-nobody-knows', mozPayAudience: audience });
  await open(stage, jwt);
  await stage.advance('1d');
  while (app.answered.length < 6) await once(app, 'answer', { signal: AbortSignal.timeout(20_000) });
  assert.deepEqual(app.answered, Array(6).fill(400));
});
