#!/usr/bin/env python3
"""Shows what the page of the report says of all jobs together, and in which colours.

Usage: report_page_summary_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import COUNTS, ENDINGS, SHOWN, TITLES, ReportTest


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


class Schemes(ReportTest):
    def test_dark_and_light_are_told_apart(self):
        background = 'getComputedStyle(document.body).backgroundColor'
        self.assertEqual('rgb(255, 255, 255)', self.open('endings').evaluate(background))
        self.assertEqual('rgb(15, 19, 24)', self.open('endings', dark=True).evaluate(background))


if __name__ == '__main__':
    report_page.main()
