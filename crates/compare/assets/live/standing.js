// The table of a scenario, and the sentence that sums it up.

import { DECIDES, count, figure, list, lower, place, time } from './words.js';

/** A screen reader is told at most this often, in milliseconds. */
const SELDOM = 2_000;

const lead = document.getElementById('lead');
const summary = document.getElementById('summary');
const title = document.getElementById('table-title');
const caption = document.getElementById('caption');
const columns = document.getElementById('columns');
const rows = document.getElementById('rows');

/** Shows how the servers stand in a scenario. */
export function show(race, scenario) {
  const shown = shape(scenario);
  const { name } = DECIDES.get(scenario.decides);
  title.textContent = `Standing: medians, decided by ${lower(name)}`;
  caption.textContent = `${scenario.name}: ${scenario.question}`;
  columns.replaceChildren(...shown.map(([head, , kind]) => cell('th', head, kind, 'col')));
  const places = scenario.places.map((standing) => ({ ...standing, lane: scenario.lanes.get(standing.server) }));
  const placed = new Set(scenario.places.map((standing) => standing.server));
  const others = [...scenario.lanes].filter(([server, lane]) => !placed.has(server) && lane.fault);
  rows.replaceChildren(
    ...places.map((standing) => row(shown.map(([, write, kind]) => [write(standing), kind]))),
    ...others.map(([server, lane]) => without(server, lane, shown.length)),
  );
  const text = sentence(race, scenario);
  if (lead.textContent !== text) lead.textContent = text;
  say(text);
}

/** The columns: head, how a standing is written, kind. What decides is not shown twice, and what nobody has not at all. */
function shape({ decides, places }) {
  const { name, write } = DECIDES.get(decides);
  return [
    ['Place', (s) => (s.rank ? place(s.rank) : '–'), 'rank'],
    ['Model', (s) => s.server, 'name'],
    [name, (s) => (s.value ? write(s.value.median) : '–'), 'deciding'],
    ['Interval', (s) => (s.value && s.rounds > 1 ? `${write(s.value.low)} – ${write(s.value.high)}` : '–'), 'number'],
    ...(decides === 'throughput' ? [] : [['Replies per second', (s) => (s.per_second === null ? '–' : count(s.per_second)), 'number']]),
    ...(decides === 'p99' ? [] : [['p99 latency', (s) => (s.p99_us === null ? '–' : time(s.p99_us)), 'number']]),
    ['Faults', (s) => count(s.faults), 'number'],
    ['Rounds', ({ rounds, lane }) => (rounds < lane?.rounds ? `${rounds} of ${lane.rounds}` : String(rounds)), 'number'],
    ...(places.some((s) => s.notes.length) ? [['Notes', (s) => s.notes.join(' · '), 'why']] : []),
  ];
}

function row(cells) {
  const made = document.createElement('tr');
  made.append(...cells.map(([text, kind]) => (kind === 'name' ? cell('th', text, kind, 'row') : cell('td', text, kind))));
  return made;
}

/** The row of a server that has no figures. */
function without(server, lane, width) {
  const made = row([['–', 'rank'], [server, 'name']]);
  const what = lane.fault.kind === 'not-served' ? 'not served' : 'failed';
  const why = cell('td', `${what}: ${lane.fault.why}`, 'why');
  why.colSpan = width - 2;
  made.append(why);
  return made;
}

function cell(tag, text, kind, scope) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = kind;
  if (scope) made.scope = scope;
  return made;
}

/** Who leads, in a sentence. Whoever has a flaw is behind all who have none, whatever the figures. */
function sentence(race, scenario) {
  const over = ['done', 'ended early'].includes(race.phase(scenario));
  const measured = scenario.places.filter((standing) => standing.value);
  if (!measured.length) return over ? 'There is no figure that decides.' : 'Nobody has finished a round yet.';
  const [best, ...others] = measured;
  const value = figure(scenario.decides, best.value.median);
  const but = best.clean ? '' : ' No server was without a flaw: see the notes.';
  const first = measured.filter((standing) => standing.rank === 1);
  if (!first.length) {
    const among = best.clean && others.some((standing) => !standing.clean) ? ' of those without a flaw' : '';
    return `${best.server} has the best median${among}${over ? '' : ' so far'}, ${value}; there are too few rounds to tell who is first.${but}`;
  }
  const rest = behind(best, others);
  if (first.length === 1) return `${best.server} ${over ? 'is first' : 'leads'} with ${value}${rest}.${but}`;
  const names = first.map((standing) => standing.server);
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : names;
  return `${list(shown)} ${over ? 'are' : 'lead, and are'} too close to tell apart, at about ${value}${rest}.${but}`;
}

/** Why others may have better figures than the first. */
function behind(best, others) {
  if (best.clean && others.length && others.every((standing) => !standing.clean)) return ': no other served all its clients without a fault';
  const few = others.filter((standing) => !standing.rank).map((standing) => standing.server);
  if (!few.length) return '';
  const names = few.length > 2 ? `${few.length} others` : list(few);
  return `; ${names} ${few.length > 1 ? 'have' : 'has'} too few rounds to be ranked`;
}

let said = { text: '', at: -Infinity, timer: 0 };

/** Changes the sentence, but seldom; the last one is always said. */
function say(text) {
  if (text === said.text) return;
  said.text = text;
  clearTimeout(said.timer);
  const wait = Math.max(0, said.at + SELDOM - performance.now());
  const now = () => {
    said.at = performance.now();
    summary.textContent = said.text;
  };
  if (wait === 0) now();
  else said.timer = setTimeout(now, wait);
}
