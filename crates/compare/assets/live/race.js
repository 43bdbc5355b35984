// What is known of the run, from what it has told. No document here, and no clock.
// Names come from a command line: they are keys of maps, never of plain objects.

/** The state of a run. */
export class Race {
  constructor() {
    this.plan = null;
    this.begin();
  }

  begin() {
    /** Scenario by name: its lanes, and the places so far. */
    this.scenarios = new Map();
    /** The measurement under way: scenario, server, round, left. */
    this.now = null;
    this.done = 0;
    this.wish = { paused: false, scenarios: null };
    this.ended = null;
  }

  /** Takes an event in. */
  hear(event) {
    switch (event.event) {
      case 'planned':
        this.begin();
        this.plan = event;
        for (const scenario of event.scenarios) {
          const lanes = new Map(event.servers.map((server) => [server.name, new Lane()]));
          this.scenarios.set(scenario.name, { ...scenario, lanes, places: [], begun: false });
        }
        break;
      case 'wish':
        this.wish = event;
        break;
      case 'started': {
        this.now = event;
        const scenario = this.scenarios.get(event.scenario);
        if (scenario) scenario.begun = true;
        this.lane(event)?.starts(event.round);
        break;
      }
      case 'glimpse':
        this.lane(event)?.glimpse(event);
        break;
      case 'finished': {
        if (this.now?.scenario === event.scenario && this.now.server === event.server) this.now = null;
        const scenario = this.scenarios.get(event.scenario);
        if (scenario) scenario.begun = true;
        this.done += 1;
        this.lane(event)?.finished(event);
        break;
      }
      case 'standing': {
        const scenario = this.scenarios.get(event.scenario);
        if (scenario) scenario.places = event.places;
        break;
      }
      case 'ended':
        this.ended = event;
        this.now = null;
        break;
    }
  }

  /** The lane that an event is about. */
  lane({ scenario, server }) {
    return this.scenarios.get(scenario)?.lanes.get(server);
  }

  /** Whether a scenario is wanted still. */
  wants(name) {
    return this.wish.scenarios === null || this.wish.scenarios.includes(name);
  }

  /** Measurements that were planned, less those of scenarios that were left out before they began. */
  total() {
    const counted = [...this.scenarios.values()].filter((each) => each.begun || this.wants(each.name));
    const planned = counted.length * this.plan.servers.length * this.plan.rounds;
    return Math.max(planned, this.done, 1);
  }

  /** done, now, left out or to come. */
  phase(scenario) {
    if (this.now?.scenario === scenario.name) return 'now';
    const all = [...scenario.lanes.values()].every((lane) => lane.rounds >= this.plan.rounds);
    if (all) return 'done';
    if (!this.wants(scenario.name)) return 'left out';
    if (this.ended) return scenario.begun ? 'ended early' : 'not measured';
    return scenario.begun ? 'now' : 'to come';
  }
}

/** One server in one scenario. */
class Lane {
  /** Rounds that have ended, however. */
  rounds = 0;
  /** What was last seen. */
  perSecond = null;
  p99 = null;
  /** What is not served, or what failed first. If no round was measured, it is why there is no place. */
  fault = null;
  /** The points of the last round: seconds, replies per second, p99. */
  trace = { round: 0, points: [] };

  starts(round) {
    if (this.trace.round !== round) this.trace = { round, points: [] };
  }

  glimpse({ round, at, per_second, p99_us }) {
    this.starts(round);
    this.trace.points.push([at / 1_000, per_second, p99_us]);
    this.perSecond = per_second;
    this.p99 = p99_us;
  }

  finished({ outcome }) {
    this.rounds += 1;
    if (outcome.kind === 'measured') return;
    if (!this.fault || (this.fault.kind === 'not-served' && outcome.kind === 'failed')) this.fault = outcome;
  }
}
