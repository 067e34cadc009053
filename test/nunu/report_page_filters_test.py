#!/usr/bin/env python3
"""Shows that the page of the report finds jobs and orders them.

Usage: report_page_filters_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import SHOWN, TITLES, ReportTest


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


if __name__ == '__main__':
    report_page.main()
