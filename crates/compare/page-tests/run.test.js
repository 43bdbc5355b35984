// The page shows a run, whatever happens to it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { HOSTILE, HOSTILE_KEY, open, reads, replay, seen } from './helpers.js';

const HALFWAY = 470;

test('it shows a run to its end', async (t) => {
  const run = await replay(t, ['--steps', '--add', HOSTILE, '--add', HOSTILE_KEY]);
  const page = await open(run);
  await page.locator('#waiting').waitFor();
  run.tell(1);
  await reads(page, '#question', 'How many small replies come in a second?');
  assert.equal(await page.locator('.lane').count(), 10);
  run.tell(3);
  await reads(page, '#state', /^throughput, round 1 of 3: .* left$/);
  await reads(page, '.lane.now .rate', /^[\d,]+$/);
  await reads(page, '.lane.now .p99', /^[\d.]+ (µs|ms)$/);
  run.tell('all');
  await run.wrote('ended');
  await reads(page, '#state', 'All is measured');
  await reads(page, '#question', 'Who else dies when a handler aborts?');
  assert.equal(await page.locator('#progress').evaluate(({ value, max }) => value / max), 1);
  assert(await page.locator('#pause').isDisabled());
  const { lanes, rows } = await seen(page);
  const lane = (name) => lanes.find((text) => text.startsWith(`${name} `));
  assert.match(lane('fork'), /1st median 0 connections lost$/);
  assert.match(lane('nginx'), /not served: \/abort answers 404$/);
  assert.match(lane('threads'), /cannot be told apart from .* and \d others$/);
  for (const name of [HOSTILE, HOSTILE_KEY]) {
    assert(lane(name) && rows.some((text) => text.includes(name)), name);
  }
  assert.equal(rows.length, 10);
  await reads(page, '#summary', 'fork is first with 0 connections lost.');
});

test('the charts draw lines, and one stands out', async (t) => {
  const run = await replay(t, ['--pace', '1']);
  // The test reads pixels back, and is told that there are faster ways.
  const page = await open(run, {}, (text) => text.includes('willReadFrequently'));
  await reads(page, '#state', 'All is measured');
  await page.getByRole('tab', { name: 'latency' }).click();
  await reads(page, '#key', /^(sharded|nginx) \(first in the table\)/);
  /** How many pixels of a chart have a colour of the page. */
  const drawn = (id, name) =>
    page.evaluate(([id, name]) => {
      const brush = new OffscreenCanvas(1, 1).getContext('2d');
      brush.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
      brush.fillRect(0, 0, 1, 1);
      const wanted = brush.getImageData(0, 0, 1, 1).data.join();
      const canvas = document.querySelector(`#${id} canvas`);
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) count += data.slice(at, at + 4).join() === wanted ? 1 : 0;
      return count;
    }, [id, name]);
  for (const id of ['rate', 'p99']) {
    assert((await drawn(id, '--accent')) > 0, `${id}: no line stands out`);
    // A thin grey line is blended with the ground, and its middle is not.
    assert((await drawn(id, '--faint')) > 0, `${id}: no other line`);
  }
});

test('without JavaScript it says where the figures are', async (t) => {
  const run = await replay(t);
  const page = await open(run, { javaScriptEnabled: false });
  await page.locator('noscript p').waitFor();
});

test('finished scenarios can be looked back at', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell('all');
  await reads(page, '#state', 'All is measured');
  await page.getByRole('tab', { name: 'throughput' }).click();
  await reads(page, '#question', 'How many small replies come in a second?');
  const { rows } = await seen(page);
  assert.match(rows[0], /^1st (sharded|nginx) /);
  await page.getByRole('tab', { name: 'idle-crowd' }).click();
  await reads(page, '#rows tr:last-child', /failed: 4,999 of 5,000 clients were never accepted$/);
  await reads(page, '#rows .deciding', /KiB$/);
});

