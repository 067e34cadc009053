#!/usr/bin/env python3
"""Shows that the page of the report can be used without a pointer.

Usage: report_page_keyboard_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import DETAILS, ENDINGS, MANY, TITLES, ReportTest

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


if __name__ == '__main__':
    report_page.main()
