// How figures are written, and what each deciding reading is called.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
// Always three digits, so that figures below each other line up.
const three = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/** A count: 141,230 or 3.2. */
export const count = (number) => (Math.abs(number) < 100 ? fine : whole).format(number);

/** A time in microseconds: 640 µs, 1.45 ms, 2.10 s. */
export function time(us) {
  if (us < 1_000) return `${fine.format(us)} µs`;
  if (us < 1_000_000) return `${three.format(us / 1_000)} ms`;
  return `${three.format(us / 1_000_000)} s`;
}

/** Memory: 820 B, 24.0 KiB, 1.30 MiB. */
export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  while (number >= 1_024 && unit < units.length - 1) {
    number /= 1_024;
    unit += 1;
  }
  return `${(unit ? three : whole).format(number)} ${units[unit]}`;
}

/** Time that is left: about 40 s, about 3 min. */
export function left(seconds) {
  if (seconds < 90) return `about ${Math.max(5, Math.ceil(seconds / 5) * 5)} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}

/** 1st, 2nd, 3rd, 11th. */
export function place(rank) {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return `${rank}${ending[ordinal.select(rank)]}`;
}
const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });

/** a; a and b; a, b and c. */
export const list = (names) => lists.format(names);
const lists = new Intl.ListFormat('en-GB');

/** What decides a scenario: its name, how its figures are written, and whether more of it is better. */
export const DECIDES = new Map([
  ['cpu-per-request', { name: 'CPU seconds per million requests', write: (n) => `${three.format(n)} s`, unit: 's of CPU per million requests' }],
  ['throughput', { name: 'Replies per second', more: true, write: count, unit: 'replies per second' }],
  ['p99', { name: 'p99 latency', write: time, unit: 'at the 99th percentile' }],
  ['memory-per-connection', { name: 'Memory per connection', write: bytes, unit: 'for each connection' }],
  ['lost', { name: 'Connections lost', write: count, unit: 'connections lost' }],
]);

/** A figure with its unit, in a sentence. */
export function figure(decides, number) {
  const { write, unit } = DECIDES.get(decides);
  return `${decides === 'cpu-per-request' ? three.format(number) : write(number)} ${unit}`;
}

/** A name in the middle of a sentence: an abbreviation keeps its capitals. */
export const lower = (text) => (/^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text);
