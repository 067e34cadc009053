// The timeline: a row for each chosen job, of which only those in sight exist, and above them how
// many jobs were queued and running.

const byId = id => document.getElementById(id);

// Texts become text nodes, whatever they hold.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(child => child !== undefined));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

function icon(ending) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(document.createElementNS(SVG, 'use'));
  svg.firstChild.setAttribute('href', `#icon-${ending}`);
  return svg;
}

const list = byId('list');
const head = byId('head');
const span = spanOf(jobs);
const rows = new Map();
let chosen = [];
let active = -1;
let rowHeight = 28;

const percent = length => `${length / span.length * 100}%`;

function bar(phase) {
  const made = element('span', {
    class: phase.kind === 'run' ? `run ${endingOfRun(phase.run)}` : phase.kind});
  made.style.left = `min(${percent(phase.from - span.from)}, 100% - 3px)`;
  made.style.width = percent(phase.to - phase.from);
  if (phase.kind === 'run') made.append(icon(endingOfRun(phase.run)));
  return made;
}

// For those who cannot see the row.
function inOneSentence(job) {
  const parts = [job.words, job.title];
  if (job.suite) parts.push(`suite ${job.suite}`);
  if (job.start !== undefined) parts.push(formatDuration(durationOf(job)));
  if (job.runs.length > 1) parts.push(formatCount(job.runs.length, 'run'));
  return parts.join(', ');
}

function makeRow(place) {
  const job = chosen[place];
  const track = element('div', {class: 'track'});
  if (job.start === undefined) {
    track.append(element('span', {class: 'words'}, job.reason ?? job.words));
  } else {
    track.append(...phasesOf(job).map(bar));
  }
  const row = element('div', {
    class: `row columns ${job.ending}`, id: `row-${place}`, role: 'option', title: job.words,
    'aria-label': inOneSentence(job), 'aria-setsize': chosen.length, 'aria-posinset': place + 1,
    'aria-selected': place === active},
  element('div', {class: 'name'}, icon(job.ending), element('span', {}, job.title)),
  element('div', {class: 'suite'}, job.suite),
  element('div', {class: 'duration'},
      job.start === undefined ? '–' : formatDuration(durationOf(job))),
  track);
  row.classList.toggle('active', place === active);
  row.style.transform = `translateY(${place * rowHeight}px)`;
  row.dataset.place = place;
  return row;
}

function drawRows() {
  const top = list.getBoundingClientRect().top;
  const spare = 10;
  const first = Math.max(0, Math.floor(-top / rowHeight) - spare);
  const last = Math.min(chosen.length, Math.ceil((window.innerHeight - top) / rowHeight) + spare);
  for (const [place, row] of rows) {
    if (place >= first && place < last) continue;
    row.remove();
    rows.delete(place);
  }
  const made = document.createDocumentFragment();
  for (let place = first; place < last; ++place) {
    if (rows.has(place)) continue;
    rows.set(place, makeRow(place));
    made.append(rows.get(place));
  }
  list.append(made);
}

function forgetRows() {
  for (const row of rows.values()) row.remove();
  rows.clear();
}

function drawAxis() {
  const width = byId('axis').clientWidth;
  const tick = tickOf(span.length, Math.max(2, width / 90));
  list.style.setProperty('--tick', percent(tick));
  const labels = [];
  for (let at = 0; at <= span.length; at += tick) {
    if (width - at / span.length * width < 40) break;
    const label = element('span', {}, formatTick(at));
    label.style.left = percent(at);
    labels.push(label);
  }
  byId('axis').replaceChildren(...labels);
}

// A name, and below it an area whose height is the count, or that of the highest.
function drawLane(drawing, lane, {top, height, scale, style}) {
  drawing.fillStyle = style.getPropertyValue('--muted');
  drawing.font = `${11 * scale}px ${style.fontFamily}`;
  drawing.fillText(lane.words, 4 * scale, top + 9 * scale);
  drawing.fillStyle = style.getPropertyValue(lane.color);
  const room = height - 15 * scale;
  lane.counts.forEach((count, x) => {
    const high = count > 0 ? Math.max(count / lane.most * room, scale) : 0;
    drawing.fillRect(x, top + height - high, 1, high);
  });
}

function drawChart() {
  const canvas = byId('chart');
  const scale = window.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
  canvas.height = Math.round(canvas.clientHeight * scale);
  const load = loadOf(chosen, span, canvas.width);
  const lane = (counts, what, color) => {
    const most = counts.reduce((a, b) => Math.max(a, b), 0);
    return {counts, most, color, words: `${what}, at most ${most.toLocaleString('en')}`};
  };
  const lanes = [lane(load.queued, 'Queued', '--queued'),
    lane(load.running, 'Running', '--still_running')];
  const drawing = canvas.getContext('2d');
  const style = getComputedStyle(canvas);
  const height = canvas.height / lanes.length;
  lanes.forEach((each, place) => {
    drawLane(drawing, each, {top: place * height, height, scale, style});
  });
  canvas.setAttribute('aria-label', lanes.map(each => each.words).join('; '));
}

function drawTimeline() {
  rowHeight = parseFloat(getComputedStyle(list).getPropertyValue('--row'));
  list.style.height = `${chosen.length * rowHeight}px`;
  if (span !== undefined) {
    drawAxis();
    drawChart();
  }
  forgetRows();
  drawRows();
}

function markActive(place) {
  for (const at of [active, place]) {
    const row = rows.get(at);
    row?.classList.toggle('active', at === place);
    row?.setAttribute('aria-selected', at === place);
  }
  active = place;
  if (place < 0) list.removeAttribute('aria-activedescendant');
  else list.setAttribute('aria-activedescendant', `row-${place}`);
}

function bringIntoSight(place) {
  const top = list.getBoundingClientRect().top + place * rowHeight;
  const above = head.offsetHeight;
  if (top < above) window.scrollBy(0, top - above);
  else if (top + rowHeight > window.innerHeight)
    window.scrollBy(0, top + rowHeight - window.innerHeight);
  drawRows();
}

function showRows(newlyChosen) {
  const job = chosen[active];
  chosen = newlyChosen;
  markActive(job === undefined ? -1 : chosen.indexOf(job));
  drawTimeline();
}
