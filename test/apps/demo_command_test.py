#!/usr/bin/env python3
"""Shows what nunu-demo prints and how it ends, with its own simulator and with another one.

Usage: demo_command_test.py DEMO SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import errno
import os
import pty
import re
import select
import subprocess
import sys
import unittest

import simulator_process

demo = None
simulator = None

# The demo with its own simulator takes ten seconds, more with sanitizers.
PATIENCE_S = 2 * simulator_process.PATIENCE_S

SUMMARY = re.compile(r'^500 of 500 jobs finished in [\d.]+ s, with \d+ polls on \d+ connections$',
                     re.MULTILINE)


def environment(**settings):
    """The process's own without the demo's settings, and these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith('NUNU_')}
    return own | settings


def run(*arguments, **settings):
    return subprocess.run([demo, *arguments], env=environment(**settings), capture_output=True,
                          text=True, timeout=PATIENCE_S)


def read_terminal(terminal):
    """All that is written on a pseudo-terminal until nobody can write there any more."""
    written = b''
    while select.select([terminal], [], [], PATIENCE_S)[0]:
        try:
            written += os.read(terminal, 65536)
        except OSError as failure:
            if failure.errno != errno.EIO:
                raise
            return written.decode()
    raise AssertionError(f'nothing written for {PATIENCE_S} s, after:\n{written.decode()}')


class OwnSimulator(unittest.TestCase):
    def jobs_in_summary(self, text):
        return sum(map(int, re.findall(r'^[a-z_]+ +(\d+) +[\d.]+ s +[\d.]+ s$', text, re.MULTILINE)))

    def test_in_a_pipe_each_tenth_is_a_line(self):
        ended = run()
        self.assertEqual((0, ''), (ended.returncode, ended.stderr))
        self.assertNotIn('\r', ended.stdout)
        self.assertEqual([f'{finished} of 500 jobs finished' for finished in range(50, 501, 50)],
                         re.findall(r'^.* jobs finished$', ended.stdout, re.MULTILINE))
        self.assertEqual(500, self.jobs_in_summary(ended.stdout))
        self.assertRegex(ended.stdout, SUMMARY)

    def test_on_a_terminal_one_line_is_written_over(self):
        terminal, program_end = pty.openpty()
        self.addCleanup(os.close, terminal)
        try:
            process = subprocess.Popen([demo], env=environment(), stdout=program_end)
        finally:
            # While it is open here too, the terminal has no end.
            os.close(program_end)
        with process:
            try:
                # The terminal makes each \n to \r\n.
                text = read_terminal(terminal).replace('\r\n', '\n')
                self.assertEqual(0, process.wait(PATIENCE_S))
            finally:
                process.kill()
        live = [line for line in text.split('\n') if '\r' in line]
        self.assertEqual(1, len(live), text)
        self.assertEqual(['', *(f'{finished} of 500 jobs finished' for finished in range(1, 501))],
                         live[0].split('\r'))
        self.assertEqual(500, self.jobs_in_summary(text))
        self.assertRegex(text, SUMMARY)


class OtherSimulator(unittest.TestCase):
    ARGUMENTS = ('--deployment', 'any-deployment-config', '--plan', 'one', '--plan', 'another')

    def simulator(self, *flags):
        return simulator_process.running(simulator, '--queue-ms', '0', '--run-ms', '0',
                                         '--tests-per-plan', '3', *flags)

    def test_plans_are_started_and_waited_for(self):
        with self.simulator('--http', '--api-key', 'mine', '--project-id', 'my-project') as s:
            ended = run(*self.ARGUMENTS, NUNU_API_TOKEN='mine', NUNU_PROJECT_ID='my-project',
                        NUNU_API_URL=s.base_url)
            counts = s.stats()
        self.assertEqual((0, ''), (ended.returncode, ended.stderr))
        self.assertIn('starting 2 test plans\nwaiting for 6 jobs\n', ended.stdout)
        self.assertRegex(ended.stdout, r'(?m)^6 of 6 jobs finished in ')
        self.assertEqual((2, 6, 0), (counts['runs'], counts['jobs'], counts['launches_seen_twice']))

    def test_refusals_end_it_with_status_1_and_the_reason(self):
        with self.simulator('--http', '--read-only-key', 'reader') as s:
            for settings, reason in (
                    ({'NUNU_API_TOKEN': 'mistyped'}, 'the API key is missing or wrong'),
                    ({'NUNU_API_TOKEN': 'reader'}, 'the API key lacks the permission'),
                    ({'NUNU_API_TOKEN': 'simulator-key', 'NUNU_PROJECT_ID': 'other'},
                     'project not found')):
                with self.subTest(reason):
                    ended = run(*self.ARGUMENTS, NUNU_API_URL=s.base_url, **settings)
                    self.assertEqual(1, ended.returncode)
                    for plan in ('one', 'another'):
                        self.assertRegex(ended.stderr, f'(?m)^plan {plan}: .*{reason}')
                    self.assertNotIn('mistyped', ended.stderr)
            self.assertEqual(0, s.stats()['runs'])

    def test_a_certificate_that_is_not_trusted_ends_it_with_status_1(self):
        with self.simulator() as s:
            ended = run(*self.ARGUMENTS, NUNU_API_TOKEN='simulator-key', NUNU_API_URL=s.base_url)
        self.assertEqual(1, ended.returncode)
        self.assertIn('certificate', ended.stderr)


class Arguments(unittest.TestCase):
    def test_mistakes_end_it_with_status_2_and_the_usage(self):
        complete = ('--deployment', 'd', '--plan', 'p')
        for arguments, settings in (
                (complete, {}),
                (complete, {'NUNU_API_TOKEN': ''}),
                (('--deployment', 'd'), {'NUNU_API_TOKEN': 'k'}),
                (('--plan', 'p'), {'NUNU_API_TOKEN': 'k'}),
                ((*complete, '--plan'), {'NUNU_API_TOKEN': 'k'}),
                ((*complete, '--bogus', 'x'), {'NUNU_API_TOKEN': 'k'}),
                (('--help',), {'NUNU_API_TOKEN': 'k'})):
            with self.subTest(arguments, settings=settings):
                ended = run(*arguments, **settings)
                self.assertEqual((2, ''), (ended.returncode, ended.stdout))
                self.assertTrue(ended.stderr.startswith('usage: '), ended.stderr)

    def test_a_url_that_is_none_ends_it_with_status_1(self):
        ended = run('--deployment', 'd', '--plan', 'p', NUNU_API_TOKEN='k', NUNU_API_URL='ftp://host')
        self.assertEqual(1, ended.returncode)
        self.assertIn('base_url', ended.stderr)


if __name__ == '__main__':
    demo, simulator = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
