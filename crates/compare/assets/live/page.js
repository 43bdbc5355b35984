// The live page: listens to the run, shows it, and says what the user wishes.

import * as chart from './chart.js';
import * as lanes from './lanes.js';
import * as standing from './standing.js';
import { Race } from './race.js';
import { left } from './words.js';

const AWAY = 'The run does not answer. What was measured stays here, and the page goes on as soon as the run is back.';
/** Milliseconds before it asks again, where the browser has given up. */
const AGAIN = 2_000;

const $ = (id) => document.getElementById(id);
const race = new Race();
/** The scenario that the user looks at; null: the one that is measured. */
let looked = null;
/** The server that the user has pressed; null: the one that is measured, or the first. */
let pressed = null;
let connected = false;
/** Was there an answer missing? Before the first one there is nothing to complain of. */
let missed = false;
/** The scenarios that the user has ticked, until the run says the same; null: what the run says. */
let ticked = null;
/** What went wrong with a wish. */
let refused = '';

listen();

/** Follows the run; asks again when it does not answer. */
function listen() {
  const source = new EventSource('events');
  source.onopen = () => {
    connected = true;
    refused = '';
    refresh();
  };
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    const other = event.event === 'planned' && JSON.stringify(event) !== JSON.stringify(race.plan);
    race.hear(event);
    if (same(race.wish.scenarios, ticked)) ticked = null;
    if (other) rebuild();
    // There is nothing more to hear, and the figures stay.
    if (event.event === 'ended') source.close();
    refresh();
  };
  source.onerror = () => {
    connected = false;
    missed = true;
    refresh();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
}

/** A plan has come: makes what does not change any more. */
function rebuild() {
  looked = null;
  pressed = null;
  ticked = null;
  $('waiting').hidden = true;
  $('all').hidden = false;
  lanes.build(race.plan.servers, (name) => {
    pressed = pressed === name ? null : name;
    refresh();
  });
  chart.build(race.plan.servers.length);
  $('tabs').replaceChildren(...race.plan.scenarios.map(tab));
  $('boxes').replaceChildren(...race.plan.scenarios.map(box));
}

function tab({ name }, index) {
  const made = document.createElement('button');
  made.type = 'button';
  made.id = `tab-${index}`;
  made.setAttribute('role', 'tab');
  made.setAttribute('aria-controls', 'panel');
  const title = document.createElement('span');
  title.textContent = name;
  const phase = document.createElement('span');
  phase.className = 'phase';
  made.append(title, phase);
  made.addEventListener('click', () => look(name));
  return made;
}

function box({ name, question }) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'checkbox';
  input.value = name;
  input.addEventListener('change', keep);
  const title = document.createElement('span');
  title.textContent = name;
  const asked = document.createElement('small');
  asked.textContent = question;
  label.append(input, title, asked);
  return label;
}

let due = false;
/** Draws soon: a thousand events at once are drawn once. */
function refresh() {
  if (due) return;
  due = true;
  const soon = () => {
    due = false;
    draw();
  };
  // A tab in the background is never drawn, but its title is seen.
  if (document.hidden) setTimeout(soon, 1_000);
  else requestAnimationFrame(soon);
}

function draw() {
  drawState();
  if (!race.plan) return;
  const scenario = race.scenarios.get(looked ?? following());
  if (!scenario) return;
  const now = race.now?.scenario === scenario.name ? race.now.server : null;
  const marked = pressed ?? now ?? scenario.places[0]?.server ?? race.plan.servers[0]?.name;
  drawTabs(scenario);
  drawBoxes();
  write($('question'), scenario.question);
  write($('load'), `${scenario.load}.`.replace(/\.\.$/, '.'));
  lanes.show(race, scenario, marked);
  chart.show(scenario, marked);
  const what = marked === now ? 'measured now' : pressed ? 'your choice' : 'first in the table';
  write($('key'), `${marked} (${what}). Grey: the others, in their last rounds.`);
  standing.show(race, scenario);
}

