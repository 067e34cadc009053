#!/usr/bin/env python3
"""Shows what the rows of the page of the report say of each job and of its time.

Usage: report_page_timeline_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import ENDINGS, ReportTest


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


if __name__ == '__main__':
    report_page.main()
