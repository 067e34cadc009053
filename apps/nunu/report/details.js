// What is known about one job.

const details = byId('details');
const narrow = window.matchMedia('(max-width: 900px)');

function facts(...pairs) {
  const known = pairs.filter(([, text]) => text !== undefined && text !== '');
  if (known.length === 0) return undefined;
  return element('dl', {class: 'facts'}, ...known.flatMap(([name, text, kind]) => [
    element('dt', {}, name), element('dd', {class: kind ?? 'text'}, String(text))]));
}

function titled(title, ...parts) {
  const known = parts.filter(part => part !== undefined);
  if (known.length === 0) return undefined;
  return element('section', {}, element('h3', {}, title), ...known);
}

function words(text, kind = 'words') {
  return text === undefined ? undefined : element('p', {class: kind}, text);
}

function stepEntry(step) {
  const ending = endingOfRun(step);
  return element('div', {class: `entry ${ending}`},
      element('div', {class: 'caption'}, icon(ending), step.text ?? 'Did not end', ' · ',
          capitalized(step.place)),
      words(step.goal, 'words goal'), words(step.report));
}

function bugEntry(bug) {
  const caption = element('div', {class: 'caption'},
      element('span', {class: `severity ${bug.severity}`}, bug.text ?? bug.severity));
  if (bug.category) caption.append(bug.category);
  if (bug.confidence) caption.append(` · confidence ${bug.confidence}`);
  return element('div', {class: 'entry'}, caption, words(bug.title, 'words goal'),
      words(bug.description),
      bug.reproduction && element('h4', {}, 'To reproduce'), words(bug.reproduction));
}

function errorFacts(error) {
  return facts(['Error', error.error], ['Name', error.name, 'code'], ['What', error.message],
      ['Service', error.service_message], ['Code', error.service_code, 'code'],
      ['Status', error.http_status], ['Request', error.request, 'code'],
      ['Launch id', error.launch_id, 'code'], ['Jobs named', error.job_ids?.join('\n'), 'code'],
      ['Answer', error.body, 'code']);
}

function runRow(run, place) {
  const length = run.started === undefined || run.completed === undefined ? '' :
      formatDuration(Math.max(0, run.completed - run.started));
  return element('tr', {},
      element('td', {}, String(place + 1)),
      element('td', {class: endingOfRun(run)}, icon(endingOfRun(run)), run.text || 'No result'),
      element('td', {}, momentOf(run.started)?.replace(' UTC', '') ?? ''),
      element('td', {}, length));
}

function runTable(runs) {
  if (runs.length === 0) return undefined;
  const names = ['Run', 'Result', 'Started (UTC)', 'Time'].map(
      name => element('th', {scope: 'col'}, name));
  return element('table', {}, element('thead', {}, element('tr', {}, ...names)),
      element('tbody', {}, ...runs.map(runRow)));
}

function linkTo(url) {
  const address = webAddress(url);
  if (address === undefined) return undefined;
  return element('p', {class: 'open'}, element('a',
      {href: address, target: '_blank', rel: 'noopener noreferrer'}, "Open the run's page"));
}

function momentOf(ms) {
  return ms === undefined ? undefined : formatMoment(ms);
}

function queuedFor(job) {
  if (job.created === undefined || job.runs.length === 0) return undefined;
  return formatDuration(Math.max(0, job.runs[0].started - job.created));
}

function fillDetails(job) {
  const close = element('button', {type: 'button', id: 'close'}, 'Close');
  close.addEventListener('click', closeDetails);
  details.replaceChildren(
      element('div', {class: `bar ${job.ending}`}, icon(job.ending), job.words, close),
      element('div', {class: 'body'},
          element('h2', {id: 'details-title', tabindex: '-1'}, job.title),
          linkTo(job.url),
          job.steps ?? job.stopper ? undefined : words(job.reason),
          titled('What failed', ...(job.steps ?? []).map(stepEntry)),
          titled('Bugs found', ...(job.bugs ?? []).map(bugEntry)),
          titled('Error', job.error && errorFacts(job.error)),
          titled('Runs', runTable(job.allRuns)),
          titled('Job', facts(
              ['Job id', job.id, 'code'], ['Key', job.key], ['Suite', job.suite],
              ['Platform', job.platform], ['Build', job.build, 'code'],
              ['Stopped by', job.stopper], ['Created', momentOf(job.created)],
              ['Queued for', queuedFor(job)], ['Completed', momentOf(job.completed)],
              ['In all', job.start === undefined ? undefined :
                  formatDuration(job.end - job.start)]))));
  details.scrollTop = 0;
}

// Beside the list where there is room for both, else over it. Who comes with the keyboard goes on
// in the details; who clicks can go on choosing. Closed, it gives the focus back by itself.
function openDetails(place, entering) {
  markActive(place);
  fillDetails(chosen[place]);
  if (!details.open) {
    if (narrow.matches) details.showModal();
    else details.show();
  }
  if (entering || narrow.matches) byId('details-title').focus();
  else list.focus({preventScroll: true});
}

function closeDetails() {
  if (details.open) details.close();
}

details.addEventListener('keydown', event => {
  if (event.key === 'Escape') closeDetails();
});
narrow.addEventListener('change', closeDetails);