test('who has a flaw comes after who has none, and the page says why', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell('all');
  await reads(page, '#state', 'All is measured');
  await page.getByRole('tab', { name: 'latency' }).click();
  await reads(page, '#question', 'How long do the slowest of a hundred wait?');
  await reads(page, '#lead', /^(sharded|nginx) is first with \d+ µs at the 99th percentile; fork has too few rounds to be ranked\.$/);
  const { lanes, rows } = await seen(page);
  // By its figures alone it would be in the middle.
  assert.match(rows.at(-3), /^6th iterative /);
  assert.match(rows.at(-2), /^7th pool .* 3 3 3 faults \(3 order\)$/);
  assert.match(rows.at(-1), /^– fork .* 2 of 3 failed in 1 of 3 rounds: it was not ready in time$/);
  const lane = (name) => lanes.find((text) => text.startsWith(`${name} `));
  assert.match(lane('pool'), /7th median [\d.]+ ms at the 99th percentile · 3 faults \(3 order\)$/);
  assert.match(lane('fork'), / median .* · failed in 1 of 3 rounds: it was not ready in time$/);
});

test('who looks back is not carried away, and can follow again', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(HALFWAY);
  await reads(page, '#question', 'How long do the slowest of a hundred wait?');
  assert(await page.locator('#follow').isHidden());
  await page.getByRole('tab', { name: 'throughput' }).click();
  await reads(page, '#question', 'How many small replies come in a second?');
  const done = () => page.locator('#progress').evaluate((progress) => progress.value);
  const before = await done();
  run.tell(20);
  await page.waitForFunction((before) => document.querySelector('#progress').value > before, before);
  assert.equal(await page.locator('#question').textContent(), 'How many small replies come in a second?');
  await page.getByRole('button', { name: 'Follow the race' }).click();
  await reads(page, '#question', 'How long do the slowest of a hundred wait?');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'panel');
});

test('a reload in the middle keeps everything', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(HALFWAY);
  await reads(page, '#state', /^latency, round 2 of 3: /);
  await reads(page, '.lane.now .rate', /^[\d,]+$/);
  // The page is still until more is told: it has all when it shows what a second page shows.
  const other = await open(run);
  await reads(other, '.lane.now .rate', await page.locator('.lane.now .rate').textContent());
  const before = await seen(page);
  await page.reload();
  await page.waitForFunction((state) => document.querySelector('#state').textContent === state, before.state[0]);
  await reads(page, '.lane.now .rate', await other.locator('.lane.now .rate').textContent());
  assert.deepEqual(await seen(page), before);
  await page.getByRole('tab', { name: 'throughput' }).click();
  await reads(page, '#rows tr:nth-child(8) .name', 'iterative');
  run.tell('all');
  await reads(page, '#state', 'All is measured');
});

test('when all is measured it asks no more, and the figures stay', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  // A source that was not closed would ask again, and fail, as soon as the run is gone.
  await page.addInitScript(() => {
    const Source = EventSource;
    globalThis.EventSource = class extends Source {
      constructor(...all) {
        super(...all);
        globalThis.source = this;
      }
    };
  });
  await page.reload();
  run.tell('all');
  await reads(page, '#state', 'All is measured');
  assert.equal(await page.evaluate(() => globalThis.source.readyState), 2);
  await run.stop();
  await page.getByRole('tab', { name: 'throughput' }).click();
  await reads(page, '#rows tr:last-child .name', 'iterative');
  assert(await page.locator('#notice').isHidden());
});

test('it says that the run does not answer, and goes on when it is back', async (t) => {
  const run = await replay(t);
  const page = await open(run, {}, (text) => text.includes('ERR_'));
  run.tell(HALFWAY);
  await reads(page, '#state', /^latency, round 2 of 3: /);
  await run.end();
  await reads(page, '#notice', /^The run does not answer\./);
  await reads(page, '#state', 'Not connected');
  assert(await page.locator('#pause').isDisabled());
  assert(await page.locator('#rows tr').count() > 0, 'what was measured stays');
  const again = await replay(t, ['--steps', '--addr', run.addr]);
  again.tell(3);
  await reads(page, '#state', /^throughput, round 1 of 3: /);
  assert(await page.locator('#notice').isHidden());
  assert.equal(await page.locator('#rows tr').count(), 0, 'it is another run');
  again.tell('all');
  await reads(page, '#state', 'All is measured');
});
