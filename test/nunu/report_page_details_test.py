#!/usr/bin/env python3
"""Shows what the page of the report tells of a job that was chosen.

Usage: report_page_details_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import DETAILS, ReportTest


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


if __name__ == '__main__':
    report_page.main()
