#!/usr/bin/env python3
"""Shows what nunu leaves behind at its deadline, and on signals.

Usage: nunu_ending_test.py NUNU SIMULATOR [ARGUMENT OF UNITTEST]...
"""

import json
import os
import signal
import sys
import unittest

import nunu_process
from nunu_process import AT_ONCE, FOR_LONG, RUN
from simulator_process import wait_until

nunu_executable = None
simulator_executable = None

# Slow enough that a signal comes before its end, whatever else the machine does.
SLOW_ANSWER = ('--fault', 'start_run answer drip=10ms')


def beside_simulator(*flags):
    return nunu_process.beside_simulator(nunu_executable, simulator_executable, *FOR_LONG, *flags)


def statuses(simulator):
    """Of all jobs, when those that are being stopped are."""
    def settled():
        return not any(job['status'] in ('STOPPING', 'CLEANING_UP') for job in simulator.jobs())
    wait_until(settled, 'no job is on its way to its end')
    return [job['status'] for job in simulator.jobs()]


class Deadline(unittest.TestCase):
    def test_jobs_are_left_by_default_and_stopped_where_asked_for(self):
        for flags, are_stopped in (((), False), (('--on-timeout', 'leave'), False),
                                   (('--on-timeout', 'stop'), True)):
            with self.subTest(flags), beside_simulator() as nunu:
                ended = nunu.run(*RUN, '--instances', '2', '--timeout', '2s', *flags)
                self.assertEqual((6, ''), (ended.returncode, ended.stdout), ended.stderr)
                found = statuses(nunu.simulator)
                self.assertEqual(2, len(found))
                self.assertEqual(are_stopped, set(found) == {'COMPLETED'}, found)

    def test_what_is_not_started_by_then_never_is(self):
        with beside_simulator() as nunu:
            ended = nunu.run('launch', nunu.launch_file(5), '--max-active', '2', '--timeout', '2s',
                             '--json')
            self.assertEqual(6, ended.returncode, ended.stderr)
            endings = sorted(job['ending'] for job in json.loads(ended.stdout)['jobs'])
            self.assertEqual(['not_started'] * 3 + ['still_running'] * 2, endings)
            self.assertEqual(2, nunu.simulator.stats()['runs'])

    def test_what_kept_a_start_from_being_sent_is_told(self):
        refusal = "start_run request status=429 header='Retry-After: 5'"
        with beside_simulator('--fault', refusal) as nunu:
            ended = nunu.run(*RUN, '--timeout', '1s')
            self.assertEqual(5, ended.returncode, ended.stderr)
            self.assertRegex(ended.stderr, r'(?m)^not started: .*429')

    def test_what_kept_a_group_from_being_listed_is_told(self):
        with beside_simulator('--fault', 'list_jobs answer status=503') as nunu:
            ended = nunu.run('launch', nunu.launch_file(1), '--group', 'g', '--timeout', '1s')
            self.assertEqual(5, ended.returncode, ended.stderr)
            self.assertRegex(ended.stderr, r'(?m)^not started: .*503')

    def test_that_the_time_was_up_is_told_once(self):
        # Over https nobody answers the handshake, so that no attempt is ever made.
        with (beside_simulator() as nunu,
              nunu_process.simulator_process.running(simulator_executable, '--fault',
                                                     'accept stall') as other):
            ended = nunu.run(*RUN, '--timeout', '1s', NUNU_API_URL=other.base_url)
            self.assertEqual(5, ended.returncode, ended.stderr)
            self.assertIn('the time is up', ended.stderr)
            self.assertNotIn('not started:', ended.stderr)

    def test_waiting_ends_and_stops_nothing(self):
        with beside_simulator() as nunu:
            job_id = nunu.simulator.start().body['job_ids'][0]
            ended = nunu.run('wait', job_id, '--timeout', '1s')
            self.assertEqual(6, ended.returncode, ended.stderr)
            self.assertNotIn('COMPLETED', statuses(nunu.simulator))


