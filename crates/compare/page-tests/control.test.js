// What the page wishes, the run does; and what another page wishes, it does not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test from 'node:test';
import { open, reads, replay } from './helpers.js';

test('a pause stops the run, and it goes on from there', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  const other = await open(run);
  run.tell(5);
  await reads(page, '#state', /^throughput/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await reads(page, '#state', /^Will pause after /);
  await reads(other, '#pause', 'Go on');
  // It may tell all, but what is wished holds between two measurements.
  run.tell('all');
  await run.wrote('paused');
  await reads(page, '#state', 'Paused');
  const told = await page.locator('#progress').evaluate((progress) => progress.value);
  assert.equal(told, 1);
  await page.getByRole('tab', { name: 'crash' }).click();
  await page.reload();
  await reads(page, '#state', 'Paused');
  assert.equal(await page.locator('#progress').evaluate((progress) => progress.value), told);
  assert.equal(run.lines.at(-1), 'paused');
  await other.getByRole('button', { name: 'Go on' }).click();
  await reads(page, '#state', 'All is measured');
  const at = run.lines.indexOf('paused');
  assert.equal(run.lines[at + 1], 'resumed');
  assert.match(run.lines[at + 2], /^started throughput .* 1$/);
});

test('scenarios can be left out, and taken in again', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(5);
  await reads(page, '#state', /^throughput/);
  const box = (name) => page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
  assert(await box('throughput').isDisabled(), 'it has begun');
  const phase = (number) => `#tab-${number} .phase`;
  await box('latency').uncheck();
  await reads(page, phase(1), 'left out');
  await box('crash').uncheck();
  await reads(page, phase(3), 'left out');
  await box('latency').check();
  await reads(page, phase(1), 'to come');
  assert.equal(await page.locator('#progress').evaluate((progress) => progress.max), 3 * 8 * 3);
  await page.reload();
  await reads(page, phase(3), 'left out');
  run.tell('all');
  await reads(page, '#state', 'All is measured');
  await reads(page, phase(3), 'left out');
  await reads(page, phase(1), 'done');
  const began = new Set(run.lines.filter((line) => line.startsWith('started')).map((line) => line.split(' ')[1]));
  assert.deepEqual([...began], ['throughput', 'latency', 'idle-crowd']);
});

test('a box stays as it was set while the run is slow to answer', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(3);
  await reads(page, '.lane.now .rate', /^[\d,]+$/);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/scenarios', async (route) => {
    await held;
    await route.continue();
  });
  const box = page.getByRole('checkbox', { name: /^crash/ });
  await box.uncheck();
  const rate = await page.locator('.lane.now .rate').textContent();
  run.tell(1);
  await page.waitForFunction((rate) => document.querySelector('.lane.now .rate').textContent !== rate, rate);
  assert(!(await box.isChecked()), 'it was drawn again meanwhile');
  release();
  await reads(page, '#tab-3 .phase', 'left out');
  assert(!(await box.isChecked()));
});

test('what is refused is told, and undone', async (t) => {
  const run = await replay(t);
  const page = await open(run, {}, (text) => text.includes('400'));
  run.tell(3);
  await reads(page, '#state', /^throughput/);
  await page.route('**/scenarios', (route) => route.continue({ postData: '["other"]' }));
  const box = page.getByRole('checkbox', { name: /^crash/ });
  await box.click();
  await reads(page, '#notice', /^That was refused: no scenario "other" is planned/);
  await page.waitForFunction(() => document.querySelector('#boxes input[value="crash"]').checked);
});

test('another page in the same browser cannot control the run', async (t) => {
  const run = await replay(t);
  const own = await open(run);
  run.tell(5);
  await reads(own, '#state', /^throughput/);
  const server = createServer((_, reply) => reply.end('<!DOCTYPE html><title>evil</title>'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  // The same machine by two names: one is of the same site, the other is not.
  for (const host of ['127.0.0.1', 'localhost']) {
    const page = await own.context().browser().newPage();
    await page.goto(`http://${host}:${server.address().port}/`);
    const came = await page.evaluate(async (url) => {
      const send = (path, options) => fetch(url + path, options).then((reply) => `${reply.type} ${reply.status}`, () => 'failed');
      return [
        await send('pause', { method: 'POST', mode: 'no-cors' }),
        await send('scenarios', { method: 'POST', mode: 'no-cors', body: '[]' }),
        await send('events'),
      ];
    }, run.url);
    // An opaque reply came, but the page cannot see that it is a refusal.
    assert.deepEqual(came.slice(2), ['failed']);
    await page.close();
  }
  run.tell('all');
  await reads(own, '#state', 'All is measured');
  assert(!run.lines.includes('paused') && !run.lines.some((line) => line.startsWith('skipped')));
});
