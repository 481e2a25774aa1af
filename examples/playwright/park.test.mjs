// Pony Park in a real browser, on good days and on bad ones. Put your own app in its place.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

import { Stage } from './stage.mjs';

let browser;
before(async () => {
  // Root has no sandbox to hide in; whoever runs tests as root, in a container, does without.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args });
});
after(() => browser?.close());

/** A stage, and the app on it in a browser that has never bought anything. */
async function park(t) {
  const stage = await Stage.for(t);
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${stage.url}/demo/`);
  return { stage, page, ware: page.locator('[data-product="shiny-pony"]') };
}

/** Clicks Buy, and gives back the payment window that opens. */
async function buy(page, ware) {
  const opened = page.waitForEvent('popup');
  await ware.getByRole('button').click();
  return opened;
}

async function pay(window) {
  await window.getByLabel('PIN').fill('1234');
  await window.getByRole('button', { name: /^Pay/ }).click();
}

test('what is paid is opened', async (t) => {
  const { stage, page, ware } = await park(t);
  await pay(await buy(page, ware));
  await ware.getByText('yours', { exact: true }).waitFor();
  const { transactions } = await stage.state();
  assert.equal(transactions.length, 1, 'charged once');
  assert.equal(transactions[0].state, 'completed');
});

test('what is cancelled stays closed, and the page says why', async (t) => {
  const { page, ware } = await park(t);
  const window = await buy(page, ware);
  await window.getByRole('button', { name: 'Cancel' }).click();
  await ware.getByText('USER_CANCELLED').waitFor();
  assert.ok(await ware.getByRole('button').isEnabled(), 'the buyer may try again');
});

test('a store that says refunded closes what was paid', async (t) => {
  const { stage, page, ware } = await park(t);
  const fault = await stage.arm({ on: 'verify-answered', first: 1, answer: { status: 'refunded' } });
  await pay(await buy(page, ware));
  await ware.getByText('The money was given back').waitFor();
  await stage.wait({ fault: fault.id });
});

test('a refund is noticed when the app is opened again', async (t) => {
  const { stage, page, ware } = await park(t);
  await pay(await buy(page, ware));
  await ware.getByText('yours', { exact: true }).waitFor();
  const { transactions } = await stage.state();
  await stage.command({ do: 'refund', transaction: transactions[0].transaction });
  await stage.wait({ state: 'refunded' });
  await page.reload();
  await ware.getByText('not yours').waitFor();
});
