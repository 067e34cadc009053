#!/usr/bin/env python3
"""Shows what nunu shows on a terminal, and that it leaves it as it was.

Usage: nunu_terminal_test.py NUNU SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import re
import sys
import unittest

import nunu_process
from nunu_process import AT_ONCE, FOR_LONG, RUN
from terminal_screen import BAR, Screen, columns_of, frames

nunu_executable = None
simulator_executable = None


def beside_simulator(*flags):
    return nunu_process.beside_simulator(nunu_executable, simulator_executable, *flags)


def live_lines(frame):
    """Those of a frame that are written over: the bar and what follows it."""
    lines = frame.split('\n')
    bars = [i for i, line in enumerate(lines) if BAR.search(line)]
    return lines[bars[-1]:] if bars else []


class LiveDisplay(unittest.TestCase):
    def test_one_bar_is_written_over_and_gone_in_the_end(self):
        with beside_simulator('--queue-ms', '0-300', '--run-ms', '300-900',
                              '--pass-rate', '1') as nunu:
            with nunu.on_terminal('launch', nunu.launch_file(20), '--poll-interval', '100ms',
                                  columns=100) as terminal:
                self.assertEqual(0, terminal.end(), terminal.text)
        shown = frames(terminal.text)
        self.assertTrue(any(re.search(r'\d+/20 \d+%', frame) for frame in shown))
        self.assertGreater(len({tuple(live_lines(frame)) for frame in shown}), 2)
        screen = Screen(100, terminal.text)
        text = '\n'.join(screen.lines)
        self.assertFalse(BAR.search(text), text)
        self.assertEqual(20, len(re.findall(r'(?m)^started run-\d+: ', text)), text)
        self.assertEqual(20, len(re.findall(r'(?m)^.*\[run-\d+\]: passed', text))
                         + sum(map(int, re.findall(r'and (\d+) more that ended well', text))), text)
        self.assertIn('20 jobs: 20 passed', text)
        self.assertEqual((0, False), (screen.column, screen.cursor_hidden))
        self.assertEqual('', screen.lines[-1])

    def test_ids_that_are_printed_meanwhile_stay(self):
        for flag in ('--no-wait', '--ndjson'):
            with self.subTest(flag), beside_simulator(
                    *AT_ONCE, '--fault', 'start_run answer drip=2ms') as nunu:
                with nunu.on_terminal('launch', nunu.launch_file(5), flag,
                                      columns=200) as terminal:
                    terminal.end()
                text = '\n'.join(Screen(200, terminal.text).lines)
                self.assertEqual(5, nunu.simulator.stats()['runs'])
                pattern = '"event":"started"' if flag == '--ndjson' else r'(?m)^[0-9a-f-]{36}$'
                self.assertEqual(5, len(re.findall(pattern, text)), text)

    def test_no_live_line_is_wider_than_the_terminal(self):
        for columns in (10, 20, 40, 80, 200):
            with self.subTest(columns), beside_simulator(*FOR_LONG) as nunu:
                with nunu.on_terminal(*RUN, '--instances', '10', columns=columns) as terminal:
                    terminal.wait_for_text('10 running'[:columns - 2])
                    terminal.type(b'\x03')
                    self.assertEqual(130, terminal.end())
                for frame in frames(terminal.text):
                    for line in live_lines(frame):
                        self.assertLess(columns_of(line), columns)

    def test_the_width_is_read_for_each_frame(self):
        with beside_simulator(*FOR_LONG) as nunu:
            with nunu.on_terminal(*RUN, columns=120) as terminal:
                terminal.wait_for_text('1 running')
                terminal.resize(30)
                before = len(frames(terminal.text))
                terminal.wait_for(lambda text: len(frames(text)) > before + 1, 'two more frames')
                terminal.type(b'\x03')
                terminal.end()
        for line in live_lines(frames(terminal.text)[before + 1]):
            self.assertLess(columns_of(line), 30)

    def test_it_draws_at_a_calm_pace(self):
        with beside_simulator(*FOR_LONG) as nunu:
            with nunu.on_terminal(*RUN) as terminal:
                # The time is shown in seconds.
                terminal.wait_for_text('  3 s')
                count = len(frames(terminal.text))
                terminal.type(b'\x03')
                terminal.end()
        # One a second, a few for what happened at the beginning.
        self.assertLess(count, 12)


class Keys(unittest.TestCase):
    def test_ctrl_c_stops_the_jobs(self):
        with beside_simulator(*FOR_LONG) as nunu:
            with nunu.on_terminal(*RUN) as terminal:
                terminal.wait_for_text('1 running')
                terminal.type(b'\x03')
                self.assertEqual(130, terminal.end())
            screen = '\n'.join(Screen(80, terminal.text).lines)
            self.assertFalse(BAR.search(screen), screen)
            self.assertRegex(screen, r'(?s)interrupted.*stopping 1 job\nstopped 1 job\n')

    def test_a_second_ctrl_c_quits_at_once_and_leaves_the_cursor_below(self):
        with beside_simulator(*FOR_LONG, '--fault', 'stop_jobs stall') as nunu:
            with nunu.on_terminal(*RUN) as terminal:
                terminal.wait_for_text('1 running')
                terminal.type(b'\x03')
                terminal.wait_for_text('stopping 1 job')
                terminal.type(b'\x03')
                self.assertEqual(130, terminal.end())
        screen = Screen(80, terminal.text)
        self.assertFalse(screen.cursor_hidden)
        self.assertEqual(len(screen.lines) - 1, screen.row)


class Colors(unittest.TestCase):
    COLOR = re.compile(r'\x1b\[\d+m')

    def written(self, *flags, **settings):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            with nunu.on_terminal(*RUN, *flags, **settings) as terminal:
                self.assertEqual(1, terminal.end(), terminal.text)
            return terminal.text

    def test_colors_are_for_terminals_that_may_have_them(self):
        for flags, settings, expected in (
                ((), {}, True), ((), {'NO_COLOR': '1'}, False), ((), {'NO_COLOR': ''}, True),
                (('--color', 'never'), {}, False), ((), {'TERM': 'dumb'}, False),
                (('--color', 'always'), {'NO_COLOR': '1'}, True)):
            with self.subTest(flags=flags, settings=settings):
                self.assertEqual(expected, bool(self.COLOR.search(self.written(*flags, **settings))))

    def test_a_dumb_terminal_gets_plain_lines(self):
        self.assertNotIn('\x1b', self.written(TERM='dumb'))

    def test_ascii_is_enough_where_the_locale_says_so(self):
        text = self.written('--color', 'never', LANG='C')
        self.assertTrue(text.isascii(), text)
        self.assertRegex(text, r'[=-]{8,} \d+/1')

    def test_a_pipe_gets_plain_lines(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            self.assertNotIn('\x1b', nunu.run(*RUN, TERM='xterm').stderr)
            self.assertRegex(nunu.run(*RUN, '--color', 'always').stderr, self.COLOR)


if __name__ == '__main__':
    nunu_executable, simulator_executable = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
