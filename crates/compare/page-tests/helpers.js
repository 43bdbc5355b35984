// What the tests need: the replay of an invented run, and a browser that is watched.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

/** It only bounds a failure: a machine may be slow. */
const DEADLINE = 120_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A name that harms a page which takes it for markup, or for a key of an object. */
export const HOSTILE = '<img src=x onerror=alert(1)>';
export const HOSTILE_KEY = '__proto__';

let program;
let browser;
before(async () => {
  program = build();
  browser = await chromium.launch({ executablePath: installed(), args: ['--no-sandbox'] });
});
after(() => browser?.close());

/** Builds the replay, and says where it is. */
function build() {
  const flags = ['build', '--quiet', '--package', 'compare', '--example', 'live', '--message-format', 'json'];
  const out = execFileSync('cargo', flags, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 });
  const built = out.trim().split('\n').map((line) => JSON.parse(line));
  return built.find((each) => each.target?.name === 'live' && each.executable).executable;
}

/** The browser that the system has, or the one that CHROMIUM names. */
function installed() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const all = process.env.PATH.split(':').flatMap((folder) => names.map((name) => path.join(folder, name)));
  const found = process.env.CHROMIUM ?? all.find((file) => existsSync(file));
  assert(found, 'there is no chromium in PATH: install it, or name it in CHROMIUM');
  return found;
}

/** A replay that tells what it is asked to. It ends with the test. */
export async function replay(t, flags = ['--steps']) {
  const child = spawn(program, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const lines = [];
  const waiting = new Set();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const each of waiting) each();
  });
  const run = {
    lines,
    /** How to close each page that watches it; that tells what was wrong with the page. */
    pages: [],
    /** Tells so many events more, or all. */
    tell: (count) => child.stdin.write(`${count}\n`),
    /** Waits until it has written this line. */
    wrote: (line) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`it did not write "${line}" but:\n${lines.join('\n')}`)), DEADLINE);
        const look = () => {
          const found = lines.find((each) => each === line || (line.endsWith('…') && each.startsWith(line.slice(0, -1))));
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    /** Ends it in good order. */
    async stop() {
      child.stdin.end();
      await exit;
    },
    /** Ends it, as if it had been killed. */
    async end() {
      child.kill('SIGKILL');
      await exit;
    },
  };
  t.after(async () => {
    // The pages first: one that is still open would complain that the run is gone.
    const closed = await Promise.allSettled(run.pages.map((close) => close()));
    await run.end();
    assert.deepEqual(closed.flatMap(({ value, reason }) => reason ?? value), []);
  });
  run.addr = (await run.wrote('listening on …')).split(' ').at(-1);
  run.url = `http://${run.addr}/`;
  return run;
}

/** A page that is watched: it may write no error, ask no other host and open no dialog. */
export async function open(run, options = {}, mayFail = () => false) {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
  context.setDefaultTimeout(DEADLINE);
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !mayFail(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.stack}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(run.url)) faults.push(`asked elsewhere: ${request.url()}`);
  });
  run.pages.push(async () => {
    await context.close();
    return faults;
  });
  await page.goto(run.url);
  return page;
}

/** Waits until an element has this text, or one that matches. */
export async function reads(page, selector, wanted) {
  const [source, flags] = wanted instanceof RegExp ? [wanted.source, wanted.flags] : [null, null];
  const same = ([selector, wanted, source, flags]) => {
    const text = document.querySelector(selector)?.textContent ?? '';
    return source === null ? text === wanted : new RegExp(source, flags).test(text);
  };
  try {
    await page.waitForFunction(same, [selector, source === null ? wanted : '', source, flags]);
  } catch (error) {
    const text = await page.locator(selector).first().textContent();
    throw new Error(`${selector} does not read ${wanted} but: ${text}`, { cause: error });
  }
}

/** What a user sees, in words. */
export const seen = (page) =>
  page.evaluate(() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.innerText.replaceAll(/\s+/g, ' ').trim());
    return { state: texts('#state'), tabs: texts('#tabs button'), lanes: texts('.lane'), rows: texts('#rows tr'), question: texts('#question') };
  });

/** What axe finds wrong with the page. */
export async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`));
}
