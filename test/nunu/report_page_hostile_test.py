#!/usr/bin/env python3
"""Shows that what others wrote can do nothing within the page of the report.

Usage: report_page_hostile_test.py WRITE_SAMPLE_REPORT CHROMIUM [ARGUMENT OF UNITTEST]...
"""

import report_page
from report_page import DETAILS, TITLES, ReportTest

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


if __name__ == '__main__':
    report_page.main()
