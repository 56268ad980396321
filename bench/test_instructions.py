"""The committed instruction counts still hold, and a path that grew by over 5 % is noticed."""

import importlib.machinery
import importlib.util
import pathlib
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(HERE / f"{name}.bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


bench = load("instructions")


class Grown(unittest.TestCase):
    def test_names_a_path_that_takes_six_percent_more(self):
        self.assertEqual(bench.grown({"a": 1060, "b": 1040}, {"a": 1000, "b": 1000}), ["a"])

    def test_names_a_path_without_a_committed_count(self):
        self.assertEqual(bench.grown({"new": 1}, {}), ["new"])

    def test_accepts_a_path_that_became_shorter(self):
        self.assertEqual(bench.grown({"a": 500}, {"a": 1000}), [])


class Committed(unittest.TestCase):
    def test_has_every_path(self):
        self.assertEqual(sorted(bench.baseline()), sorted(bench.PATHS))

    @unittest.skipUnless(bench.PROGRAM.is_file(), "build/release/instructions is not built")
    @unittest.skipUnless(shutil.which("valgrind"), "valgrind is not installed")
    def test_no_path_takes_over_five_percent_more_instructions(self):
        counts = bench.count_all(list(bench.PATHS), 2)
        self.assertEqual(bench.grown(counts, bench.baseline()), [], counts)


if __name__ == "__main__":
    unittest.main()
