"""The counts that the last line of a test run is made of."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import test_results  # noqa: E402, the folder must be known first

JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase name="Passes" classname="A" status="run" result="completed"/>
<testcase name="Fails" classname="A" status="run" result="completed">
<failure message="x"/></testcase>
<testcase name="Skips" classname="A" status="run" result="skipped"/>
<testcase name="SkipsToo" classname="A"><skipped message="x"/></testcase>
<testcase name="DISABLED_Never" classname="A" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""

CRASH = """[ RUN      ] Core.Passes
[       OK ] Core.Passes (0 ms)
[ RUN      ] Core.Skips
[  SKIPPED ] Core.Skips (0 ms)
[ RUN      ] Core.Fails
[  FAILED  ] Core.Fails (1 ms)
[ RUN      ] Core.Crashes
"""


class TestResults(unittest.TestCase):
    def assert_counts(self, counts, passed, failed, skipped, failures=None):
        self.assertEqual((passed, failed, skipped),
                         (counts.passed, counts.failed, counts.skipped))
        if failures is not None:
            self.assertEqual(failures, counts.failures)

    def test_xml_counts_each_test_once_and_disabled_ones_never(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(JUNIT)
            file.flush()
            self.assert_counts(test_results.from_junit(file.name), 1, 1, 2, ["A.Fails"])

    def test_xml_that_a_crash_cut_off_is_no_result(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(JUNIT[:100])
            file.flush()
            self.assertIsNone(test_results.from_junit(file.name))
        self.assertIsNone(test_results.from_junit("/nowhere.xml"))

    def test_a_crash_fails_the_test_it_happened_in(self):
        self.assert_counts(test_results.from_gtest_log(CRASH), 1, 2, 1,
                           ["Core.Fails", "Core.Crashes (did not end)"])

    def test_unittest_counts_errors_as_failures(self):
        text = ("ERROR: test_b (a.A.test_b)\nFAIL: test_c (a.A.test_c)\n"
                "Ran 7 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=2)\n")
        self.assert_counts(test_results.from_unittest(text), 3, 2, 2,
                           ["test_b (a.A.test_b)", "test_c (a.A.test_c)"])
        self.assert_counts(test_results.from_unittest("Ran 3 tests in 1s\n\nOK\n"), 3, 0, 0)

    def test_node_and_vitest_are_read_with_and_without_colours(self):
        node = "ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\n"
        self.assert_counts(test_results.from_node(node), 2, 1, 1)
        self.assert_counts(test_results.from_node("# pass 5\n# fail 0\n# skipped 0\n"), 5, 0, 0)
        vitest = "\x1b[2m      Tests \x1b[22m 1 failed | 3 passed | 2 skipped (6)\n"
        self.assert_counts(test_results.from_node(vitest), 3, 1, 2)

    def test_the_plain_line_is_read(self):
        self.assert_counts(test_results.from_node("4 passed, 1 failed, 2 skipped\n"), 4, 1, 2)

    def test_silence_is_no_test(self):
        for read in (test_results.from_unittest, test_results.from_node,
                     test_results.from_gtest_log):
            self.assertEqual(0, read("all good!\n").ran)


if __name__ == "__main__":
    unittest.main()
