#!/usr/bin/env python3
"""Checks the library with Clang, whatever compiler the build uses.

Usage: clang.py tidy ROOT BUILD_DIR CLANG_TIDY     clang-tidy on lib
       clang.py warnings ROOT BUILD_DIR CLANGXX    no warnings from Clang on lib and apps
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

JOBS = 2

# What a command says of its output; the last four are followed by a value.
OUTPUT = ('-c', '-MD', '-MMD')
OUTPUT_WITH_VALUE = ('-o', '-MF', '-MT', '-MQ')


def front_end_arguments(command):
    """The arguments of a compile command that matter to what the code means.

    Clang does not know the names of all warnings of GCC.
    """
    words = iter(shlex.split(command))
    for word in words:
        # A launcher such as ccache, with its own arguments, precedes the compiler.
        if os.path.basename(word).startswith(('c++', 'g++', 'clang++')):
            break
    kept = ['-Wno-unknown-warning-option']
    for word in words:
        if word in OUTPUT_WITH_VALUE:
            next(words)
        elif word == '-include':
            header = next(words)
            # Clang stops at GCC's form of a precompiled header.
            if 'cmake_pch' not in header:
                kept += [word, header]
        elif word not in OUTPUT:
            kept.append(word)
    return kept


def compile_commands(root, build_dir, folders):
    """Directory, file and arguments of each C++ file in these folders, each once."""
    with open(os.path.join(build_dir, 'compile_commands.json'), encoding='utf-8') as file:
        entries = json.load(file)
    prefixes = tuple(os.path.join(root, folder) + os.sep for folder in folders)
    by_file = {entry['file']: entry for entry in entries if entry['file'].startswith(prefixes)}
    for path, entry in sorted(by_file.items()):
        arguments = [a for a in front_end_arguments(entry['command']) if a != path]
        yield entry['directory'], path, arguments


def tidy_command(tool, path, arguments):
    return [tool, '--quiet', '--warnings-as-errors=*', path, '--', *arguments]


def warnings_command(tool, path, arguments):
    return [tool, *arguments, '-Werror', '-fsyntax-only', path]


def commands(mode, root, build_dir, tool):
    """Pairs of directory and command: what to run in this mode."""
    if mode == 'tidy':
        # These have no line of the project's own and take longer than all others.
        return [(directory, tidy_command(tool, path, arguments))
                for directory, path, arguments in compile_commands(root, build_dir, ('lib',))
                if not os.path.basename(path).startswith('boost_')]
    return [(directory, warnings_command(tool, path, arguments))
            for directory, path, arguments in compile_commands(root, build_dir, ('lib', 'apps'))]


def failures(to_run):
    """Runs the commands, each in its directory, and gives the output of those that fail."""
    def run(command):
        directory, words = command
        return subprocess.run(words, cwd=directory, capture_output=True, text=True)

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for (_, words), result in zip(to_run, pool.map(run, to_run)):
            if result.returncode != 0:
                yield shlex.join(words) + '\n' + result.stdout + result.stderr


def main(mode, root, build_dir, tool):
    to_run = commands(mode, root, build_dir, tool)
    if not to_run:
        print('no files')
        return 1
    found = list(failures(to_run))
    print('\n'.join(found) or f'{len(to_run)} files without a complaint')
    return int(bool(found))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
