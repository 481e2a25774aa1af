// A stage in a process of its own: starts `paystage serve`, speaks HTTP with it, stops it with the test.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

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
    if (said.length === 2) return new Stage(said[0], readFileSync(said[1], 'utf8').trim());
  }
  throw new Error('the stage ended before it said where it is');
}

class Stage {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /** A request of no client in particular; its answer must have status 200. */
  async ask(method, path, body) {
    const answer = await fetch(this.base + path, { method, body });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** Asks the control door. */
  async control(path, body) {
    const answer = await fetch(`${this.base}/control/${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/control/${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  command(command) {
    return this.control('command', command);
  }

  /** Lets time pass on a virtual clock; what falls due meanwhile happens. */
  advance(span) {
    return this.control('clock', { advance: span });
  }

  /** A whole purchase through the page's own routes. */
  async buy(product) {
    const { transactionID, webpayJWT } = JSON.parse(await this.ask('POST', `/mozpay/product/${product}/buy`));
    await this.ask('GET', `/mozpay/?req=${webpayJWT}`);
    await this.control('wait', { state: 'completed', transaction: transactionID });
    const { receipt } = JSON.parse(await this.ask('GET', `/mozpay/transaction/${transactionID}`));
    return { transaction: transactionID, receipt };
  }
}
