#!/usr/bin/env python3
"""Uses the report in HTML as people do, in a headless Chromium.

Usage: report_page_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...

With an empty name for Chromium it says that there is none and ends with the status 77.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import chromium

SKIPPED = 77

MANY = 10000
# Half a second in all, where nothing else runs.
MANY_ARE_SHOWN_WITHIN_S = 15
MANY_ARE_FILTERED_WITHIN_MS = 3000
# Rows of a window and a few more, however many jobs there are.
MOST_ROWS = 100

writer = None
executable = None

# Of each ending that is shown, how many jobs ended so.
COUNTS = """Object.fromEntries([...document.querySelectorAll('#endings button')]
    .map(button => [button.dataset.ending, Number(button.querySelector('b').textContent
        .replace(',', ''))]))"""
TITLES = """[...document.querySelectorAll('.row')]
    .sort((a, b) => a.dataset.place - b.dataset.place)
    .map(row => row.querySelector('.name').textContent)"""
SHOWN = "document.getElementById('shown').textContent"
DETAILS = "document.getElementById('details').open ? " \
    "document.getElementById('details').innerText : null"
FOCUS = "document.activeElement.id"
# The row that is read out as the current one.
ACTIVE = """(() => {
    const id = document.getElementById('list').getAttribute('aria-activedescendant');
    const row = document.getElementById(id);
    if (row === null) return null;
    const box = row.getBoundingClientRect();
    const head = document.getElementById('head').getBoundingClientRect();
    const seen = box.top >= head.bottom - 1 && box.bottom <= innerHeight + 1;
    return {place: Number(row.ariaPosInSet), of: Number(row.ariaSetSize), seen,
            selected: row.ariaSelected, title: row.querySelector('.name').textContent};
})()"""

# The rules that forbid what a page could ask the network for, each after it was tried.
FORBIDDEN = """(async () => {
    const address = 'http://127.0.0.1:9/x';
    const refused = [];
    const all = new Promise(done => document.addEventListener('securitypolicyviolation', event => {
        refused.push(event.effectiveDirective);
        if (refused.length === 7) done();
    }));
    fetch(address).catch(() => {});
    new FontFace('x', `url(${address})`).load().catch(() => {});
    for (const [tag, name] of [['iframe', 'src'], ['img', 'src'], ['audio', 'src'],
                               ['script', 'src'], ['link', 'href']]) {
        const element = document.createElement(tag);
        element.rel = 'stylesheet';
        element[name] = address;
        document.body.append(element);
    }
    await all;
    return refused.sort();
})()"""

ENDINGS = ['failed', 'blocked', 'execution_failure', 'unknown', 'start_unknown', 'unreachable',
           'not_started', 'still_running', 'stopped', 'rejected', 'skipped', 'passed']


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.browser = cls.enterClassContext(chromium.Browser(executable))
        cls.files = {}

    def written(self, sample):
        if sample not in self.files:
            path = pathlib.Path(self.directory.name, f'{sample}.html').resolve()
            subprocess.run([writer, sample, path], check=True, timeout=chromium.PATIENCE_S)
            self.files[sample] = path
        return self.files[sample]

    def open(self, sample, **screen):
        page = self.browser.open(self.written(sample), **screen)
        self.addCleanup(self.expect_silence, page)
        return page

    def expect_silence(self, page):
        """What holds for every page, whatever was done with it."""
        page.evaluate('0')
        self.assertEqual([], page.requests())
        self.assertEqual([], page.complaints())

    def choose_option(self, page, select, value):
        page.evaluate(f"""(() => {{
            const select = document.getElementById({select!r});
            select.value = {value!r};
            select.dispatchEvent(new Event('change', {{bubbles: true}}));
        }})()""")


class Summary(ReportTest):
    def test_counts_by_ending_the_worst_first(self):
        page = self.open('endings')
        counts = page.evaluate(COUNTS)
        self.assertEqual(ENDINGS, list(counts))
        self.assertEqual(dict.fromkeys(ENDINGS, 1) | {'passed': 2}, counts)
        self.assertEqual('13 jobs', page.evaluate(SHOWN))

    def test_says_what_and_when(self):
        page = self.open('endings')
        self.assertEqual('nunu launch: nightly', page.evaluate('document.title'))
        self.assertEqual('13 jobs · 2026-03-03 12:00:00 UTC · took 2 m 05 s',
                         page.evaluate("document.getElementById('subtitle').textContent"))

    def test_says_that_there_were_no_jobs(self):
        page = self.open('empty')
        self.assertIn('There were no jobs.', page.evaluate('document.body.innerText'))
        self.assertEqual([], page.evaluate(TITLES))


class Timeline(ReportTest):
    def bars(self, page, title):
        """Kind and place of each, in hundredths of the whole time."""
        return page.evaluate(f"""(() => {{
            const row = [...document.querySelectorAll('.row')].find(
                row => row.querySelector('.name').textContent === {title!r});
            const track = row.querySelector('.track').getBoundingClientRect();
            return [...row.querySelectorAll('.track > *')].map(bar => {{
                const box = bar.getBoundingClientRect();
                const at = x => Math.round((x - track.left) / track.width * 100);
                return [bar.className, at(box.left), at(box.right)];
            }});
        }})()""")

    def test_shows_queueing_and_running_where_they_were(self):
        page = self.open('endings')
        # All jobs together took 200 s. This one was cleaned up for half a second.
        self.assertEqual([['queued', 0, 5], ['run failed', 5, 50], ['other', 50, 50]],
                         self.bars(page, 'Buy a sword'))

    def test_shows_retries_as_several_runs(self):
        page = self.open('endings')
        self.assertEqual(
            [['queued', 0, 10], ['run execution_failure', 10, 25], ['other', 25, 30],
             ['run execution_failure', 30, 45], ['other', 45, 50], ['run passed', 50, 95],
             ['other', 95, 100]], self.bars(page, 'Cross the bridge'))

    def test_a_job_that_never_ran_was_only_queued(self):
        page = self.open('endings')
        self.assertEqual([['queued', 0, 50]], self.bars(page, 'Race against the ghost'))

    def test_says_in_words_what_has_no_place_in_time(self):
        page = self.open('endings')
        texts = page.evaluate("[...document.querySelectorAll('.row .words')]"
                              ".map(words => words.textContent)")
        self.assertIn('GET /api/v1/jobs/job-lost: what the service says', texts)
        self.assertIn('RUNNING', texts)

    def test_can_be_read_without_colour(self):
        page = self.open('endings')
        signs = page.evaluate("""Object.fromEntries([...document.querySelectorAll('.row')]
            .map(row => [row.classList[2], row.querySelector('use').getAttribute('href')]))""")
        self.assertEqual({ending: f'#icon-{ending}' for ending in ENDINGS}, signs)
        self.assertEqual(len(ENDINGS), page.evaluate(
            "new Set([...document.querySelectorAll('symbol')].map(s => s.innerHTML)).size"))
        labels = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.ariaLabel)")
        self.assertIn('Passed, Cross the bridge, suite World, 3 m 00 s, 3 runs', labels)

    def test_says_how_many_ran_and_were_queued_at_once(self):
        page = self.open('endings')
        self.assertEqual('Queued, at most 9; Running, at most 8',
                         page.evaluate("document.getElementById('chart').ariaLabel"))


class Filters(ReportTest):
    def test_by_ending(self):
        page = self.open('endings')
        page.click('#endings .failed')
        self.assertEqual(['Buy a sword'], page.evaluate(TITLES))
        self.assertEqual('1 of 13 jobs', page.evaluate(SHOWN))
        page.click('#endings .passed')
        self.assertEqual(['Buy a sword', 'Finish the tutorial', 'Cross the bridge'],
                         page.evaluate(TITLES))
        self.assertEqual(['failed', 'passed'], page.evaluate(
            "[...document.querySelectorAll('[aria-pressed=true]')].map(b => b.dataset.ending)"))
        page.click('#endings .failed')
        page.click('#endings .passed')
        self.assertEqual('13 jobs', page.evaluate(SHOWN))

    def test_by_suite(self):
        page = self.open('endings')
        self.choose_option(page, 'suite', '=World')
        self.assertEqual(['Race against the ghost', 'Cross the bridge'], page.evaluate(TITLES))
        self.choose_option(page, 'suite', 'all')
        self.assertEqual('13 jobs', page.evaluate(SHOWN))

    def test_by_text_in_names_reports_and_errors(self):
        page = self.open('endings')
        for text, titles in (('BRIDGE', ['Cross the bridge']),
                             ('sold! coins', ['Buy a sword']),
                             ('never arrives', ['Buy a sword']),
                             ('no such deployment', ['smoke', 'smoke']),
                             ('no such words', [])):
            with self.subTest(text=text):
                page.evaluate("document.getElementById('text').select()")
                page.evaluate("document.getElementById('text').focus()")
                page.write(text)
                self.assertEqual(titles, page.evaluate(TITLES))
        self.assertIn('No job is like that.', page.evaluate('document.body.innerText'))

    def test_all_at_once_and_none_again(self):
        page = self.open('endings')
        page.click('#endings .passed')
        self.choose_option(page, 'suite', '=World')
        page.click('#text')
        page.write('tutorial')
        self.assertEqual('0 of 13 jobs', page.evaluate(SHOWN))
        page.click('#reset')
        self.assertEqual('13 jobs', page.evaluate(SHOWN))
        self.assertEqual('', page.evaluate("document.getElementById('text').value"))

    def test_orders(self):
        page = self.open('endings')
        for order, first in (('start', ['Finish the tutorial', 'Play a match with a friend']),
                             ('duration', ['Cross the bridge', 'Race against the ghost']),
                             ('name', ['Buy a sword', 'Cross the bridge']),
                             ('problems', ['Buy a sword', 'Switch the language'])):
            with self.subTest(order=order):
                self.choose_option(page, 'order', order)
                self.assertEqual(first, page.evaluate(TITLES)[:2])


class Details(ReportTest):
    def test_tell_why_a_test_failed(self):
        page = self.open('endings')
        page.click('#row-0')
        details = page.evaluate(DETAILS)
        for part in ('Failed', 'Player 1 (android), step 2',
                     'The sword is in the inventory',
                     'The shop took 120 coins and said "Sold!".\n'
                     'The inventory was still empty after a restart of the game.',
                     'Inventory is dead', 'high', 'confidence 0.9',
                     '1. Buy the sword.\n2. Open the inventory.', '2026-03-03 12:00:10'):
            self.assertIn(part, details)
        self.assertNotIn('Start the game', details)
        link = page.evaluate("(link => [link.href, link.rel, link.target])"
                             "(document.querySelector('#details a'))")
        self.assertEqual(['https://nunu.ai/nexus/p/runs/m/run-1/details', 'noopener noreferrer',
                          '_blank'], link)

    def test_tell_why_a_start_is_unknown(self):
        page = self.open('endings')
        page.click('#endings .start_unknown')
        page.click('#row-0')
        details = page.evaluate(DETAILS)
        for part in ('May have been started', 'start_outcome_unknown', 'launch-7',
                     'POST /api/v1/runs', 'no such deployment'):
            self.assertIn(part, details)

    def test_tell_all_runs_of_a_retried_job(self):
        page = self.open('endings')
        page.click('#endings .passed')
        page.click('#row-1')
        self.assertEqual(['ERROR', 'TIMEOUT', 'SUCCESS'], page.evaluate(
            "[...document.querySelectorAll('#details tbody tr')].map(r => r.cells[1].innerText)"))

    def test_stay_open_beside_the_list_while_others_are_chosen(self):
        page = self.open('endings')
        page.click('#row-0')
        page.click('#row-1')
        self.assertIn('Switch the language', page.evaluate(DETAILS))
        page.click('#close')
        self.assertIsNone(page.evaluate(DETAILS))

    def test_lie_over_the_list_on_a_phone(self):
        page = self.open('endings', width=390, height=844)
        self.assertEqual(390, page.evaluate('document.documentElement.scrollWidth'))
        page.click('#row-0')
        self.assertEqual([0, 0, 390, 844], page.evaluate(
            "(box => [box.x, box.y, box.width, box.height])"
            "(document.getElementById('details').getBoundingClientRect())"))
        self.assertTrue(page.evaluate("document.getElementById('details').matches(':modal')"))
        page.press('Escape')
        self.assertIsNone(page.evaluate(DETAILS))


class Keyboard(ReportTest):
    def test_reaches_everything_in_order(self):
        page = self.open('endings')
        reached = []
        for _ in range(len(ENDINGS) + 5):
            page.press('Tab')
            reached.append(page.evaluate(
                'document.activeElement.dataset.ending || document.activeElement.id'))
        self.assertEqual(ENDINGS + ['text', 'suite', 'order', 'reset', 'list'], reached)
        self.assertNotEqual('none', page.evaluate(
            "getComputedStyle(document.querySelector('.row.active')).outlineStyle"))

    def test_chooses_filters(self):
        page = self.open('endings')
        page.press('Tab', ' ')
        self.assertEqual(['Buy a sword'], page.evaluate(TITLES))

    def test_walks_through_the_jobs_and_keeps_the_chosen_one_in_sight(self):
        page = self.open('nightly')
        page.evaluate("document.getElementById('list').focus()")
        for keys, place in ((['ArrowDown', 'ArrowDown'], 3), (['ArrowUp'], 2), (['End'], MANY),
                            (['ArrowDown'], MANY), (['ArrowUp'], MANY - 1), (['Home'], 1)):
            with self.subTest(keys=keys):
                page.press(*keys)
                active = page.evaluate(ACTIVE)
                self.assertEqual((place, MANY, True, 'true'), (
                    active['place'], active['of'], active['seen'], active['selected']))
        page.press('PageDown')
        self.assertGreater(page.evaluate(ACTIVE)['place'], 5)

    def test_opens_details_and_comes_back(self):
        page = self.open('endings')
        page.evaluate("document.getElementById('list').focus()")
        page.press('Home', 'ArrowDown', 'Enter')
        self.assertIn('Switch the language', page.evaluate(DETAILS))
        self.assertEqual('details-title', page.evaluate(FOCUS))
        page.press('Escape')
        self.assertIsNone(page.evaluate(DETAILS))
        page.evaluate('new Promise(done => setTimeout(done))')
        self.assertEqual('list', page.evaluate(FOCUS))
        self.assertEqual('Switch the language', page.evaluate(ACTIVE)['title'])

    def test_searches_with_a_slash(self):
        page = self.open('endings')
        page.press('/')
        self.assertEqual('text', page.evaluate(FOCUS))
        page.write('tutorial')
        self.assertEqual(['Finish the tutorial'], page.evaluate(TITLES))


class ManyJobs(ReportTest):
    def rows(self, page):
        return page.evaluate("document.querySelectorAll('.row').length")

    def test_are_shown_at_once(self):
        page = self.open('nightly')
        self.assertLess(page.seconds_to_load, MANY_ARE_SHOWN_WITHIN_S)
        self.assertEqual('10,000 jobs', page.evaluate(SHOWN))
        self.assertEqual(MANY, sum(page.evaluate(COUNTS).values()))
        self.assertTrue(0 < self.rows(page) < MOST_ROWS)

    def test_are_filtered_at_once(self):
        page = self.open('nightly')
        took = page.evaluate("""(async () => {
            const begin = performance.now();
            const text = document.getElementById('text');
            text.value = 'market';
            text.dispatchEvent(new Event('input'));
            await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            return performance.now() - begin;
        })()""")
        self.assertLess(took, MANY_ARE_FILTERED_WITHIN_MS)
        self.assertEqual('1,667 of 10,000 jobs', page.evaluate(SHOWN))

    def test_are_there_where_one_scrolls_to(self):
        page = self.open('nightly')
        self.choose_option(page, 'order', 'start')
        page.evaluate("""(async () => {
            const scrolled = new Promise(done => addEventListener('scroll', done, {once: true}));
            scrollTo(0, document.documentElement.scrollHeight / 2);
            await scrolled;
        })()""")
        places = page.evaluate("[...document.querySelectorAll('.row')]"
                               ".map(row => Number(row.ariaPosInSet)).sort((a, b) => a - b)")
        self.assertLess(len(places), MOST_ROWS)
        self.assertLess(places[0], MANY / 2)
        self.assertGreater(places[-1], MANY / 2)
        self.assertEqual(list(range(places[0], places[-1] + 1)), places)


class HostileTexts(ReportTest):
    def test_are_shown_and_do_nothing(self):
        page = self.open('hostile')
        self.assertEqual(4, len(page.evaluate(TITLES)))
        elements = page.evaluate("document.querySelectorAll('script, img').length")
        for place in range(4):
            page.click(f'#row-{place}')
            self.assertIsNotNone(page.evaluate(DETAILS))
            self.assertEqual(0, page.evaluate("document.querySelectorAll('#details a').length"))
        self.assertEqual(2, elements)
        self.assertEqual(elements, page.evaluate("document.querySelectorAll('script, img').length"))
        self.assertIn('nunu launch: </script><script>', page.evaluate('document.title'))
        self.assertIn('<!--<script>-->', page.evaluate("document.querySelector('.row').innerText"))

    def test_could_not_run_or_ask_even_as_elements(self):
        page = self.browser.open(self.written_with_an_intruder())
        self.assertNotEqual('pwned', page.evaluate('document.title'))
        self.assertEqual([], [event for event in page.events
                              if event['method'] == 'Network.responseReceived'
                              and event['params']['response']['url'] != page.url])
        self.assertGreater(len(page.complaints()), 0)

    def test_may_not_ask_the_network(self):
        page = self.browser.open(self.written('empty'))
        self.assertEqual(
            ['connect-src', 'font-src', 'frame-src', 'img-src', 'media-src', 'script-src-elem',
             'style-src-elem'], page.evaluate(FORBIDDEN))

    def written_with_an_intruder(self):
        written = self.written('endings')
        text = written.read_text(encoding='utf-8')
        intruded = written.with_name('intruded.html')
        intruded.write_text(text.replace(
            '<header>', "<script>document.title = 'pwned'</script>"
            '<img src="http://127.0.0.1:9/x" onerror="document.title = \'pwned\'"><header>'),
            encoding='utf-8')
        return intruded


class Schemes(ReportTest):
    def test_dark_and_light_are_told_apart(self):
        background = 'getComputedStyle(document.body).backgroundColor'
        self.assertEqual('rgb(255, 255, 255)', self.open('endings').evaluate(background))
        self.assertEqual('rgb(15, 19, 24)', self.open('endings', dark=True).evaluate(background))


if __name__ == '__main__':
    writer, executable = sys.argv[1:3]
    if not executable:
        print('There is no chromium-headless-shell here, so the page was not looked at.')
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
