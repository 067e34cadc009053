#!/usr/bin/env python3
"""Shows how nunu ends, and what it writes where.

Usage: nunu_command_test.py NUNU SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import nunu_process
from nunu_process import AT_ONCE, FOR_LONG, RUN
from simulator_process import PATIENCE_S

nunu_executable = None
simulator_executable = None


def beside_simulator(*flags):
    return nunu_process.beside_simulator(nunu_executable, simulator_executable, *flags)


@contextlib.contextmanager
def nobody_listens():
    """The address of a service that cannot be reached."""
    with socket.socket() as kept:
        kept.bind(('127.0.0.1', 0))
        yield f'http://127.0.0.1:{kept.getsockname()[1]}'


class ExitCodes(unittest.TestCase):
    def status(self, flags, *arguments, **settings):
        with beside_simulator(*flags) as nunu:
            ended = nunu.run(*arguments, **settings)
            self.assertEqual('', ended.stdout)
            return ended.returncode, ended.stderr

    def test_0_when_all_passed(self):
        status, text = self.status((*AT_ONCE, '--pass-rate', '1'), *RUN)
        self.assertEqual(0, status, text)
        self.assertIn('1 job: 1 passed', text)

    def test_1_when_a_test_failed(self):
        status, text = self.status((*AT_ONCE, '--pass-rate', '0'), *RUN)
        self.assertEqual(1, status, text)
        self.assertRegex(text, r'/nexus/simulated-project/runs/m/[\w-]+/details')
        self.assertRegex(text, r'step 1: (FAILED|BLOCKED)')

    def test_2_for_what_makes_no_sense(self):
        for arguments, settings, expected in (
                ((*RUN, '--bogus'), {}, '--bogus'),
                (RUN, {'NUNU_API_TOKEN': None}, 'NUNU_API_TOKEN'),
                (('launch', 'missing.json'), {}, 'missing.json'),
                ((*RUN, '--junit', 'no/such/folder/report.xml'), {}, 'no/such/folder/report.xml'),
                ((*RUN, '--timeout', 'soon'), {}, '--timeout')):
            with self.subTest(arguments), beside_simulator() as nunu:
                ended = nunu.run(*arguments, **settings)
                self.assertEqual((2, ''), (ended.returncode, ended.stdout))
                self.assertIn(expected, ended.stderr)
                self.assertEqual(0, nunu.simulator.stats()['requests'])

    def test_what_was_given_does_nothing_to_the_terminal(self):
        colour = '\x1b[31m'
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            full = nunu.path(f'{colour}.xml')
            os.symlink('/dev/full', full)
            for arguments in ((colour,), ('launch', f'{colour}.json'), (*RUN, f'--{colour}'),
                              (*RUN, '--junit', f'no/{colour}/report.xml'),
                              (*RUN, '--junit', full)):
                with self.subTest(arguments):
                    ended = nunu.run(*arguments)
                    self.assertEqual(2, ended.returncode, ended.stderr)
                    self.assertIn('\u241b[31m', ended.stderr)
                    self.assertNotIn('\x1b', ended.stderr)

    def test_2_for_a_job_that_does_not_exist(self):
        for command in ('wait', 'status', 'stop'):
            with self.subTest(command), beside_simulator() as nunu:
                ended = nunu.run(command, 'no-such-job')
                self.assertEqual(2, ended.returncode, ended.stderr)
                self.assertIn('no-such-job', ended.stdout + ended.stderr)
                self.assertRegex(ended.stdout + ended.stderr, r'(?i)job not found|no jobs found')

    def test_3_when_there_are_no_jobs(self):
        for command, words in (('wait', 'no jobs'), ('status', 'no jobs in group nobody'),
                               ('stop', 'nothing to stop in group nobody')):
            with self.subTest(command):
                status, text = self.status((), command, '--group', 'nobody')
                self.assertEqual(3, status, text)
                self.assertIn(words, text)

    def test_4_for_a_key_that_is_wrong_or_lacks_the_permission(self):
        for settings in ({'NUNU_API_TOKEN': 'mistyped'}, {'NUNU_API_TOKEN': 'reader'}):
            status, text = self.status(('--read-only-key', 'reader'), *RUN, **settings)
            self.assertEqual(4, status, text)
            self.assertNotIn('mistyped', text)

    def test_4_for_a_group_that_may_not_be_listed(self):
        status, text = self.status((), 'wait', '--group', 'mine', NUNU_API_TOKEN='mistyped')
        self.assertEqual(4, status, text)
        self.assertIn('group mine', text)

    def test_5_when_tests_could_not_be_carried_out(self):
        status, text = self.status((*AT_ONCE, '--execution-failure-rate', '1'), *RUN)
        self.assertEqual(5, status, text)

    def test_5_when_the_service_cannot_be_trusted(self):
        with (beside_simulator() as nunu,
              nunu_process.simulator_process.running(simulator_executable) as other):
            ended = nunu.run(*RUN, NUNU_API_URL=other.base_url)
            self.assertEqual(5, ended.returncode, ended.stderr)
            self.assertIn('certificate', ended.stderr)

    def test_5_when_nothing_was_ever_seen(self):
        for what in (['any-job'], ['--group', 'g']):
            with self.subTest(what), beside_simulator() as nunu, nobody_listens() as url:
                # The first look comes within a second.
                ended = nunu.run('wait', *what, '--timeout', '3s', NUNU_API_URL=url)
                self.assertEqual(5, ended.returncode, ended.stderr)
                self.assertRegex(ended.stderr, '(?m)not yet seen: .*Connection refused')

    def test_6_when_the_time_is_up(self):
        status, text = self.status(FOR_LONG, *RUN, '--timeout', '1s')
        self.assertEqual(6, status, text)
        self.assertIn('the time is up', text)


class Output(unittest.TestCase):
    def test_json_is_one_document_and_nothing_else(self):
        for flags, status in ((('--pass-rate', '1'), 0), (('--pass-rate', '0'), 1)):
            with self.subTest(status), beside_simulator(*AT_ONCE, *flags) as nunu:
                ended = nunu.run(*RUN, '--instances', '3', '--json')
                document = json.loads(ended.stdout)
                self.assertEqual(status, ended.returncode, ended.stderr)
                self.assertEqual(status, document['exit_code'])
                self.assertEqual(3, len(document['jobs']))

    def test_json_says_with_which_status_it_ends_whatever_the_reason(self):
        with beside_simulator(*FOR_LONG) as nunu:
            for flags, status in ((('--no-wait',), 0), (('--timeout', '1s'), 6)):
                ended = nunu.run(*RUN, '--json', *flags)
                self.assertEqual(status, ended.returncode, ended.stderr)
                self.assertEqual(status, json.loads(ended.stdout)['exit_code'])

    def test_ndjson_tells_the_life_of_each_job(self):
        with beside_simulator('--queue-ms', '0', '--run-ms', '50', '--pass-rate', '1') as nunu:
            ended = nunu.run(*RUN, '--instances', '2', '--ndjson')
        self.assertEqual(0, ended.returncode, ended.stderr)
        told = nunu_process.events(ended.stdout)
        self.assertEqual('started', told[0]['event'])
        self.assertEqual('done', told[-1]['event'])
        self.assertEqual((0, {'passed': 2}), (told[-1]['exit_code'], told[-1]['counts']))
        for job_id in told[0]['job_ids']:
            own = [event for event in told if job_id in
                   (event.get('job_id'), event.get('result', {}).get('job_id'))]
            self.assertEqual('finished', own[-1]['event'])
            self.assertEqual('passed', own[-1]['result']['ending'])
            self.assertEqual({'state'}, {event['event'] for event in own[:-1]})

    def test_each_result_is_one_finished_event(self):
        with beside_simulator(*FOR_LONG, '--fault', 'start_run #2 request status=400') as nunu:
            ended = nunu.run('launch', nunu.launch_file(3), '--ndjson', '--timeout', '2s')
        told = nunu_process.events(ended.stdout)
        endings = sorted(e['result']['ending'] for e in told if e['event'] == 'finished')
        self.assertEqual(['not_started', 'still_running', 'still_running'], endings)

    def test_ids_are_told_when_they_are_known(self):
        with beside_simulator(*FOR_LONG) as nunu:
            for flags in ((), ('-q',), ('--ndjson',), ('--json',)):
                with self.subTest(flags), nunu.start(*RUN, *flags) as command:
                    command.wait_for('started:')
                    newest = nunu.simulator.jobs()[0]['job_id']
                    self.assertIn(newest, command.stderr)
                    if '--ndjson' in flags:
                        command.wait_for('"event":"started"', 'stdout')
                        told = nunu_process.events(command.stdout.splitlines()[0])
                        self.assertEqual([newest], told[0]['job_ids'])
                    command.kill()

    def test_no_wait_prints_ids_and_nothing_else(self):
        with beside_simulator(*FOR_LONG) as nunu:
            ended = nunu.run(*RUN, '--instances', '3', '--no-wait')
            self.assertEqual((0, ''), (ended.returncode, ended.stderr))
            self.assertEqual({job['job_id'] for job in nunu.simulator.jobs()},
                             set(ended.stdout.split()))

    def test_ids_in_a_pipe_are_waited_for(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            ids = nunu.run(*RUN, '--instances', '3', '--no-wait').stdout
            ended = nunu.run('wait', stdin=ids)
            self.assertEqual(0, ended.returncode, ended.stderr)
            self.assertIn('3 jobs: 3 passed', ended.stderr)

    def test_quiet_leaves_ids_and_failures(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            ended = nunu.run(*RUN, '-q')
            self.assertRegex(ended.stderr, r'\Astarted: [\w-]+\n\Z')
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            ended = nunu.run(*RUN, '-q')
            self.assertRegex(ended.stderr, r'(?m)^\S.*: (failed|blocked)')

    def test_quiet_tells_what_was_not_stopped(self):
        with beside_simulator() as nunu:
            job_id = nunu.simulator.start().body['job_ids'][0]
            ended = nunu.run('stop', '-q', job_id, 'no-such-job')
            self.assertEqual(2, ended.returncode, ended.stderr)
            self.assertRegex(ended.stderr, '^no-such-job: could not be stopped: .+\n$')

    def test_that_nothing_gets_through_is_told(self):
        with beside_simulator() as nunu, nobody_listens() as url:
            with nunu.start('wait', 'any-job', NUNU_API_URL=url) as command:
                command.wait_for('nothing gets through', 'stderr')
            self.assertIn('Connection refused', command.stderr)

    def test_verbose_tells_of_requests_without_the_key(self):
        with beside_simulator(*AT_ONCE) as nunu:
            ended = nunu.run(*RUN, '-v')
            self.assertRegex(ended.stderr, r'(?m)^POST /api/v1/runs: 201 in \d+ ms$')
            job = nunu.simulator.jobs()[0]['job_id']
            self.assertRegex(ended.stderr, rf'(?m)^GET /api/v1/jobs/{job}: 200 in \d+ ms$')
            self.assertRegex(ended.stderr, r'requests: 1 starts')
            self.assertNotIn('simulator-key', ended.stderr)

    def test_a_reader_who_goes_away_ends_nothing(self):
        with beside_simulator('--queue-ms', '0', '--run-ms', '100', '--pass-rate', '1') as nunu:
            process = subprocess.Popen([nunu_executable, *RUN, '--ndjson'], cwd=nunu.folder,
                                       env=nunu.environment(), stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            with process:
                process.stdout.close()
                text = process.stderr.read()
                self.assertEqual(0, process.wait(PATIENCE_S), text)

    def test_a_group_is_asked_about_and_stopped(self):
        with beside_simulator(*FOR_LONG) as nunu:
            nunu.run('launch', nunu.launch_file(3), '--group', 'g', '--no-wait')
            nunu.simulator.start(additional_tags=['nunu-group-other'])
            looked = nunu.run('status', '--group', 'g')
            self.assertEqual(6, looked.returncode, looked.stderr)
            self.assertEqual(3, len(looked.stdout.splitlines()))
            stopped = nunu.run('stop', '--group', 'g')
            self.assertEqual((0, ''), (stopped.returncode, stopped.stdout), stopped.stderr)
            self.assertEqual(3, len(re.findall('(?m)stopped$', stopped.stderr)), stopped.stderr)
            waited = nunu.run('wait', '--group', 'g', '--json')
            self.assertEqual(['stopped'] * 3,
                             [job['ending'] for job in json.loads(waited.stdout)['jobs']])
            self.assertEqual(1, len(nunu.simulator.jobs(status='running')))

    def test_more_jobs_than_a_page_has_are_found(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1', '--tests-per-plan', '250') as nunu:
            nunu.run('run', '--plan', 'p', '--deployment', 'd', '--group', 'g', '--no-wait')
            ended = nunu.run('wait', '--group', 'g')
            self.assertEqual(0, ended.returncode, ended.stderr)
            self.assertIn('250 jobs: 250 passed', ended.stderr)

    def test_show_tells_all_of_a_job(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            job_id = nunu.run(*RUN, '--no-wait').stdout.strip()
            ended = nunu.run('show', job_id)
            self.assertEqual((0, ''), (ended.returncode, ended.stderr))
            for expected in (job_id, 'run ', 'player 1', 'step 1', 'bug', 'file ', 'page '):
                self.assertIn(expected, ended.stdout)
            document = json.loads(nunu.run('show', job_id, '--json').stdout)
            self.assertEqual(job_id, document['job']['job_id'])
            self.assertEqual(1, len(document['runs'][0]['players'][0]['steps']))
            missing = nunu.run('show', 'no-such-job')
            self.assertEqual((2, ''), (missing.returncode, missing.stdout))
            self.assertIn('not found', missing.stderr.lower())


class Reports(unittest.TestCase):
    def test_reports_are_written(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            ended = nunu.run(*RUN, '--junit', 'r.xml', '--summary', 'r.md', '--html', 'r.html')
            self.assertEqual(1, ended.returncode, ended.stderr)
            cases = list(xml.etree.ElementTree.parse(nunu.path('r.xml')).iter('testcase'))
            self.assertEqual(1, len(cases))
            for name in ('r.md', 'r.html'):
                self.assertGreater(os.path.getsize(nunu.path(name)), 0)

    def test_details_that_do_not_come_hold_up_the_verdict_for_half_a_minute(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0', '--fault', 'get_run stall') as nunu:
            ended = nunu.run(*RUN)
            self.assertEqual(1, ended.returncode, ended.stderr)
            self.assertIn('details of failures takes too long', ended.stderr)

    def test_the_summary_of_the_step_is_added_to_whoever_names_it(self):
        with beside_simulator(*AT_ONCE) as nunu:
            summary = nunu.write('summary', 'before\n')
            os.symlink(summary, nunu.path('link'))
            for path in (summary, 'link'):
                ended = nunu.run(*RUN, '--summary', path, GITHUB_STEP_SUMMARY=summary)
                self.assertEqual('', ended.stdout, ended.stderr)
            with open(summary, encoding='utf-8') as file:
                text = file.read()
            self.assertTrue(text.startswith('before\n'), text)
            self.assertEqual(2, text.count('\n## nunu '), text)

    def test_a_report_goes_where_a_link_leads_that_led_nowhere(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            os.symlink('target.xml', nunu.path('r.xml'))
            ended = nunu.run(*RUN, '--junit', 'r.xml')
            self.assertEqual(0, ended.returncode, ended.stderr)
            self.assertTrue(os.path.islink(nunu.path('r.xml')))
            with open(nunu.path('target.xml'), encoding='utf-8') as file:
                self.assertIn('<testcase', file.read())

    def test_github_gets_a_summary_and_annotations_by_itself(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            summary = nunu.write('summary', 'before\n')
            ended = nunu.run(*RUN, '--json', GITHUB_ACTIONS='true', GITHUB_STEP_SUMMARY=summary)
            said, _, annotations = ended.stderr.partition('::stop-commands::')[2].partition('::error')
            token = said.splitlines()[0]
            self.assertGreater(len(token), 20)
            self.assertTrue(said.endswith(f'\n::{token}::\n'), said)
            self.assertTrue(annotations)
            json.loads(ended.stdout)
            with open(summary, encoding='utf-8') as file:
                text = file.read()
            self.assertTrue(text.startswith('before\n') and len(text) > 20, text)
            ended = nunu.run(*RUN)
            self.assertNotIn('::error', ended.stderr)

    def test_reports_have_a_file_each(self):
        with beside_simulator(*AT_ONCE) as nunu:
            ended = nunu.run(*RUN, '--junit', 'both', '--html', 'both')
            self.assertEqual(2, ended.returncode)
            self.assertIn('--junit and --html cannot write the same file', ended.stderr)
            self.assertEqual(0, nunu.simulator.stats()['runs'])

    def test_standard_output_that_cannot_be_written_is_told(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            for flags in (['--json'], ['--no-wait']):
                with open('/dev/full', 'w', encoding='utf-8') as full:
                    ended = subprocess.run(
                        [nunu.executable, *RUN, *flags], stdin=subprocess.DEVNULL, stdout=full,
                        stderr=subprocess.PIPE, text=True, cwd=nunu.folder,
                        env=nunu.environment(), timeout=PATIENCE_S, check=False)
                self.assertEqual(2, ended.returncode, ended.stderr)
                self.assertIn('cannot write standard output: ', ended.stderr)
                self.assertRegex(ended.stderr, 'started: [0-9a-f-]{36}')

    def test_what_is_only_printed_and_cannot_be_is_told(self):
        with beside_simulator() as nunu:
            for arguments in (['launch', nunu.launch_file(1), '--dry-run'], ['completion', 'bash'],
                              ['--version']):
                with self.subTest(arguments), open('/dev/full', 'w', encoding='utf-8') as full:
                    ended = subprocess.run(
                        [nunu.executable, *arguments], stdin=subprocess.DEVNULL, stdout=full,
                        stderr=subprocess.PIPE, text=True, cwd=nunu.folder,
                        env=nunu.environment(), timeout=PATIENCE_S, check=False)
                    self.assertEqual(2, ended.returncode, ended.stderr)
                    self.assertIn('cannot write standard output: ', ended.stderr)

    def test_what_is_closed_is_not_written_into_by_accident(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            ended = subprocess.run(
                ['sh', '-c', 'exec "$0" "$@" >&-', nunu.executable, *RUN, '--no-wait'],
                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=nunu.folder,
                env=nunu.environment(), timeout=PATIENCE_S, check=False)
            self.assertEqual(2, ended.returncode, ended.stderr)
            self.assertIn('cannot write standard output: Bad file descriptor', ended.stderr)
            self.assertRegex(ended.stderr, 'started: [0-9a-f-]{36}')

    def test_an_id_that_cannot_be_asked_for_does_not_end_the_others(self):
        fault = """start_run #2 answer status=201 body='{"job_ids":["a\\u001bb"]}'"""
        with beside_simulator(*AT_ONCE, '--pass-rate', '1', '--fault', fault) as nunu:
            ended = nunu.run('launch', nunu.launch_file(3), '--json')
            endings = [job['ending'] for job in json.loads(ended.stdout)['jobs']]
            self.assertEqual(['passed', 'passed', 'unreachable'], sorted(endings))
            self.assertNotIn('\x1b', ended.stderr)

    def test_what_cannot_be_written_is_told_before_anything_starts(self):
        with beside_simulator(*AT_ONCE) as nunu:
            for flag in ('--junit', '--summary', '--html'):
                ended = nunu.run(*RUN, flag, nunu.folder)
                self.assertEqual(2, ended.returncode)
                self.assertIn(f'cannot write {nunu.folder}', ended.stderr)
            self.assertEqual(0, nunu.simulator.stats()['runs'])

    def test_a_report_that_fails_at_the_end_makes_success_a_failure(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            ended = nunu.run(*RUN, '--junit', '/dev/full')
            self.assertEqual(2, ended.returncode)
            self.assertIn('cannot write /dev/full', ended.stderr)


if __name__ == '__main__':
    nunu_executable, simulator_executable = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