class FirstSignal(unittest.TestCase):
    SIGNALS = ((signal.SIGINT, 130), (signal.SIGTERM, 143))

    def test_jobs_are_stopped_and_reports_written(self):
        for number, status in self.SIGNALS:
            with self.subTest(number.name), beside_simulator() as nunu:
                with nunu.start(*RUN, '--instances', '2', '--json', '--junit', 'r.xml') as command:
                    command.wait_for('started:')
                    command.send(number)
                    self.assertEqual(status, command.end(), command.stderr)
                self.assertIn('stopping 2 jobs\nstopped 2 jobs\n', command.stderr)
                document = json.loads(command.stdout)
                self.assertEqual(status, document['exit_code'])
                self.assertEqual(['stopped'] * 2, [job['ending'] for job in document['jobs']])
                with open(nunu.path('r.xml'), encoding='utf-8') as file:
                    self.assertIn('<testcase', file.read())
                self.assertEqual(['COMPLETED'] * 2, statuses(nunu.simulator))

    def test_a_job_that_has_ended_unseen_keeps_its_verdict(self):
        with (nunu_process.beside_simulator(
                nunu_executable, simulator_executable, *AT_ONCE, '--pass-rate', '1',
                '--fault', 'get_job #1 answer stall') as nunu,
              nunu.start(*RUN, '--json') as command):
            wait_until(lambda: nunu.simulator.stats()['faults'] == 1, 'its poll gets no answer')
            command.send(signal.SIGINT)
            self.assertEqual(130, command.end(), command.stderr)
            self.assertIn('stopping 1 job\nstopped 0 jobs\n1 job had ended\n', command.stderr)
            self.assertEqual(['passed'], [job['ending'] for job in json.loads(command.stdout)['jobs']])

    def test_jobs_are_left_where_asked_for(self):
        with beside_simulator() as nunu, nunu.start(*RUN, '--on-interrupt', 'leave') as command:
            command.wait_for('started:')
            command.send(signal.SIGINT)
            self.assertEqual(130, command.end())
            self.assertIn('1 job not stopped', command.stderr)
            self.assertNotIn('COMPLETED', statuses(nunu.simulator))

    def test_a_signal_that_was_ignored_before_stays_so(self):
        with (beside_simulator() as nunu,
              nunu.start(*RUN, '--timeout', '3s', ignored=(signal.SIGINT,)) as command):
            command.wait_for('started:')
            command.send(signal.SIGINT)
            self.assertEqual(6, command.end(), command.stderr)
            self.assertNotIn('interrupted', command.stderr)

    def test_while_reports_are_written_it_ends_the_command(self):
        with nunu_process.beside_simulator(nunu_executable, simulator_executable,
                                           *AT_ONCE) as nunu:
            os.mkfifo(nunu.path('nobody-reads'))
            with nunu.start(*RUN, '--junit', 'nobody-reads') as command:
                command.wait_for('1 job: ')
                command.send(signal.SIGTERM)
                self.assertEqual(-signal.SIGTERM, command.end(), command.stderr)

    def test_a_service_that_does_not_stop_them_is_told_of(self):
        with beside_simulator('--fault', 'stop_jobs stall') as nunu, nunu.start(*RUN) as command:
            command.wait_for('started:')
            command.send(signal.SIGINT)
            command.wait_for('has not agreed to stop them yet')
            command.send(signal.SIGINT)
            self.assertEqual(130, command.end())

    def test_who_only_waits_stops_nothing(self):
        with beside_simulator() as nunu:
            job_id = nunu.simulator.start().body['job_ids'][0]
            with nunu.start('wait', job_id, '--ndjson') as command:
                command.wait_for('"event":"state"', 'stdout')
                command.send(signal.SIGINT)
                self.assertEqual(130, command.end())
            self.assertNotIn('COMPLETED', statuses(nunu.simulator))

    def test_a_start_on_its_way_is_waited_for_and_its_job_stopped(self):
        with beside_simulator(*SLOW_ANSWER) as nunu, nunu.start(*RUN) as command:
            wait_until(lambda: nunu.simulator.stats()['runs'] == 1, 'the run is started')
            command.send(signal.SIGINT)
            command.wait_for('waiting for the answer to 1 start that was sent')
            self.assertEqual(130, command.end(), command.stderr)
            self.assertEqual(['COMPLETED'], statuses(nunu.simulator))
            self.assertRegex(command.stderr, r'(?s)started: [\w-]+\n.*stopped 1 job\n')

    def test_starts_that_are_not_sent_are_given_up(self):
        with beside_simulator() as nunu:
            with nunu.start('launch', nunu.launch_file(6), '--max-active', '2', '--json') as command:
                command.wait_for('started', count=2)
                command.send(signal.SIGINT)
                self.assertEqual(130, command.end(), command.stderr)
            endings = sorted(job['ending'] for job in json.loads(command.stdout)['jobs'])
            self.assertEqual(['not_started'] * 4 + ['stopped'] * 2, endings)
            self.assertEqual(2, nunu.simulator.stats()['runs'])

    def test_jobs_of_an_earlier_invocation_are_stopped_too(self):
        with beside_simulator() as nunu:
            arguments = ('launch', nunu.launch_file(2), '--group', 'g')
            nunu.run(*arguments, '--no-wait')
            with nunu.start(*arguments) as command:
                command.wait_for('already started run-', count=2)
                command.send(signal.SIGINT)
                self.assertEqual(130, command.end(), command.stderr)
            self.assertEqual(['COMPLETED'] * 2, statuses(nunu.simulator))


