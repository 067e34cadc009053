#!/usr/bin/env python3
"""Shows that the page of the report is quick, however many jobs there are.

Usage: report_page_many_jobs_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import COUNTS, MANY, SHOWN, ReportTest

# Half a second in all, where nothing else runs.
MANY_ARE_SHOWN_WITHIN_S = 15
MANY_ARE_FILTERED_WITHIN_MS = 3000
# Rows of a window and a few more, however many jobs there are.
MOST_ROWS = 100


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


if __name__ == '__main__':
    report_page.main()
