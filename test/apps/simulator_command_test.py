#!/usr/bin/env python3
"""Shows that nunu-simulator does what its flags say, and how it ends.

Usage: simulator_command_test.py SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import contextlib
import datetime
import http.client
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

import simulator_process

executable = None

# What is tested below, all of it.
FLAGS = {
    '--api-key', '--ca-file', '--execution-failure-rate', '--fault', '--help', '--http',
    '--no-retry-after', '--older-envelopes', '--pass-rate', '--port', '--project-id', '--queue-ms',
    '--rate-limit', '--read-only-key', '--ready-file', '--run-ms', '--seed', '--tests-per-plan',
    '--version'}

# Nothing that takes this long ends while a test looks.
LONG_MS = '600000'
AT_ONCE = ('--queue-ms', '0', '--run-ms', '0')

# An end waits for nobody. This is more than it takes with sanitizers on a busy machine.
PROMPTLY_S = 20


def simulator(*flags):
    return simulator_process.running(executable, '--http', *flags)


def run(*arguments):
    """Of a simulator that is to end by itself."""
    return subprocess.run([executable, *arguments], capture_output=True, text=True,
                          timeout=simulator_process.PATIENCE_S)


def results(jobs):
    return [run['result'] for job in jobs for run in job['runs']]


class Arguments(unittest.TestCase):
    MISTAKES = (
        ('--bogus',), ('surplus',), ('--port',), ('--port', 'x'), ('--port', '65536'),
        ('--port', '-1'), ('--ca-file', 'ca.pem', '--http'), ('--ready-file',),
        ('--tests-per-plan', '1.5'), ('--rate-limit', 'x'), ('--pass-rate', 'x'),
        ('--execution-failure-rate', 'x'), ('--seed', 'x'), ('--seed', '-1'),
        ('--queue-ms', 'x'), ('--queue-ms', '5-1'), ('--queue-ms', '-5'), ('--run-ms', '1-'),
        ('--run-ms', '2592000001'), ('--tests-per-plan', '0'), ('--tests-per-plan', '10001'),
        ('--rate-limit', '0'), ('--pass-rate', '1.1'), ('--execution-failure-rate', '-0.1'),
        ('--read-only-key', 'simulator-key'), ('--fault',), ('--fault', 'rest'),
        ('--fault', 'handshake reset', '--http'))

    def test_help_names_every_flag(self):
        shown = run('--help')
        self.assertEqual(0, shown.returncode)
        self.assertEqual(FLAGS, set(re.findall(r'^  (?:-h,)?(--[a-z-]+)', shown.stdout, re.MULTILINE)))

    def test_version_is_a_number(self):
        shown = run('--version')
        self.assertEqual(0, shown.returncode)
        self.assertRegex(shown.stdout, r'\A\d+\.\d+\.\d+\n\Z')

    def test_mistakes_end_it_with_status_2_and_a_message_that_names_the_flag(self):
        for arguments in self.MISTAKES:
            with self.subTest(arguments):
                ended = run(*arguments)
                self.assertEqual((2, ''), (ended.returncode, ended.stdout))
                self.assertIn(arguments[0], ended.stderr)

    def test_a_file_that_cannot_be_written_ends_it_with_status_1(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'missing', 'file')
            for flag in ('--ca-file', '--ready-file'):
                with self.subTest(flag):
                    ended = run(flag, path)
                    self.assertEqual((1, ''), (ended.returncode, ended.stdout))
                    self.assertIn(path, ended.stderr)


class Listening(unittest.TestCase):
    def test_a_free_port_is_taken_by_default_and_for_0(self):
        with simulator() as one, simulator('--port', '0') as other:
            self.assertNotEqual(one.port, other.port)
            for each in (one, other):
                self.assertEqual(200, each.request('GET', '/jobs').status)

    def test_the_given_port_is_taken(self):
        # A bound socket that does not listen keeps the port from others, but not from a simulator,
        # which allows reuse too.
        with socket.socket() as keeper:
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeper.bind(('127.0.0.1', 0))
            port = keeper.getsockname()[1]
            with simulator('--port', str(port)) as s:
                self.assertEqual(f'http://localhost:{port}/api/v1', s.base_url)
                self.assertEqual(200, s.request('GET', '/jobs').status)

    def test_a_port_in_use_ends_it_with_status_1(self):
        with simulator() as first:
            ended = run('--port', str(first.port))
            self.assertEqual((1, ''), (ended.returncode, ended.stdout))
            self.assertIn(f'cannot listen on port {first.port}', ended.stderr)

    def test_the_first_line_is_the_base_url_while_it_runs(self):
        with simulator() as s:
            readable, _, _ = select.select([s.process.stdout], [], [], simulator_process.PATIENCE_S)
            self.assertTrue(readable)
            self.assertEqual(s.base_url + '\n', s.process.stdout.readline())

    def test_the_ready_file_is_whole_when_it_appears(self):
        with simulator() as s:
            self.assertEqual(f'http://localhost:{s.port}/api/v1\n', s.ready_text)

    def test_https_is_trusted_with_its_own_certificate_only(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        own, other = os.path.join(folder, 'own.pem'), os.path.join(folder, 'other.pem')
        with (simulator_process.running(executable, '--ca-file', own) as s,
              simulator_process.running(executable, '--ca-file', other)):
            self.assertEqual(f'https://localhost:{s.port}/api/v1\n', s.ready_text)
            trusting = ssl.create_default_context(cafile=own)
            self.assertEqual(200, s.request('GET', '/jobs', tls=trusting).status)
            for context in (ssl.create_default_context(), ssl.create_default_context(cafile=other)):
                with self.assertRaises(ssl.SSLCertVerificationError):
                    s.request('GET', '/jobs', tls=context)
            with socket.create_connection(('127.0.0.1', s.port), simulator_process.PATIENCE_S) as tcp:
                with self.assertRaises(ssl.SSLCertVerificationError):
                    trusting.wrap_socket(tcp, server_hostname='another-host')


class Behaviour(unittest.TestCase):
    def status_of_jobs(self, key, *flags):
        with simulator(*flags) as s:
            return s.request('GET', '/jobs', key=key).status

    def test_api_key_is_the_one_that_is_accepted(self):
        self.assertEqual(200, self.status_of_jobs('simulator-key'))
        self.assertEqual(401, self.status_of_jobs('wrong'))
        self.assertEqual(200, self.status_of_jobs('mine', '--api-key', 'mine'))
        self.assertEqual(401, self.status_of_jobs('simulator-key', '--api-key', 'mine'))

    def test_read_only_key_reads_but_does_not_start(self):
        self.assertEqual(401, self.status_of_jobs('reader'))
        with simulator('--read-only-key', 'reader') as s:
            self.assertEqual(200, s.request('GET', '/jobs', key='reader').status)
            self.assertEqual(403, s.start(key='reader').status)
            self.assertEqual(201, s.start().status)

    def test_project_id_is_that_of_the_only_project(self):
        with simulator('--project-id', 'mine') as s:
            self.assertEqual(200, s.request('GET', '/project/mine/jobs').status)
            self.assertEqual(404, s.request('GET', '/project/simulated-project/jobs').status)

    def test_times_of_0_give_completed_jobs_and_long_ones_do_not(self):
        for queue, run_time, expected in (('0', '0', {'COMPLETED'}),
                                          (LONG_MS, '0', {'QUEUED'}),
                                          ('0', LONG_MS, {'STARTING', 'RUNNING'})):
            with self.subTest(expected), simulator('--queue-ms', queue, '--run-ms', run_time) as s:
                s.start()
                self.assertIn(s.jobs()[0]['status'], expected)

    def test_times_are_drawn_from_the_ranges(self):
        with simulator('--queue-ms', '20-60', '--run-ms', '100-150') as s:
            s.start(test_plan_id='any-plan')
            simulator_process.wait_until(lambda: len(s.jobs(status='completed')) == 25,
                                         'all jobs are completed')
            created, started, completed = zip(*(
                map(datetime.datetime.fromisoformat,
                    (job['created_at'], job['runs'][0]['started_at'], job['completed_at']))
                for job in s.jobs()))
        millisecond = datetime.timedelta(milliseconds=1)
        queue_times = {(end - begin) / millisecond for begin, end in zip(created, started)}
        run_times = {(end - begin) / millisecond for begin, end in zip(started, completed)}
        for times, shortest, longest in ((queue_times, 20, 60), (run_times, 100, 150)):
            self.assertTrue(all(shortest <= time <= longest for time in times), times)
            self.assertGreater(len(times), 1)

    def test_tests_per_plan_is_the_number_of_jobs(self):
        for flags, expected in (((), 25), (('--tests-per-plan', '3'), 3)):
            with self.subTest(expected), simulator(*flags) as s:
                self.assertEqual(expected, len(s.start(test_plan_id='any-plan').body['job_ids']))

    def test_rate_limit_answers_429_above_it(self):
        # One request at once, and the next in a quarter of an hour.
        limit = ('--rate-limit', '0.001')
        for flags, has_retry_after in ((limit, True), ((*limit, '--no-retry-after'), False)):
            with self.subTest(flags), simulator(*flags) as s:
                self.assertEqual(200, s.request('GET', '/jobs').status)
                refused = s.request('GET', '/jobs')
                self.assertEqual((429, 'RATE_LIMITED'), (refused.status, refused.body['code']))
                self.assertEqual(has_retry_after, 'Retry-After' in refused.headers)
                if has_retry_after:
                    self.assertIn(int(refused.headers['Retry-After']), range(1, 1001))

    def test_rates_decide_the_results(self):
        for flags, expected in ((('--pass-rate', '1'), {'SUCCESS'}),
                                (('--pass-rate', '0'), {'FAILED', 'BLOCKED'}),
                                (('--execution-failure-rate', '1'), {'ERROR', 'TIMEOUT'})):
            with self.subTest(flags), simulator(*AT_ONCE, *flags) as s:
                s.start(test_plan_id='any-plan')
                found = results(s.jobs())
                self.assertEqual(25, len(found))
                self.assertLessEqual(set(found), expected)

    def test_seed_decides_ids_and_results(self):
        def course(*flags):
            with simulator(*AT_ONCE, '--pass-rate', '0.5', *flags) as s:
                s.start(test_plan_id='any-plan')
                jobs = s.jobs()
                return [job['job_id'] for job in jobs], results(jobs)

        ids, outcomes = course('--seed', '1')
        self.assertEqual((ids, outcomes), course('--seed', '1'))
        self.assertEqual((ids, outcomes), course())
        other_ids, other_outcomes = course('--seed', '2')
        self.assertTrue(set(ids).isdisjoint(other_ids))
        self.assertNotEqual(outcomes, other_outcomes)

    def test_faults_break_what_their_rules_say(self):
        with simulator('--fault', 'start_run #1 answer:5 close',
                       '--fault', "list_jobs request status=503 header='Retry-After: 7'") as s:
            with self.assertRaisesRegex(http.client.BadStatusLine, r'\AHTTP/\Z'):
                s.start()
            self.assertEqual(201, s.start().status)
            refused = s.request('GET', '/jobs')
            self.assertEqual((503, '7'), (refused.status, refused.headers['Retry-After']))
            counts = s.stats()
        self.assertEqual((2, 2), (counts['runs'], counts['faults']))
        self.assertEqual({'request': {'list_jobs': 1}, 'answer': {'start_run': 1}},
                         counts['faults_by_stage'])

    def test_a_fault_that_makes_no_sense_is_told_with_what_would(self):
        ended = run('--fault', 'start_run explode')
        self.assertEqual(2, ended.returncode)
        self.assertIn("'explode' is none of: an endpoint (any, start_run,", ended.stderr)

    def test_older_envelopes_wrap_starts_and_errors(self):
        with simulator('--older-envelopes') as s:
            started, missing = s.start(), s.request('GET', '/jobs/missing')
            self.assertEqual((200, True), (started.status, started.body['ok']))
            self.assertEqual(1, len(started.body['data']['job_ids']))
            self.assertEqual((404, False), (missing.status, missing.body['ok']))

    def test_stats_count_what_was_asked(self):
        with simulator() as s:
            job_id = s.start(additional_tags=['nunu-launch-1']).body['job_ids'][0]
            s.start(additional_tags=['nunu-launch-1'], instances=2)
            s.start(instances=0)
            s.request('GET', f'/jobs/{job_id}')
            s.request('GET', '/jobs', key='wrong')
            counts = s.stats()
        self.assertEqual({'start_run': {'201': 2, '400': 1}, 'get_job': {'200': 1},
                          'list_jobs': {'401': 1}}, counts['requests_by_endpoint'])
        self.assertEqual((5, 2, 3, 1), tuple(
            counts[name] for name in ('requests', 'runs', 'jobs', 'launches_seen_twice')))


class Ending(unittest.TestCase):
    def test_signals_end_it_at_once_whatever_is_connected(self):
        ca_file = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), 'ca.pem')
        for number in (signal.SIGTERM, signal.SIGINT):
            for flags in (('--http',), ('--ca-file', ca_file)):
                with (self.subTest(number.name, flags=flags),
                      simulator_process.running(executable, *flags) as s,
                      contextlib.ExitStack() as connections):
                    tls = None if '--http' in flags else ssl.create_default_context(cafile=ca_file)
                    kept_alive = connections.enter_context(contextlib.closing(s.connect(tls)))
                    kept_alive.request('GET', '/simulator/stats')
                    kept_alive.getresponse().read()
                    for sent in (b'', b'GET /'):
                        silent = connections.enter_context(
                            socket.create_connection(('127.0.0.1', s.port)))
                        silent.sendall(sent)
                    self.assertIsNotNone(kept_alive.sock, 'not kept alive')
                    s.process.send_signal(number)
                    self.assertEqual(0, s.process.wait(PROMPTLY_S))


if __name__ == '__main__':
    executable = sys.argv.pop(1)
    unittest.main()
