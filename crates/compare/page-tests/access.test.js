// Everybody can use it: by eye or by ear, with a keyboard alone, on a narrow screen.

import assert from 'node:assert/strict';
import test from 'node:test';
import { HOSTILE, open, reads, replay, violations } from './helpers.js';

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds no violation (${colorScheme})`, async (t) => {
    const run = await replay(t, ['--steps', '--add', HOSTILE]);
    const page = await open(run, { colorScheme });
    assert.deepEqual(await violations(page), [], 'before the plan');
    run.tell(330);
    await reads(page, '#state', /^throughput, round 3/);
    await reads(page, '.lane.now .rate', /^[\d,]+$/);
    assert.deepEqual(await violations(page), [], 'while it runs');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('tab', { name: 'crash' }).click();
    await reads(page, '#pause', 'Go on');
    assert.deepEqual(await violations(page), [], 'paused, and before a scenario has begun');
    await page.getByRole('button', { name: 'Go on' }).click();
    run.tell('all');
    await reads(page, '#state', 'All is measured');
    await page.setViewportSize({ width: 360, height: 800 });
    assert.deepEqual(await violations(page), [], 'at the end, on a narrow screen');
    await page.getByRole('tab', { name: 'idle-crowd' }).click();
    await reads(page, '#rows .why', /^failed/);
    assert.deepEqual(await violations(page), [], 'with a server that failed');
  });
}

test('a keyboard is enough', async (t) => {
  const run = await replay(t);
  const page = await open(run);
  run.tell(5);
  await reads(page, '#state', /^throughput/);
  const press = (key) => page.keyboard.press(key);
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.value);
  /** Goes on with the tabulator until this has the focus; a user sees where it is. */
  const reach = async (wanted) => {
    for (let steps = 0; (await focus()) !== wanted; steps += 1) {
      assert(steps < 40, `the tabulator does not lead to ${wanted}`);
      await press('Tab');
    }
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', `${wanted} shows no focus`);
  };
  await press('Tab');
  assert.equal(await focus(), 'skip');
  await reach('pause');
  await press('Enter');
  await reads(page, '#pause', 'Go on');
  assert.equal(await focus(), 'pause');
  await press('Space');
  await reads(page, '#pause', 'Pause');
  await reach('tab-0');
  await press('ArrowRight');
  await reads(page, '#question', 'How long do the slowest of a hundred wait?');
  await press('End');
  await reads(page, '#question', 'Who else dies when a handler aborts?');
  await press('ArrowRight');
  await reads(page, '#question', 'How many small replies come in a second?');
  assert.equal(await focus(), 'tab-0');
  await reach('name');
  await press('Enter');
  await reads(page, '#key', /^iterative \(your choice\)/);
  // The first box that can be changed is that of the second scenario.
  const latency = page.getByRole('checkbox', { name: /^latency/ });
  for (let steps = 0; !(await latency.evaluate((box) => box === document.activeElement)); steps += 1) {
    assert(steps < 40, 'the tabulator does not lead to the boxes');
    await press('Tab');
  }
  await press('Space');
  await reads(page, '#tab-1 .phase', 'left out');
});

test('a screen reader is told seldom, and at last all', async (t) => {
  const run = await replay(t, ['--pace', '1']);
  const page = await open(run, { reducedMotion: 'reduce' });
  await page.evaluate(() => {
    const times = (globalThis.times = []);
    new MutationObserver(() => times.push(performance.now())).observe(document.querySelector('#summary'), { childList: true });
  });
  await reads(page, '#state', 'All is measured');
  await reads(page, '#summary', 'fork is first with 0 connections lost.');
  const times = await page.evaluate(() => globalThis.times);
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  // The clock of the page is coarse by a fraction of a millisecond, and a timer never comes early.
  assert(gaps.every((gap) => gap >= 1_990), `changes followed after ${gaps} ms`);
  const regions = await page.locator('[aria-live]').evaluateAll((all) => all.map((each) => `${each.id} ${each.ariaLive}`));
  assert.deepEqual(regions, ['summary polite']);
  const moving = await page.locator('*').evaluateAll((all) => all.filter((each) => getComputedStyle(each).transitionDuration !== '0s').length);
  assert.equal(moving, 0, 'nothing moves for who wants it still');
});

test('a narrow screen needs no scrolling to the side', async (t) => {
  const run = await replay(t, ['--steps', '--add', `${HOSTILE.repeat(3)}${'long'.repeat(30)}`]);
  const page = await open(run, { viewport: { width: 320, height: 640 } });
  run.tell('all');
  await reads(page, '#state', 'All is measured');
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(wide[0] <= wide[1], `${await tab.textContent()}: ${wide}`);
  }
});