class Status(unittest.TestCase):
    UNKNOWN = 'not yet seen'

    def test_what_is_known_when_a_signal_comes_is_told(self):
        at_once, others = 16, 4
        for flags, told in (((), self.as_text), (('--json',), self.as_json),
                            (('--ndjson',), self.as_events)):
            with self.subTest(flags), beside_simulator('--fault', 'get_job #2- answer stall') as nunu:
                ids = [nunu.simulator.start().body['job_ids'][0] for _ in range(at_once + others)]
                with nunu.start('status', *ids, *flags) as command:
                    # With one answer, another job is asked for in place of the first.
                    wait_until(lambda nunu=nunu: nunu.simulator.stats()['faults'] == at_once,
                               'as many looks as there can be get no answer')
                    command.send(signal.SIGINT)
                    self.assertEqual(130, command.end(), command.stderr)
                self.assertEqual(at_once, nunu.simulator.stats()['faults'], 'more was asked for')
                found = told(command.stdout)
                self.assertEqual(ids, [job_id for job_id, _ in found])
                known = {words for _, words in found if words != self.UNKNOWN}
                self.assertTrue(known <= {'STARTING', 'RUNNING'}, found)
                self.assertEqual(len(ids) - 1, sum(words == self.UNKNOWN for _, words in found))

    def test_of_a_group_that_was_not_listed_when_a_signal_comes_nothing_is_known(self):
        with beside_simulator('--fault', 'list_jobs answer stall') as nunu:
            with nunu.start('status', '--group', 'g') as command:
                wait_until(lambda: nunu.simulator.stats()['faults'] == 1, 'no listing is asked for')
                command.send(signal.SIGINT)
                self.assertEqual(130, command.end(), command.stderr)
            self.assertEqual('group g: ' + self.UNKNOWN + '\n', command.stdout)

    @staticmethod
    def as_text(text):
        return [(job_id.removesuffix(':'), words) for job_id, _, words in
                (line.partition(' ') for line in text.splitlines())]

    def as_json(self, text):
        return [self.as_job(job) for job in json.loads(text)['jobs']]

    def as_events(self, text):
        return [self.as_job(event['result']) for event in nunu_process.events(text)
                if event['event'] == 'finished']

    def as_job(self, job):
        self.assertEqual('still_running', job['ending'])
        if job['status'] is not None:
            self.assertIsNone(job['error'])
            return job['job_id'], job['status']
        self.assertEqual('operation_aborted', job['error']['code'])
        return job['job_id'], self.UNKNOWN


class SecondSignal(unittest.TestCase):
    def test_it_quits_at_once(self):
        for number, status in FirstSignal.SIGNALS:
            with (self.subTest(number.name),
                  beside_simulator('--fault', 'stop_jobs stall') as nunu,
                  nunu.start(*RUN) as command):
                command.wait_for('started:')
                command.send(number)
                command.wait_for('stopping 1 job')
                command.send(number)
                self.assertEqual(status, command.end())
                self.assertNotIn('stopped 1 job', command.stderr)


class ReaderWhoStandsStill(unittest.TestCase):
    """Whose pipe is full after some of the starts."""
    RUNS = 150

    def begin(self, nunu, form, unread, *flags):
        both = ('stdout', 'stderr')
        return nunu.start('launch', nunu.launch_file(self.RUNS), *form, *flags,
                          reads=[name for name in both if name != unread])

    def all_started(self, nunu):
        wait_until(lambda: nunu.simulator.stats()['runs'] == self.RUNS, 'all runs are started')

    def test_ctrl_c_stops_the_jobs_and_nothing_is_lost(self):
        for form, unread in ((('--ndjson',), 'stdout'), (('--no-wait',), 'stdout'), ((), 'stderr')):
            with (self.subTest(form), beside_simulator() as nunu,
                  self.begin(nunu, form, unread) as command):
                self.all_started(nunu)
                if '--no-wait' not in form:
                    command.send(signal.SIGINT)
                    wait_until(lambda: {job['status'] for job in nunu.simulator.jobs()} ==
                               {'COMPLETED'}, 'all jobs are stopped')
                self.assertIsNone(command.process.poll(), 'it has not waited for the reader')
                command.read(unread)
                self.assertEqual(0 if '--no-wait' in form else 130, command.end())
                for job in nunu.simulator.jobs():
                    self.assertIn(job['job_id'], command.written[unread])
                if unread == 'stdout' and form == ('--ndjson',):
                    last = nunu_process.events(command.stdout)[-1]
                    self.assertEqual(('done', 130), (last['event'], last['exit_code']))

    def test_the_deadline_ends_the_wait(self):
        with (beside_simulator() as nunu,
              self.begin(nunu, ('--ndjson', '--on-timeout', 'stop', '--timeout', '5s'),
                         'stdout') as command):
            command.wait_for(f'stopped {self.RUNS} jobs')
            self.assertIsNone(command.process.poll(), 'it has not waited for the reader')
            command.read('stdout')
            self.assertEqual(6, command.end(), command.stderr)

    def test_a_second_signal_quits_at_once(self):
        with (beside_simulator() as nunu,
              self.begin(nunu, ('--ndjson',), 'stdout') as command):
            self.all_started(nunu)
            command.send(signal.SIGINT)
            command.wait_for(f'stopped {self.RUNS} jobs')
            command.send(signal.SIGTERM)
            command.process.wait(nunu_process.PATIENCE_S)
            self.assertIn(command.process.returncode, (143, -signal.SIGTERM))


if __name__ == '__main__':
    nunu_executable, simulator_executable = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
