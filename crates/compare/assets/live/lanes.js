// A lane for each server: how fast it is now, and its verdict as soon as its rounds are over.

import { DECIDES, count, figure, list, lower, place, time } from './words.js';

const parent = document.getElementById('lanes');
const bars = document.getElementById('bars');
/** Server by name: the parts of its lane. */
let lanes = new Map();

/** Builds a lane for each server. `choose` is told which one was pressed. */
export function build(servers, choose) {
  lanes = new Map(servers.map((server) => [server.name, lane(server, choose)]));
  parent.replaceChildren(...[...lanes.values()].map((each) => each.item));
}

function lane({ name, about }, choose) {
  const item = element('li', 'lane');
  const button = element('button', 'name', name);
  button.type = 'button';
  button.title = `${about}. Press to see its line in the charts.`;
  button.addEventListener('click', () => choose(name));
  const track = element('div', 'track');
  track.setAttribute('aria-hidden', 'true');
  const bar = element('div', 'bar');
  const mark = element('div', 'mark');
  track.append(bar, mark);
  const rate = element('span', 'figure rate');
  const p99 = element('span', 'figure p99');
  const rank = element('span', 'rank');
  const verdict = element('span', 'verdict');
  const line = element('p', 'line');
  const notes = element('span', 'notes');
  const said = element('span', 'said');
  said.append(verdict, notes);
  line.append(rank, said);
  item.append(button, track, labelled(rate, 'replies per second'), labelled(p99, 'p99'), line);
  return { item, button, bar, mark, rate, p99, rank, verdict, notes };
}

/** Shows how the servers do in a scenario; `marked` is the one that the charts show. */
export function show(race, scenario, marked) {
  const places = new Map(scenario.places.map((each) => [each.server, each]));
  const { name, more } = DECIDES.get(scenario.decides);
  write(bars, `bar: ${lower(name)}, ${more ? 'longer' : 'shorter'} is better`);
  const values = [...scenario.lanes].map(([name, state]) => Math.max(live(scenario, state) ?? 0, places.get(name)?.value?.median ?? 0));
  const longest = Math.max(...values) || 1;
  for (const [name, state] of scenario.lanes) {
    const parts = lanes.get(name);
    const standing = places.get(name);
    const now = race.now?.scenario === scenario.name && race.now.server === name;
    // While it is measured its figures move; between its rounds they are its medians.
    const rate = now ? state.perSecond : standing?.per_second;
    const p99 = now ? state.p99 : standing?.p99_us;
    parts.item.classList.toggle('now', now);
    parts.item.classList.toggle('first', standing?.rank === 1);
    parts.button.setAttribute('aria-pressed', String(name === marked));
    write(parts.rate, rate == null ? '–' : count(rate));
    write(parts.p99, p99 == null ? '–' : time(p99));
    const median = standing?.value?.median;
    const value = (now ? live(scenario, state) : null) ?? median ?? 0;
    parts.bar.style.transform = `scaleX(${value / longest})`;
    parts.mark.style.left = `${(100 * (median ?? 0)) / longest}%`;
    parts.mark.hidden = median == null;
    write(parts.rank, standing?.rank ? place(standing.rank) : '');
    write(parts.verdict, verdict(race, scenario, state, standing, now));
    write(parts.notes, standing?.notes.map((note) => ` · ${note}`).join('') ?? '');
  }
}

/** What was last seen of the reading that decides; null if it is known only at the end of a round. */
function live({ decides }, { perSecond, p99 }) {
  return { throughput: perSecond, p99 }[decides] ?? null;
}

/** What is to be said of a server. */
function verdict(race, scenario, state, standing, now) {
  const { rounds } = race.plan;
  if (state.fault && !standing) {
    const what = state.fault.kind === 'not-served' ? 'not served' : 'failed';
    return `${what}: ${state.fault.why}`;
  }
  const ended = state.rounds >= rounds;
  const under = now ? `round ${race.now.round} of ${rounds}` : `${state.rounds} of ${rounds} rounds`;
  if (!standing?.value) return state.rounds || now ? under : 'waits for its turn';
  const median = standing.value.median;
  if (!ended) return `${DECIDES.get(scenario.decides).write(median)} so far · ${under}`;
  const ties = standing.ties.length ? `, cannot be told apart from ${some(standing.ties)}` : '';
  return `median ${figure(scenario.decides, median)}${ties}`;
}

/** Two names, and how many more. */
const some = (names) => (names.length > 2 ? list([names[0], `${names.length - 1} others`]) : list(names));

/** A figure and what it is, for those who cannot see the column's head. */
function labelled(figure, what) {
  const cell = element('span', 'cell');
  cell.append(figure, element('span', 'unit', what));
  return cell;
}

function element(tag, name, text = '') {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/** Changes a text only where it differs: a screen reader may be in it. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
