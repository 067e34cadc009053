#!/usr/bin/env python3
"""Shows that nunu launch starts each run once, whatever happens to it, and no more than it may.

Usage: nunu_launch_test.py NUNU SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import contextlib
import http.server
import json
import sys
import threading
import unittest

import nunu_process
from nunu_process import AT_ONCE, FOR_LONG

nunu_executable = None
simulator_executable = None


def beside_simulator(*flags):
    return nunu_process.beside_simulator(nunu_executable, simulator_executable, *flags)


class StartedOnce(unittest.TestCase):
    def test_a_launch_that_was_killed_is_completed_by_the_next_one(self):
        count = 200
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            arguments = ('launch', nunu.launch_file(count), '--group', 'nightly', '--ndjson')
            with nunu.start(*arguments) as command:
                command.wait_for('"event":"started"', 'stdout', 20)
                command.kill()
            before = nunu.simulator.stats()['runs']
            self.assertIn(before, range(20, count), 'killed too late')

            ended = nunu.run(*arguments)
            self.assertEqual(0, ended.returncode, ended.stderr)
            counts = nunu.simulator.stats()
            self.assertEqual((count, count, 0), tuple(
                counts[name] for name in ('runs', 'jobs', 'launches_seen_twice')))
            told = [e for e in nunu_process.events(ended.stdout) if e['event'] == 'started']
            self.assertEqual(count, len({job_id for event in told for job_id in event['job_ids']}))
            self.assertEqual(before, sum(event['adopted'] for event in told))

    def test_shards_side_by_side_start_each_run_once(self):
        shards, count = 4, 21
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu, contextlib.ExitStack() as all_:
            file = nunu.launch_file(count)
            commands = [all_.enter_context(nunu.start(
                'launch', file, '--group', 'g', '--shard', f'{i}/{shards}', '--json'))
                for i in range(1, shards + 1)]
            for command in commands:
                self.assertEqual(0, command.end(), command.stderr)
            keys = [job['key'] for command in commands
                    for job in json.loads(command.stdout)['jobs']]
            counts = nunu.simulator.stats()
        self.assertEqual({f'run-{i}' for i in range(1, count + 1)}, set(keys))
        self.assertEqual((count, count, 0),
                         (len(keys), counts['runs'], counts['launches_seen_twice']))

    def test_a_start_without_an_answer_is_looked_up_and_not_sent_again(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1',
                              '--fault', 'start_run #2 answer:0 reset') as nunu:
            ended = nunu.run('launch', nunu.launch_file(3))
            self.assertEqual(0, ended.returncode, ended.stderr)
            self.assertEqual(3, nunu.simulator.stats()['runs'])


class Bounds(unittest.TestCase):
    def test_no_more_jobs_are_in_flight_than_max_active(self):
        bound, count = 3, 12
        with beside_simulator('--queue-ms', '0-100', '--run-ms', '100-300',
                              '--pass-rate', '1') as nunu:
            most = 0
            with nunu.start('launch', nunu.launch_file(count), '--max-active', str(bound),
                            '--poll-interval', '100ms') as command:
                while command.process.poll() is None:
                    in_flight = sum(job['status'] != 'COMPLETED' for job in nunu.simulator.jobs())
                    self.assertLessEqual(in_flight, bound)
                    most = max(most, in_flight)
                self.assertEqual(0, command.end(), command.stderr)
            self.assertEqual(count, nunu.simulator.stats()['runs'])
        self.assertGreater(most, 1)

    def test_a_run_of_more_jobs_than_the_bound_goes_alone(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '1') as nunu:
            ended = nunu.run('launch', nunu.launch_file(3, instances=4), '--max-active', '2')
            self.assertEqual(0, ended.returncode, ended.stderr)
            self.assertEqual(12, nunu.simulator.stats()['jobs'])

    def test_fail_fast_starts_nothing_more_and_stops_the_rest(self):
        with beside_simulator(*FOR_LONG, '--fault', 'start_run #3 request status=400') as nunu:
            ended = nunu.run('launch', nunu.launch_file(8), '--max-active', '3', '--fail-fast',
                             '--json')
            endings = [job['ending'] for job in json.loads(ended.stdout)['jobs']]
            self.assertEqual(8, len(endings))
            self.assertEqual((2, 6), (endings.count('stopped'), endings.count('not_started')))
            self.assertNotEqual(0, ended.returncode)
            self.assertEqual(2, nunu.simulator.stats()['runs'])
            self.assertEqual({'COMPLETED'}, {job['status'] for job in nunu.simulator.jobs()})

    def test_fail_fast_leaves_its_verdict_to_what_has_ended_unseen(self):
        # Of two jobs that have passed, and can only be asked for one by one, the first is not
        # answered for, and the second is not found.
        with beside_simulator(*AT_ONCE, '--pass-rate', '1',
                              '--fault', 'list_jobs answer status=403',
                              '--fault', 'get_job #1 answer stall',
                              '--fault', 'get_job #2 answer status=404') as nunu:
            ended = nunu.run('launch', nunu.launch_file(2), '--fail-fast', '--json')
            endings = [job['ending'] for job in json.loads(ended.stdout)['jobs']]
            self.assertEqual(['passed', 'unreachable'], sorted(endings), ended.stderr)
            self.assertIn('stopping 1 job\nstopped 0 jobs\n1 job had ended\n', ended.stderr)

    def test_without_fail_fast_the_others_go_on(self):
        with beside_simulator(*AT_ONCE, '--pass-rate', '0') as nunu:
            ended = nunu.run('launch', nunu.launch_file(8), '--max-active', '2')
            self.assertEqual(1, ended.returncode, ended.stderr)
            self.assertEqual(8, nunu.simulator.stats()['runs'])

    def test_a_key_that_is_refused_is_not_tried_for_every_run(self):
        with beside_simulator('--read-only-key', 'reader') as nunu:
            ended = nunu.run('launch', nunu.launch_file(200), NUNU_API_TOKEN='reader')
            self.assertEqual(4, ended.returncode, ended.stderr)
            self.assertLess(nunu.simulator.stats()['requests'], 100)


    def test_a_proxy_that_rejects_its_user_is_not_asked_for_every_run(self):
        asked = []

        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_CONNECT(self):
                asked.append(self.path)
                self.send_error(407)

            def log_message(self, *_):
                pass

        with (beside_simulator() as nunu,
              http.server.ThreadingHTTPServer(('127.0.0.1', 0), Proxy) as proxy):
            serving = threading.Thread(target=proxy.serve_forever)
            serving.start()
            try:
                ended = nunu.run('launch', nunu.launch_file(200),
                                 NUNU_API_URL='https://service.example', NO_PROXY='', no_proxy='',
                                 HTTPS_PROXY=f'http://user:wrong@127.0.0.1:{proxy.server_port}',
                                 https_proxy=None)
            finally:
                proxy.shutdown()
                serving.join()
            self.assertEqual(4, ended.returncode, ended.stderr)
            self.assertIn('status 407', ended.stderr)
            self.assertIn(len(asked), range(1, 100))


class BeforeAnythingStarts(unittest.TestCase):
    def test_dry_run_says_what_would_be_started(self):
        with beside_simulator() as nunu:
            arguments = ('launch', nunu.launch_file(3), '--group', 'g', '--dry-run')
            ended = nunu.run(*arguments)
            self.assertEqual((0, ''), (ended.returncode, ended.stderr))
            lines = ended.stdout.splitlines()
            self.assertEqual(3, len(lines))
            self.assertTrue(lines[0].startswith('run-1: test test-1 on any-deployment-config'))
            document = json.loads(nunu.run(*arguments, '--json').stdout)
            self.assertEqual(['run-1', 'run-2', 'run-3'], [run['key'] for run in document['runs']])
            launch_ids = [run['launch_id'] for run in document['runs']]
            self.assertEqual(0, nunu.simulator.stats()['requests'])
            nunu.run(*arguments[:-1], '--no-wait')
            tags = {tag for job in nunu.simulator.jobs() for tag in job['tags']}
            self.assertLessEqual({f'nunu-launch-{launch_id}' for launch_id in launch_ids}, tags)

    def test_a_mistake_in_the_last_run_starts_none(self):
        with beside_simulator() as nunu:
            file = nunu.write('launch.json', json.dumps({'runs': [
                {'multiplayer_test_id': 't', 'deployment_config_id': 'd'},
                {'multiplayer_test_id': 't', 'deployment_config_id': 'd', 'retries': 99}]}))
            ended = nunu.run('launch', file)
            self.assertEqual((2, ''), (ended.returncode, ended.stdout))
            self.assertIn('launch.json', ended.stderr)
            self.assertIn('retries', ended.stderr)
            self.assertEqual(0, nunu.simulator.stats()['requests'])


if __name__ == '__main__':
    nunu_executable, simulator_executable = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
