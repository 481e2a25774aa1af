// A stage in a process of its own: starts `paystage serve`, speaks HTTP with it, stops it with the test.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long a buyer may take, in milliseconds. */
const patience = 20_000;

/** Starts a stage with this set-up (TOML, the fields of a scenario's [setup]); `t` is the test that it ends with. */
export async function start(t, setup = '', ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'paystage-'));
  const file = join(folder, 'setup.toml');
  writeFileSync(file, setup);
  const child = spawn(
    process.env.PAYSTAGE,
    ['serve', '--port', '0', '--store', ':memory:', '--setup', file, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, XDG_RUNTIME_DIR: folder, XDG_STATE_HOME: folder } },
  );
  t.after(() => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const said = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === 2) return new Stage(said[0]);
  }
  throw new Error('the stage ended before it said where it is');
}

class Stage {
  constructor(base) {
    this.base = base;
  }

  /** A request of no client in particular; its answer must have status 200. */
  async ask(method, path, body) {
    const answer = await fetch(this.base + path, { method, body });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** A whole purchase through the page's own routes. */
  async buy(product) {
    const { transactionID: transaction, webpayJWT: jwt } = JSON.parse(await this.ask('POST', `/mozpay/product/${product}/buy`));
    await this.ask('GET', `/mozpay/?req=${jwt}`);
    const until = Date.now() + patience;
    while (Date.now() < until) {
      const { status, receipt } = JSON.parse(await this.ask('GET', `/mozpay/transaction/${transaction}`));
      if (status === 'completed') return { transaction, receipt };
    }
    throw new Error(`${transaction} is never completed`);
  }
}
