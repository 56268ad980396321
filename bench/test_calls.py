"""The verdicts of calls.bench: which level passes, which run says nothing, what three come to."""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "calls"))
import judge  # noqa: E402, the folder must be known first
import speech  # noqa: E402
import tables  # noqa: E402


def run(**changed):
    return {"calls": 10, "turns": 30, "missed": 0, "added_p50": 60, "added_p99": 100,
            "late_p99": 1, "stalls": 0, "interruptions_failed": 0, "interrupted_p50": 200,
            "interrupted_p99": 220, "cpu_cores": 0.5, "waiting_cores": 0.1, "stolen_cores": 0,
            "mb_per_call": 0.2, "generator_late_p99": 0.1, "lost": {}, "priority": True,
            "providers": {"timer_late_ms_p99": 0.1}, **changed}


class Verdict(unittest.TestCase):
    def test_passes_a_run_within_all_limits(self):
        self.assertEqual(judge.failures(run()), [])

    def test_names_each_limit_that_was_broken(self):
        for changed, word in (({"missed": 1}, "missed"), ({"lost": {"0": 1}}, "lost"),
                              ({"added_p99": 501, "added_p50": 400}, "latency"),
                              ({"added_p99": 311}, "latency"), ({"added_p99": None}, "answered"),
                              ({"late_p99": 51}, "late"), ({"stalls": 1}, "stalls"),
                              ({"interruptions_failed": 1}, "interruptions")):
            with self.subTest(changed):
                self.assertIn(word, " ".join(judge.failures(run(**changed))))

    def test_forgives_calls_that_were_turned_away_as_they_should(self):
        self.assertEqual(judge.failures(run(lost={"503": 5}), refused=("503",)), [])
        self.assertNotEqual(judge.failures(run(lost={"503": 5, "0": 1}), refused=("503",)), [])

    def test_voids_a_run_whose_own_clock_was_late(self):
        self.assertIn("callers", judge.is_void(run(generator_late_p99=2.5)))
        self.assertIn("providers", judge.is_void(run(providers={"timer_late_ms_p99": 3})))

    def test_voids_a_run_that_others_disturbed(self):
        self.assertIn("host", judge.is_void(run(stolen_cores=0.1)))
        self.assertIn("waited", judge.is_void(run(waiting_cores=0.6, priority=False)))
        self.assertEqual(judge.is_void(run(waiting_cores=0.6)), "")
        self.assertEqual(judge.is_void(run()), "")


class Median(unittest.TestCase):
    def test_takes_the_middle_of_each_figure(self):
        middle = judge.median([run(added_p99=90), run(added_p99=400), run(added_p99=100)])
        self.assertEqual(middle["added_p99"], 100)

    def test_keeps_what_most_runs_did_not_measure_unknown(self):
        middle = judge.median([run(added_p99=None), run(added_p99=None), run(added_p99=100)])
        self.assertIsNone(middle["added_p99"])

    def test_loses_as_many_calls_as_the_middle_run(self):
        middle = judge.median([run(lost={"0": 9}), run(), run(lost={"503": 1})])
        self.assertEqual(middle["lost"], {"503": 1})


class Limit(unittest.TestCase):
    def test_is_the_largest_level_below_which_all_passed(self):
        levels = {10: run(), 20: run(), 30: run(missed=1), 40: run()}
        self.assertEqual(judge.limit(levels), 20)

    def test_is_nothing_where_the_first_level_was_disturbed(self):
        self.assertEqual(judge.limit({10: None, 20: run()}), 0)
        self.assertIn("| antiphon | - |", tables.ladder({"antiphon": {10: run(void="late")}}))


class Sentence(unittest.TestCase):
    def tone(self, blocks, level):
        return b"".join(int(level * math.sin(at / 3)).to_bytes(2, "little", signed=True)
                        for at in range(blocks * 80))

    def test_ends_with_its_last_loud_block_in_whole_frames(self):
        sound = speech.trimmed(self.tone(5, 10) + self.tone(21, 9000) + self.tone(9, 10))
        self.assertEqual(len(sound), 10 * 2 * speech.BLOCK)

    def test_refuses_a_sentence_with_a_pause(self):
        with self.assertRaises(speech.HasPause):
            speech.trimmed(self.tone(9, 9000) + self.tone(15, 0) + self.tone(9, 9000))


if __name__ == "__main__":
    unittest.main()
