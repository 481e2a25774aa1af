// A stage of its own for each test. In another terminal `paystage serve`, which prints its address and the path of the token file.
// Then, where playwright-core is installed and with a Chromium of the system:
//   PAYSTAGE_URL=http://127.0.0.1:7717 PAYSTAGE_TOKEN=/path/of/the.token CHROMIUM=/usr/bin/chromium node --test

import { readFileSync } from 'node:fs';

const root = process.env.PAYSTAGE_URL;
const token = readFileSync(process.env.PAYSTAGE_TOKEN, 'utf8').trim();

/** One session: a run at a path of its own. It is gone when the test `t` is over. */
export class Stage {
  static async for(t, setup = {}) {
    const { name, base } = await ask('POST', '/control/sessions', { setup });
    t.after(() => ask('DELETE', `/control/sessions/${name}`));
    return new Stage(base);
  }

  constructor(base) {
    this.base = base;
    this.url = root + base;
  }

  /** Arms a fault: which message, the how manieth, and what happens to it. */
  arm(fault) {
    return ask('POST', `${this.base}/control/faults`, fault);
  }

  /** Waits until something is so: `{ state: 'completed' }`, `{ fault: 1 }`. */
  wait(condition) {
    return ask('POST', `${this.base}/control/wait`, condition);
  }

  command(command) {
    return ask('POST', `${this.base}/control/command`, command);
  }

  state() {
    return ask('GET', `${this.base}/control/state`);
  }
}

async function ask(method, path, body) {
  const answer = await fetch(root + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
