// The page: what is chosen, by which pointer and which key.

const state = {endings: new Set(), suite: undefined, text: '', order: 'problems'};

function count(key) {
  const counts = new Map();
  for (const job of jobs) counts.set(job[key], (counts.get(job[key]) ?? 0) + 1);
  return counts;
}

function showTitle() {
  const title = told.group ? `nunu ${told.command}: ${told.group}` : `nunu ${told.command}`;
  document.title = title;
  byId('title').textContent = title;
  byId('subtitle').textContent = [formatCount(jobs.length, 'job'), formatMoment(told.began),
    `took ${formatDuration(Math.max(0, told.ended - told.began))}`].join(' · ');
}

function showEndings() {
  const counts = count('ending');
  for (const [ending, {words}] of ENDINGS) {
    if (!counts.has(ending)) continue;
    const button = element('button', {
      type: 'button', class: ending, 'data-ending': ending, 'aria-pressed': 'false'},
    icon(ending), words, ' ', element('b', {}, counts.get(ending).toLocaleString('en')));
    byId('endings').append(button);
  }
  // From the best, as people read a bar of progress.
  for (const ending of [...ENDINGS.keys()].reverse()) {
    if (!counts.has(ending)) continue;
    const share = element('i', {class: ending});
    share.style.flex = `${counts.get(ending)} 0 0`;
    byId('shares').append(share);
  }
}

function showSuites() {
  const counts = count('suite');
  const names = [...counts.keys()].sort();
  byId('suite-label').hidden = names.length < 2;
  byId('suite').append(element('option', {value: 'all'}, 'All'), ...names.map(
      name => element('option', {value: `=${name}`}, `${name || 'None'} (${counts.get(name)})`)));
}

function apply() {
  const found = choose(state);
  for (const button of byId('endings').children)
    button.setAttribute('aria-pressed', state.endings.has(button.dataset.ending));
  byId('shown').textContent = found.length === jobs.length ?
      formatCount(jobs.length, 'job') :
      `${found.length.toLocaleString('en')} of ${formatCount(jobs.length, 'job')}`;
  byId('nothing').hidden = found.length > 0;
  byId('nothing').textContent = jobs.length > 0 ? 'No job is like that.' : 'There were no jobs.';
  showRows(found);
}

function choosePlace(place) {
  if (chosen.length === 0) return;
  const within = Math.max(0, Math.min(chosen.length - 1, place));
  bringIntoSight(within);
  if (details.open) openDetails(within, false);
  else markActive(within);
}

const MOVES = {
  ArrowDown: () => active + 1,
  ArrowUp: () => active - 1,
  PageDown: page => active + page,
  PageUp: page => active - page,
  Home: () => 0,
  End: () => chosen.length - 1,
};

list.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const page = Math.floor((window.innerHeight - head.offsetHeight) / rowHeight) - 1;
  if (event.key in MOVES) choosePlace(MOVES[event.key](page));
  else if (event.key === 'Escape') closeDetails();
  else if ((event.key !== 'Enter' && event.key !== ' ') || active < 0) return;
  else openDetails(active, true);
  event.preventDefault();
});
list.addEventListener('focus', () => {
  if (active < 0 && chosen.length > 0 && list.matches(':focus-visible')) markActive(0);
});
list.addEventListener('click', event => {
  const row = event.target.closest('.row');
  if (row !== null) openDetails(Number(row.dataset.place), false);
});

byId('endings').addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button === null) return;
  const {ending} = button.dataset;
  if (!state.endings.delete(ending)) state.endings.add(ending);
  apply();
});
byId('text').addEventListener('input', event => {
  state.text = event.target.value;
  apply();
});
byId('suite').addEventListener('change', event => {
  state.suite = event.target.value === 'all' ? undefined : event.target.value.slice(1);
  apply();
});
byId('order').addEventListener('change', event => {
  state.order = event.target.value;
  apply();
});
byId('filters').addEventListener('submit', event => event.preventDefault());
byId('filters').addEventListener('reset', () => {
  Object.assign(state, {suite: undefined, text: '', order: 'problems'});
  state.endings.clear();
  apply();
});
document.addEventListener('keydown', event => {
  const typing = event.target.closest('input, select') !== null;
  if (event.key !== '/' || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  byId('text').focus();
  event.preventDefault();
});

showTitle();
showEndings();
showSuites();
document.querySelector('main').hidden = false;
if (span === undefined) byId('head').hidden = true;
if (jobs.length === 0) {
  for (const part of ['summary', 'filters', 'foot']) byId(part).hidden = true;
}
apply();
window.addEventListener('scroll', drawRows, {passive: true});
window.addEventListener('resize', drawTimeline);
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawTimeline);
new ResizeObserver(drawTimeline).observe(byId('timeline').querySelector('#head .track'));
