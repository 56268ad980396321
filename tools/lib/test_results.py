"""Reads how many tests passed, failed and were skipped from what test runners leave behind.

A runner that says nothing readable counts as no test at all, which run-tests treats as a failure:
a suite that silently runs nothing must never look green.
"""

import dataclasses
import re
import xml.etree.ElementTree


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    @property
    def ran(self):
        return self.passed + self.failed


def from_junit(path):
    """GoogleTest's and pytest's XML. None when the file is missing or cut off by a crash."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    counts = Counts()
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
            counts.failures.append(f"{case.get('classname')}.{case.get('name')}")
        elif case.find("skipped") is not None or case.get("result") == "skipped":
            counts.skipped += 1
        elif case.get("status") != "notrun":  # a disabled test of GoogleTest
            counts.passed += 1
    return counts


def from_gtest_log(text):
    """What a GoogleTest program said before it crashed; the test it was in counts as failed."""
    counts = Counts(passed=len(re.findall(r"^\[       OK \]", text, re.M)),
                    skipped=len(re.findall(r"^\[  SKIPPED \] .*\(\d+ ms\)$", text, re.M)))
    ended = set(re.findall(r"^\[ *(?:OK|FAILED|SKIPPED) *\] (\S+?),? ", text, re.M))
    failed = re.findall(r"^\[  FAILED  \] (\S+?)(?:,.*)? \(\d+ ms\)$", text, re.M)
    open_test = [name for name in re.findall(r"^\[ RUN      \] (\S+)", text, re.M)
                 if name not in ended]
    counts.failures = failed + [f"{name} (did not end)" for name in open_test]
    counts.failed = len(counts.failures)
    return counts


def from_unittest(text):
    ran = re.search(r"^Ran (\d+) tests? in ", text, re.M)
    if not ran:
        return Counts()
    numbers = {name: int(value) for name, value in
               re.findall(r"(failures|errors|skipped|unexpected successes)=(\d+)", text)}
    skipped = numbers.pop("skipped", 0)
    failed = sum(numbers.values())
    failures = re.findall(r"^(?:FAIL|ERROR): (.+)$", text, re.M)
    return Counts(max(0, int(ran[1]) - failed - skipped), failed, skipped, failures)


def from_node(text):
    """node:test (spec or tap reporter), Vitest, the `N passed, N failed` line; the sum of all."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    counts = Counts()
    for kind, field in (("pass", "passed"), ("fail", "failed"), ("skipped", "skipped"),
                        ("cancelled", "failed")):
        for value in re.findall(rf"^(?:ℹ|#) {kind} (\d+)$", text, re.M):
            setattr(counts, field, getattr(counts, field) + int(value))
    for line in re.findall(r"^ *Tests +(.*\(\d+\)) *$", text, re.M):
        for value, kind in re.findall(r"(\d+) (passed|failed|skipped)", line):
            setattr(counts, kind, getattr(counts, kind) + int(value))
    for line in re.findall(r"^(\d+ passed, \d+ failed(?:, \d+ skipped)?)$", text, re.M):
        for value, kind in re.findall(r"(\d+) (passed|failed|skipped)", line):
            setattr(counts, kind, getattr(counts, kind) + int(value))
    counts.failures = re.findall(r"^ *(?:✖|not ok \d+ -|[×✗] ) ?(.+?)(?: \([\d.]+m?s\))?$",
                                 text, re.M)[:20]
    return counts