/** The scenario that is measured, or was last. */
function following() {
  const begun = race.plan.scenarios.filter(({ name }) => race.scenarios.get(name).begun);
  return race.now?.scenario ?? begun.at(-1)?.name ?? race.plan.scenarios[0]?.name;
}

function drawState() {
  const { now, wish, ended, plan } = race;
  const button = $('pause');
  button.disabled = !plan || !connected || Boolean(ended);
  write(button, wish.paused ? 'Go on' : 'Pause');
  document.body.classList.toggle('paused', wish.paused && !ended);
  const away = missed && !connected && !ended;
  const notice = refused || (away ? AWAY : '');
  write($('notice'), notice);
  $('notice').hidden = !notice;
  let state = 'Waiting for the run';
  if (ended) state = ended.interrupted ? 'Ended before its end' : 'All is measured';
  else if (away) state = 'Not connected';
  else if (wish.paused) state = now ? `Will pause after ${now.server}` : 'Paused';
  else if (now) state = `${now.scenario}, round ${now.round} of ${plan.rounds}: ${now.server} · ${left(now.left)}`;
  else if (plan) state = 'Between two measurements';
  write($('state'), state);
  $('progress').max = plan ? race.total() : 1;
  $('progress').value = race.done;
  document.title = plan ? `${Math.round((100 * race.done) / race.total())} % · The models race` : 'The models race';
}

function drawTabs(shown) {
  race.plan.scenarios.forEach(({ name }, index) => {
    const button = $(`tab-${index}`);
    const chosen = name === shown.name;
    button.setAttribute('aria-selected', String(chosen));
    // One stop for the tabulator; the arrows lead on from there.
    button.tabIndex = chosen ? 0 : -1;
    const phase = race.phase(race.scenarios.get(name));
    button.dataset.phase = phase;
    write(button.lastChild, phase);
    if (chosen) $('panel').setAttribute('aria-labelledby', button.id);
  });
  $('follow').hidden = looked === null || Boolean(race.ended);
}

function drawBoxes() {
  for (const label of $('boxes').children) {
    const input = label.firstChild;
    const { begun } = race.scenarios.get(input.value);
    input.disabled = begun || !connected || Boolean(race.ended);
    input.checked = begun || (ticked ? ticked.includes(input.value) : race.wants(input.value));
  }
}

/** Looks at a scenario, whatever is measured. */
function look(name) {
  looked = name;
  refresh();
}

$('follow').addEventListener('click', () => {
  looked = null;
  refresh();
  // The button is about to vanish: the focus must be somewhere.
  $('panel').focus();
});

$('tabs').addEventListener('keydown', (event) => {
  const tabs = [...$('tabs').children];
  const at = tabs.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const next = (to + tabs.length) % tabs.length;
  tabs[next].focus();
  look(race.plan.scenarios[next].name);
});

$('pause').addEventListener('click', () => ask(race.wish.paused ? 'resume' : 'pause'));

/** Keeps what is ticked, and what has begun. A box stays as it was set while the run has not answered. */
async function keep() {
  const inputs = [...$('boxes').querySelectorAll('input')];
  const mine = inputs.filter((input) => input.checked).map((input) => input.value);
  ticked = mine;
  await ask('scenarios', JSON.stringify(mine));
  // Another page may have wished otherwise at the same moment, or it was refused: then what the run says counts.
  const settle = () => {
    if (ticked === mine) ticked = null;
    refresh();
  };
  if (refused) settle();
  else setTimeout(settle, AGAIN);
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Tells the run a wish. What comes of it is told to all pages, this one too. */
async function ask(path, body) {
  try {
    const reply = await fetch(path, { method: 'POST', body, headers: body ? { 'Content-Type': 'application/json' } : {} });
    refused = reply.ok ? '' : `That was refused: ${(await reply.text()).trim()}`;
  } catch {
    refused = 'The run did not hear that: it does not answer. Try again when it is back.';
  }
  refresh();
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
