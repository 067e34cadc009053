// The results, and what is drawn from them without touching the page.

const told = JSON.parse(document.getElementById('results').textContent);

// The words for each ending, and how soon to look at it.
const ENDINGS = new Map(told.endings.map(
    ([ending, words], gravity) => [ending, {words: capitalized(words), gravity}]));

const ENDING_OF_RUN = {
  SUCCESS: 'passed',
  SKIPPED: 'skipped',
  FAILED: 'failed',
  BLOCKED: 'blocked',
  TIMEOUT: 'execution_failure',
  ERROR: 'execution_failure',
  STOPPED: 'stopped',
};

function endingOfRun(run) {
  return ENDING_OF_RUN[run.result] ?? 'unknown';
}

// What the file says of a job, with what all views of it need.
function readJob(job, place) {
  const runs = (job.runs ?? []).filter(run => run.started !== undefined)
      .sort((a, b) => a.started - b.started);
  for (const run of runs) run.end = run.completed ?? job.completed ?? run.started;
  const ends = runs.map(run => run.end);
  if (job.completed !== undefined) ends.push(job.completed);
  const starts = runs.map(run => run.started);
  if (job.created !== undefined) starts.push(job.created);
  const start = starts.length > 0 ? Math.min(...starts) : undefined;
  return {
    ...job,
    place,
    runs,
    allRuns: job.runs ?? [],
    words: job.words === undefined ? ENDINGS.get(job.ending).words : capitalized(job.words),
    suite: job.suite ?? '',
    start,
    // The clocks of the service need not agree: nothing ends before it began.
    end: start === undefined ? undefined : Math.max(start, ...ends),
  };
}

const jobs = told.jobs.map(readJob);

// Without the time in the queue.
function durationOf(job) {
  const from = job.runs[0]?.started ?? job.start;
  return from === undefined ? undefined : Math.max(0, job.end - from);
}

// All that a search looks at.
function textOf(job) {
  const texts = [job.title, job.key, job.id, job.suite, job.words, job.platform, job.build,
    job.reason, job.stopper, ...Object.values(job.error ?? {})];
  for (const run of job.allRuns) texts.push(run.id);
  for (const step of job.steps ?? []) texts.push(step.goal, step.report);
  for (const bug of job.bugs ?? []) texts.push(bug.title, bug.description, bug.category);
  return texts.flat().filter(text => text !== undefined).join('\n').toLowerCase();
}

const gravity = job => ENDINGS.get(job.ending).gravity;
const ORDERS = {
  problems: (a, b) => gravity(a) - gravity(b) || ORDERS.start(a, b),
  start: (a, b) => (a.start ?? Infinity) - (b.start ?? Infinity) || a.place - b.place,
  duration: (a, b) => (durationOf(b) ?? -1) - (durationOf(a) ?? -1) || a.place - b.place,
  name: (a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : a.place - b.place),
};

// `endings`: a set, of which the empty one means all; `suite`: none means all.
function choose({endings, suite, text, order}) {
  const terms = text.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter(job => {
    if (endings.size > 0 && !endings.has(job.ending)) return false;
    if (suite !== undefined && job.suite !== suite) return false;
    if (terms.length === 0) return true;
    job.text ??= textOf(job);
    return terms.every(term => job.text.includes(term));
  }).sort(ORDERS[order]);
}

// The time that the axis covers: all that happened to any job.
function spanOf(jobs) {
  let from = Infinity;
  let to = -Infinity;
  for (const job of jobs) {
    if (job.start === undefined) continue;
    from = Math.min(from, job.start);
    to = Math.max(to, job.end);
  }
  if (from > to) return undefined;
  return {from, length: Math.max(to - from, 1000)};
}

// What a job was doing, from moment to moment; `run` where it was running one.
function phasesOf(job) {
  const phases = [];
  let reached = job.start;
  for (const run of job.runs) {
    if (run.started > reached)
      phases.push({kind: phases.length === 0 ? 'queued' : 'other', from: reached, to: run.started});
    phases.push({kind: 'run', from: run.started, to: Math.max(run.end, run.started), run});
    reached = Math.max(reached, run.end);
  }
  if (job.end > reached)
    phases.push({kind: phases.length === 0 ? 'queued' : 'other', from: reached, to: job.end});
  return phases;
}

// How many jobs were queued and running, in `slots` equal parts of the span.
function loadOf(jobs, span, slots) {
  const running = new Float64Array(slots + 1);
  const queued = new Float64Array(slots + 1);
  const slotOf = at => Math.min(slots - 1, Math.floor((at - span.from) / span.length * slots));
  for (const job of jobs) {
    if (job.start === undefined) continue;
    for (const phase of phasesOf(job)) {
      const changes = phase.kind === 'run' ? running : phase.kind === 'queued' ? queued : undefined;
      if (changes === undefined) continue;
      changes[slotOf(phase.from)] += 1;
      changes[slotOf(phase.to) + 1] -= 1;
    }
  }
  for (let slot = 1; slot < slots; ++slot) {
    running[slot] += running[slot - 1];
    queued[slot] += queued[slot - 1];
  }
  return {running: running.subarray(0, slots), queued: queued.subarray(0, slots)};
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICKS = [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE,
  5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY];

// The step of an axis that has room for so many labels.
function tickOf(length, labels) {
  return TICKS.find(tick => length / tick <= labels) ??
      DAY * Math.ceil(length / DAY / labels);
}

function formatDuration(ms) {
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  const two = number => String(number).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes % 1440 / 60)} h`;
}

// On an axis: nothing that is zero.
function formatTick(ms) {
  if (ms === 0) return '0';
  const parts = [[Math.floor(ms / DAY), 'd'], [Math.floor(ms % DAY / HOUR), 'h'],
    [Math.floor(ms % HOUR / MINUTE), 'm'], [Math.floor(ms % MINUTE / SECOND), 's']];
  return parts.filter(([number]) => number > 0).map(([number, unit]) => `${number} ${unit}`)
      .join(' ');
}

function formatMoment(ms) {
  const moment = new Date(ms);
  if (Number.isNaN(moment.getTime())) return '';
  return moment.toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
}

function formatCount(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function capitalized(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Nothing but pages of the web is ever linked to.
function webAddress(text) {
  try {
    const address = new URL(text);
    return ['http:', 'https:'].includes(address.protocol) ? address.href : undefined;
  } catch {
    return undefined;
  }
}
