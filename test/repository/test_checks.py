#!/usr/bin/env python3
"""Shows that the checks can fail: each finds what is planted, and nothing in a tree without fault.

Usage: test_checks.py --cxx COMPILER [--clang-format TOOL] [--clang-tidy TOOL] [--clangxx TOOL]
A check whose tool is not given is not tested.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import unittest

import clang
import core_purity
import fault_rows
import formatting
import layering
import proofs
import public_headers
import snippets

tools = None

PURE_HEADER = '#pragma once\n#include <vector>\n'


class tree:
    """A folder with these files for the time of a `with` block."""

    def __init__(self, files):
        self._files = files

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        for path, text in self._files.items():
            full = os.path.join(self._folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, 'w', encoding='utf-8') as file:
                file.write(text)
        return self._folder.name

    def __exit__(self, *_):
        self._folder.cleanup()


class CorePurity(unittest.TestCase):
    def violations(self, text):
        files = {
            'include/nunu/pure.hpp': PURE_HEADER,
            'include/nunu/impure.hpp': '#pragma once\n#include <boost/version.hpp>\n',
            'include/nunu/with_openssl.hpp': '#pragma once\n#include <openssl/opensslv.h>\n',
            'lib/wire/origin.hpp': PURE_HEADER,
            'lib/core/other.hpp': PURE_HEADER,
            'lib/core/planted.cpp': text,
        }
        with tree(files) as root:
            return '\n'.join(core_purity.violations(root, tools.cxx))

    def test_accepts_what_is_pure(self):
        self.assertEqual('', self.violations(
            '#include <chrono>\n#include <nunu/pure.hpp>\n#include "core/other.hpp"\n'
            '// No clock::now(), no std::random_device.\n'
            'const char* text = "clock::now()";\n'
            'int due(int now) { return now + 1\'000; }\n'))

    def test_finds_what_is_planted(self):
        for text, message in (
                ('#include <boost/version.hpp>\n', 'planted.cpp:1: includes boost/version.hpp'),
                ('#include "wire/origin.hpp"\n', 'planted.cpp:1: includes wire/origin.hpp'),
                ('#include <unistd.h>\n', 'planted.cpp:1: includes unistd.h'),
                ('\n#include <random>\n', 'planted.cpp:2: includes random'),
                ('#include <nunu/impure.hpp>\n', '/boost/version.hpp in the end'),
                ('#include <nunu/with_openssl.hpp>\n', '/openssl/opensslv.h in the end'),
                ('#include <nunu/missing.hpp>\n', 'cannot be preprocessed'),
                ('#include <chrono>\nauto t = std::chrono::steady_clock::now();\n',
                 'planted.cpp:2: reads a clock'),
                ('template <class Clock> auto t(Clock c) { return c.now(); }\n', 'reads a clock'),
                ('auto t = time(nullptr);\n', 'reads a clock'),
                ('std::random_device device;\n', 'uses randomness'),
                ('int x = std::rand();\n', 'uses randomness')):
            with self.subTest(text):
                self.assertIn(message, self.violations(text))

    def test_finds_that_there_is_nothing_to_check(self):
        with tree({'lib/wire/a.cpp': ''}) as root:
            self.assertEqual(['lib/core: no files'], list(core_purity.violations(root, tools.cxx)))


class Layering(unittest.TestCase):
    def violations(self, path, text):
        files = {
            'include/nunu/a.hpp': '#include <boost/asio/awaitable.hpp>\n#include <nunu/b.hpp>\n',
            'lib/core/a.cpp': '#include <vector>\n#include "core/a.hpp"\n#include <nunu/job_run.hpp>\n',
            'lib/wire/a.cpp': '#include <boost/json/value.hpp>\n#include "core/a.hpp"\n',
            'lib/transport/a.cpp': '#include <sys/socket.h>\n#include <openssl/ssl.h>\n'
                                   '#include "wire/origin.hpp"\n',
            'lib/operations/a.cpp': '#include "transport/a.hpp"\n',
            'lib/simulator/a.cpp': '#include <boost/beast/http.hpp>\n#include <nunu/simulator.hpp>\n',
            'lib/client.cpp': '#include <nunu/client.hpp>\n#include "operations/a.hpp"\n',
            'lib/boost_asio.cpp': '#include <boost/asio/ssl/impl/src.hpp>\n',
            'apps/demo/main.cpp': '#include <csignal>\n#include <nunu/client.hpp>\n'
                                  '#include "progress.hpp"\n',
            'apps/demo/progress.hpp': PURE_HEADER,
            'bench/a.cpp': '#include <malloc.h>\n#include <benchmark/benchmark.h>\n'
                           '#include "core/a.hpp"\n#include "support/a.hpp"\n',
            'bench/peers/a.cpp': '#include <curl/curl.h>\n#include <boost/asio/write.hpp>\n'
                                 '#include "bench/a.hpp"\n',
        }
        files[path] = text
        with tree(files) as root:
            return '\n'.join(layering.violations(root))

    def test_accepts_what_points_downward(self):
        self.assertEqual('', self.violations('apps/demo/other.cpp', '// #include "core/a.hpp"\n'))

    def test_finds_what_is_planted(self):
        for path, name in (
                ('include/nunu/a.hpp', 'boost/beast/http.hpp'),
                ('include/nunu/a.hpp', 'boost/asio.hpp'),
                ('include/nunu/a.hpp', 'boost/json/basic_parser.hpp'),
                ('include/nunu/a.hpp', 'openssl/ssl.h'),
                ('include/nunu/a.hpp', 'core/names.hpp'),
                ('include/nunu/client.hpp', 'nunu/simulator.hpp'),
                ('lib/core/a.cpp', 'wire/origin.hpp'),
                ('lib/core/a.cpp', 'boost/system/error_code.hpp'),
                ('lib/wire/a.cpp', 'transport/connection.hpp'),
                ('lib/wire/a.cpp', 'boost/asio/buffer.hpp'),
                ('lib/wire/a.cpp', '../transport/connection.hpp'),
                ('lib/transport/a.cpp', 'operations/start_run.hpp'),
                ('lib/operations/a.cpp', 'simulator/service.hpp'),
                ('lib/operations/a.cpp', 'nunu/simulator.hpp'),
                ('lib/operations/a.cpp', 'nunu/simulator_fault.hpp'),
                ('lib/client.cpp', 'simulator/service.hpp'),
                ('lib/simulator/a.cpp', 'transport/connection.hpp'),
                ('lib/simulator/a.cpp', 'nunu/client.hpp'),
                ('apps/demo/main.cpp', 'wire/origin.hpp'),
                ('apps/demo/main.cpp', 'nunu/detail/handler.hpp'),
                ('bench/a.cpp', 'operations/poll_engine.hpp'),
                ('bench/a.cpp', 'nunu/detail/handler.hpp'),
                ('bench/peers/a.cpp', 'nunu/client.hpp'),
                ('bench/peers/a.cpp', 'core/schedule.hpp')):
            with self.subTest(f'{path} includes {name}'):
                self.assertIn(f'{path}:2: includes {name}, ',
                              self.violations(path, f'#include <vector>\n#include "{name}"\n'))


class PublicHeaders(unittest.TestCase):
    def violations(self, text):
        files = {'include/nunu/a.hpp': text, 'include/nunu/detail/b.hpp': PURE_HEADER}
        with tree(files) as root:
            return '\n'.join(public_headers.violations(root, tools.cxx))

    def test_accepts_light_headers(self):
        self.assertEqual('', self.violations('#include <boost/asio/any_io_executor.hpp>\n'))

    def test_finds_what_is_planted(self):
        for name in ('boost/beast/version.hpp', 'openssl/opensslv.h', 'boost/json/basic_parser.hpp',
                     'boost/asio/ssl/error.hpp', 'boost/json.hpp'):
            with self.subTest(name):
                self.assertIn('include/nunu/a.hpp: includes ', self.violations(f'#include <{name}>\n'))


class Snippets(unittest.TestCase):
    PROGRAM = '#include <x>\n\nint main() {}\n'
    MARK = '<!-- snippet: test/docs/program.cpp -->\n'

    def violations(self, readme, page=''):
        files = {'README.md': readme, 'docs/deeper/page.md': page, 'test/docs/program.cpp': self.PROGRAM}
        with tree(files) as root:
            return '\n'.join(snippets.violations(root))

    def test_accepts_a_whole_program_and_a_part(self):
        self.assertEqual('', self.violations(f'{self.MARK}```cpp\n{self.PROGRAM}```\n',
                                             f'Text\n\n{self.MARK}```cpp\nint main() {{}}\n```\n'))

    def test_finds_what_is_planted(self):
        good = f'{self.MARK}```cpp\n{self.PROGRAM}```\n'
        for readme, page, message in (
                (f'{self.MARK}```cpp\nint main() {{ }}\n```\n', '', 'README.md:2: differs from'),
                (good, '```cpp\nint x;\n```\n', 'page.md:1: C++ without a line'),
                (good, f'{self.MARK}\n```cpp\nint x;\n```\n', 'page.md:3: C++ without a line'),
                (good, '<!-- snippet: test/docs/gone.cpp -->\n```cpp\nint x;\n```\n',
                 'there is no test/docs/gone.cpp'),
                ('Nothing\n', '', 'README.md: shows no program')):
            with self.subTest(readme + page):
                self.assertIn(message, self.violations(readme, page))


class Proofs(unittest.TestCase):
    TESTS = 'TEST(Start, IsOnce) {\n}\n\nTEST_P(Fault04,\n       IsUnknown) {}\n// TEST(Start, IsTwice) {}\n'
    HEAD = '| promised | proved by |\n| --- | --- |\n'
    GOOD = HEAD + '| a | `Start.IsOnce`, `test/fault` |\n| b | `Fault*.*` |\n'

    def violations(self, page):
        files = {'docs/reliability.md': page, 'test/fault/start_test.cpp': self.TESTS}
        with tree(files) as root:
            return '\n'.join(proofs.violations(root))

    def test_accepts_proofs_that_are_there(self):
        self.assertEqual('', self.violations(
            self.GOOD + '\n| name | value |\n| --- | --- |\n| `errc::closed` | `README.md` |\n'))

    def test_finds_what_is_planted(self):
        for page, message in (
                (self.HEAD + '| a | `Start.IsTwice` |\n', 'reliability.md:3: there is no Start.IsTwice'),
                (self.HEAD + '| a | `Fault05*.*` |\n', 'reliability.md:3: there is no Fault05*.*'),
                (self.HEAD + '| a | `test/chaos.cpp` |\n', 'reliability.md:3: there is no test/chaos.cpp'),
                (self.GOOD + '| c | |\n', 'reliability.md:5: names no proof'),
                (self.GOOD + '| `Start.IsOnce` | a hope |\n', 'reliability.md:5: names no proof'),
                (self.GOOD + '\nAs `Start.IsTwice` shows.\n', 'reliability.md:6: there is no Start.IsTwice'),
                ('Nothing\n', 'promises nothing')):
            with self.subTest(page):
                self.assertIn(message, self.violations(page))

    def test_finds_that_there_is_no_page(self):
        with tree({'README.md': ''}) as root:
            self.assertEqual(['docs/reliability.md: there is none'], list(proofs.violations(root)))


class FaultRows(unittest.TestCase):
    def violations(self, but=0, more=''):
        tests = [f'TEST(Fault{row:02}, IsRight) {{\n}}\n' for row in range(1, 41) if row != but]
        with tree({'test/fault/all_test.cpp': ''.join(tests) + more}) as root:
            return '\n'.join(fault_rows.violations(root))

    def test_accepts_a_test_for_each_row(self):
        self.assertEqual('', self.violations())
        for more in ('TEST_F(Fault07Start,\n       IsRight) {}\n',
                     'TEST_P(Fault07, IsRight) {}\nINSTANTIATE_TEST_SUITE_P(All, Fault07, all);\n'):
            with self.subTest(more):
                self.assertEqual('', self.violations(7, more))

    def test_finds_what_is_planted(self):
        for but, more, message in (
                (7, '', 'row 7 has no test'),
                (40, '// TEST(Fault40, IsRight) {}\n', 'row 40 has no test'),
                (7, 'TEST_P(Fault07, IsRight) {}\n', 'row 7 has no test'),
                (7, 'TEST(Fault071, IsRight) {}\n', 'row 7 has no test'),
                (0, 'TEST(Fault41, IsRight) {}\n', 'there is no row 41')):
            with self.subTest(but=but, more=more):
                self.assertIn(message, self.violations(but, more))


class Formatting(unittest.TestCase):
    def setUp(self):
        if not tools.clang_format:
            self.skipTest('no clang-format')

    def violations(self, text):
        with tree({'.clang-format': 'BasedOnStyle: Google\n', 'lib/a.cpp': text}) as root:
            return formatting.violations(root, tools.clang_format)

    def test_accepts_formatted_files(self):
        self.assertEqual('', self.violations('int x = 1;\n'))

    def test_finds_what_is_planted(self):
        self.assertIn('lib/a.cpp:1:', self.violations('int  x=1;\n'))


class Clang(unittest.TestCase):
    # What a build with GCC, ccache and a precompiled header writes.
    COMMAND = ('/usr/bin/ccache /usr/bin/c++ -DX -I{root}/lib -Wall -Winvalid-pch '
               '-include {root}/build/cmake_pch.hxx -o a.o -c {file}')

    def complaints(self, mode, tool, path, text):
        if not tool:
            self.skipTest('its tool is not given')
        with tree({path: text, 'lib/boost_asio.cpp': ''}) as root:
            shutil.copy(os.path.join(os.path.dirname(__file__), '../../.clang-tidy'), root)
            file = os.path.join(root, path)
            entry = {'directory': root, 'file': file,
                     'command': self.COMMAND.format(root=root, file=file)}
            with open(os.path.join(root, 'compile_commands.json'), 'w', encoding='utf-8') as database:
                json.dump([entry], database)
            commands = clang.commands(mode, root, root, tool)
            self.assertEqual(1, len(commands))
            return '\n'.join(clang.failures(commands))

    def test_tidy_accepts_clean_code(self):
        self.assertEqual('', self.complaints('tidy', tools.clang_tidy, 'lib/wire/a.cpp',
                                             'int twice(int x) { return 2 * x; }\n'))

    def test_tidy_finds_what_is_planted(self):
        self.assertIn('bugprone-use-after-move', self.complaints(
            'tidy', tools.clang_tidy, 'lib/wire/a.cpp',
            '#include <string>\n#include <utility>\n'
            'std::string f(std::string a) { std::string b = std::move(a); return a + b; }\n'))

    def test_warnings_accept_clean_code(self):
        self.assertEqual('', self.complaints('warnings', tools.clangxx, 'apps/demo/main.cpp',
                                             'int main() {}\n'))

    def test_warnings_find_what_is_planted(self):
        self.assertIn('-Wunused-variable', self.complaints(
            'warnings', tools.clangxx, 'apps/demo/main.cpp', 'int main() { int unused; }\n'))


def main():
    global tools
    parser = argparse.ArgumentParser()
    for tool in ('--cxx', '--clang-format', '--clang-tidy', '--clangxx'):
        parser.add_argument(tool)
    tools, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == '__main__':
    main()
