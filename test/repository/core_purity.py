#!/usr/bin/env python3
"""Checks that lib/core is pure: the standard library only, no clock, no randomness.

Usage: core_purity.py ROOT COMPILER
"""

import re
import subprocess
import sys

import cpp_text

# Time and random draws are arguments of the core's functions.
FORBIDDEN_TEXT = {
    'reads a clock': r'(?:::|\.|->)\s*now\s*\(|\b(?:clock_gettime|gettimeofday)\b|\btime\s*\(\s*(?:NULL|nullptr|0)?\s*\)',
    'uses randomness': r'\b(?:random_device|s?rand|mt19937(?:_64)?|default_random_engine)\b',
}
FORBIDDEN_INCLUDES = {'random', 'ctime', 'thread', 'mutex', 'future', 'condition_variable'}
FORBIDDEN_DEPENDENCY = re.compile(r'(?:^|/)(?:boost|openssl)/')


def text_violations(root, files):
    for path in files:
        text = cpp_text.read(root, path)
        for line, name in cpp_text.includes(text):
            allowed = (name.startswith(('core/', 'nunu/'))
                       or cpp_text.is_standard(name) and name not in FORBIDDEN_INCLUDES)
            if not allowed:
                yield f'{path}:{line}: includes {name}'
        for number, line in enumerate(
                cpp_text.without_comments_and_literals(text).splitlines(), start=1):
            for what, pattern in FORBIDDEN_TEXT.items():
                if re.search(pattern, line):
                    yield f'{path}:{number}: {what}: {line.strip()}'


def dependency_violations(root, files, compiler):
    """What the files include in the end, through other headers too."""
    for path in files:
        command = [compiler, '-std=c++20', '-w', '-Iinclude', '-Ilib', '-M', '-x', 'c++', path]
        result = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if result.returncode != 0:
            yield f'{path}: cannot be preprocessed:\n{result.stderr}'
            continue
        dependencies = result.stdout.replace('\\\n', ' ').split()[1:]
        impure = [d for d in dependencies if FORBIDDEN_DEPENDENCY.search(d)]
        if impure:
            yield f'{path}: includes {impure[0]} in the end, and {len(impure) - 1} more'


def violations(root, compiler):
    files = cpp_text.source_files(root, 'lib/core')
    if not files:
        yield 'lib/core: no files'
    yield from text_violations(root, files)
    yield from dependency_violations(root, files, compiler)


if __name__ == '__main__':
    found = list(violations(sys.argv[1], sys.argv[2]))
    print('\n'.join(found) or 'lib/core is pure')
    sys.exit(bool(found))
