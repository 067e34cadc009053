"""The examples for CI systems are YAML, and have what each system looks for first.

Usage: ci_examples_test.py FOLDER
"""

import os
import sys
import unittest

try:
    import yaml
except ImportError:
    # CTest takes it for skipped.
    sys.exit(77)


def documents(name):
    with open(os.path.join(folder, name), encoding='utf-8') as file:
        return list(yaml.safe_load_all(file))


class Examples(unittest.TestCase):
    def test_github_actions_has_jobs_with_steps(self):
        (workflow,) = documents('github-actions.yml')
        # YAML 1.1 takes the name `on` for true.
        self.assertIn(True, workflow)
        self.assertEqual({'build', 'play'}, set(workflow['jobs']))
        for job in workflow['jobs'].values():
            for step in job['steps']:
                self.assertEqual(1, len({'run', 'uses'} & set(step)), step)
        play = workflow['jobs']['play']
        shards = play['strategy']['matrix']['shard']
        self.assertEqual(list(range(1, len(shards) + 1)), shards)
        (command,) = (step['run'] for step in play['steps'] if 'nunu launch' in step.get('run', ''))
        self.assertIn('--shard "${{ matrix.shard }}/%d"' % len(shards), command)

    def test_gitlab_has_jobs_with_scripts(self):
        (pipeline,) = documents('gitlab-ci.yml')
        jobs = {name: job for name, job in pipeline.items() if name != 'stages'}
        self.assertEqual({'build-nunu', 'play'}, set(jobs))
        for job in jobs.values():
            self.assertIn(job['stage'], pipeline['stages'])
            for line in job['script']:
                self.assertIsInstance(line, str)
        self.assertEqual(1, len(jobs['play']['script']), 'the command is one line')

    def test_the_kubernetes_job_is_indexed(self):
        runs, job = documents('kubernetes-indexed-job.yaml')
        self.assertEqual(('ConfigMap', 'Job'), (runs['kind'], job['kind']))
        self.assertEqual('Indexed', job['spec']['completionMode'])
        pod = job['spec']['template']['spec']
        (container,) = pod['containers']
        self.assertIn(f'/{job["spec"]["completions"]}"', container['command'][2])
        self.assertEqual({volume['name'] for volume in pod['volumes']},
                         {mount['name'] for mount in container['volumeMounts']})


if __name__ == '__main__':
    folder = sys.argv.pop(1)
    unittest.main()
