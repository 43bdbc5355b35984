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

test('who looks back is not carried away, and can follow again', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(HALFWAY);
  await reads(page, '#question', 'How long do the slowest of a hundred wait?');
  assert(await page.locator('#follow').isHidden());
  await page.getByRole('tab', { name: 'throughput' }).click();
  await reads(page, '#question', 'How many small replies come in a second?');
  run.tell(20);
  await reads(page, '#question', 'How many small replies come in a second?');
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
