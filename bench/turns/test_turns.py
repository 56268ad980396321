"""The labels' arithmetic, the player and the figures, on small things made by hand."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import curve  # noqa: E402
import figures  # noqa: E402
import labels  # noqa: E402
import player  # noqa: E402

LOUD, QUIET = b"\x10" * 160, b"\xff" * 160


def turn(name, end=2000, pauses=(), **more):
    return {"id": name, "kind": "turn", "class": "sentence", "real": False, "noise": None,
            "snr_db": None, "expects": "none", "speech_start_ms": 500, "speech_end_ms": end,
            "pauses": [list(pause) for pause in pauses], **more}


def over(name, kind, **more):
    return {"id": name, "kind": "over_agent", "class": kind, "real": False, "noise": None,
            "snr_db": None, "expects": "none", "speech_start_ms": 1000, "speech_end_ms": 1500,
            "pauses": [], **more}


class Halves(unittest.TestCase):
    def test_every_variant_of_a_base_is_in_the_same_half(self):
        self.assertEqual(labels.half_of("question-03"), labels.half_of("question-03"))
        halves = [labels.half_of(f"question-{number:02}") for number in range(200)]
        self.assertTrue(80 < halves.count("tune") < 120)

    def test_numbered_events_are_shared_out_one_by_one(self):
        self.assertEqual([labels.half_of(f"music-{n}") for n in range(4)],
                         ["tune", "measure", "tune", "measure"])


class Pauses(unittest.TestCase):
    def test_the_longest_pauses_follow_the_line_of_fixed_silence(self):
        names = [f"item-{number}" for number in range(57)]
        longest = labels.longest_pauses(names, 100, [], seed=7)
        for threshold, expected in ((500, 50), (800, 24), (1000, 14), (1500, 3), (2000, 0)):
            cut = sum(ms > threshold for ms in longest.values())
            self.assertAlmostEqual(cut, expected, delta=1, msg=f"at {threshold} ms")

    def test_a_natural_pause_takes_the_place_of_a_made_one(self):
        names = [f"item-{number}" for number in range(50)]
        longest = labels.longest_pauses(names, 100, [1700, 1700, 1700], seed=7)
        self.assertEqual(sum(ms > 1500 for ms in longest.values()), 0)

    def test_an_item_has_its_longest_pause_once_and_no_longer_one(self):
        pauses = labels.pause_list(900, 4, 7, "dictated-01")
        self.assertEqual(max(pauses), 900)
        self.assertTrue(all(300 <= ms <= 900 for ms in pauses))

    def test_a_gap_counts_from_200_ms_between_sounds_only(self):
        on = [False] * 30 + [True] * 10 + [False] * 19 + [True] + [False] * 20 + [True] + [False]
        self.assertEqual(labels.gaps(on, 10), [[600, 800]])

    def test_a_word_that_reaches_into_a_pause_ends_where_the_pause_begins(self):
        words = [{"text": "light", "start_ms": 100, "end_ms": 700},
                 {"text": "it", "start_ms": 650, "end_ms": 900}]
        self.assertEqual([(w["start_ms"], w["end_ms"]) for w in
                          labels.outside(words, [[400, 660]])], [(100, 400), (660, 900)])

    def test_fixed_silence_cuts_what_has_a_longer_pause(self):
        items = [turn("a"), turn("b", pauses=[(800, 1300)]), turn("c", pauses=[(800, 1600)]),
                 turn("d", pauses=[(700, 950), (1000, 1250)])]
        self.assertEqual(labels.silence_line(items, [200, 500, 700, 800]),
                         {200: 0.75, 500: 0.25, 700: 0.25, 800: 0.0})


class Heard(unittest.TestCase):
    def heard(self, *events):
        device = player.Player()
        for at_ms, what in events:
            if what == "clear":
                device.clear(at_ms / 1000)
            else:
                device.receive(at_ms / 1000, what)
        return device.audible(0)

    def test_sound_that_arrives_early_plays_behind_what_is_held(self):
        self.assertEqual(self.heard((100, LOUD), (101, LOUD), (102, QUIET), (103, LOUD)),
                         [[100, 180]])

    def test_a_clear_drops_what_has_not_been_played(self):
        self.assertEqual(self.heard((0, LOUD * 50), (300, "clear"), (900, LOUD)),
                         [[0, 300], [900, 920]])

    def test_a_stop_is_300_ms_without_sound(self):
        self.assertIsNone(player.silent_from([[0, 1200], [1490, 9000]], 1000, 9000))
        self.assertEqual(player.silent_from([[0, 1200], [1500, 9000]], 1000, 9000), 1200)

    def test_a_pause_before_the_callers_sound_is_no_stop(self):
        self.assertIsNone(player.silent_from([[0, 400], [900, 9000]], 1000, 9000))

    def test_sound_after_a_new_answer_is_no_resumption(self):
        spans = [[0, 1300], [2500, 4000]]
        result = player.result_of(over("x", "cough"), [-900, 2200], spans, 300)
        self.assertEqual((result["agent_silent_ms"], result["resumed_ms"], result["answered"]),
                         (1300, None, True))
        result = player.result_of(over("x", "cough"), [-900], spans, 300)
        self.assertEqual((result["resumed_ms"], result["answered"]), (2500, False))

    def test_the_providers_time_is_taken_off_the_first_audio(self):
        result = player.result_of(turn("x"), [2200], [[2510, 3000]], 300)
        self.assertEqual((result["committed_ms"], result["first_audio_ms"]), ([2200], 2210))


class Figures(unittest.TestCase):
    items = {item["id"]: item for item in (
        turn("whole"), turn("slow"), turn("paused", end=3000, pauses=[(1000, 1800)], real=True),
        turn("lost"), turn("loud", noise="babble", snr_db=5),
        over("stop", "stop_word"), over("hum", "backchannel"), over("cough", "cough"),
        over("bed", "cough", noise="babble", snr_db=10))}
    ours = {"system": "ours", "settings": "default", "items": [
        {"id": "whole", "committed_ms": [2250], "first_audio_ms": 2300},
        {"id": "slow", "committed_ms": [3000], "first_audio_ms": 3100},
        {"id": "paused", "committed_ms": [1500, 3400], "first_audio_ms": 1600},
        {"id": "lost", "committed_ms": [], "first_audio_ms": None},
        {"id": "loud", "committed_ms": [11000], "first_audio_ms": 11100},
        {"id": "stop", "agent_silent_ms": 1200, "resumed_ms": None, "answered": True},
        {"id": "hum", "agent_silent_ms": None, "resumed_ms": None, "answered": False},
        {"id": "cough", "agent_silent_ms": 1300, "resumed_ms": 1900, "answered": False},
        {"id": "bed", "agent_silent_ms": 1300, "resumed_ms": None, "answered": False}]}

    def cells(self):
        return {row[0]: row[3] for row in figures.goal_rows(self.items, [self.ours], [])}

    def test_a_commit_in_a_pause_is_early_and_its_turn_has_no_delay(self):
        found = figures.Turns(self.items, self.ours, labels.is_clean_turn)
        self.assertEqual((found.total, found.early, found.heard, found.missed), (4, 1, 1, 1))
        self.assertEqual(found.delays, [300, 1100])

    def test_a_turn_that_is_never_ended_after_an_early_commit_is_missed(self):
        result = {"committed_ms": [1500], "first_audio_ms": 1600}
        self.assertTrue(figures.is_missed(self.items["paused"], result))

    def test_the_goal_rows_have_the_rates_and_one_sigma(self):
        cells = self.cells()
        self.assertEqual(cells["early, all"], "25.0 ±21.7 %")
        self.assertEqual(cells["early, inner pauses"], "100.0 ±50.0 %")
        self.assertEqual(cells["delay p50 / p90"], "700 / 1020 ms")
        self.assertEqual(cells["babble 10 and 5 dB: not ended in 8 s"], "100.0 ±50.0 %")

    def test_events_over_babble_are_apart_from_the_quiet_ones(self):
        cells = self.cells()
        self.assertEqual(cells["interruption: agent silent p50 / p90"], "200 / 200 ms")
        self.assertEqual(cells["one-word stop obeyed"], "100.0 ±50.0 %")
        self.assertEqual(cells["backchannel stops the agent"], "0.0 ±50.0 %")
        self.assertEqual(cells["wordless events stop it"], "100.0 ±50.0 %")
        self.assertEqual(cells["after a false stop: resumes within"], "600 / 600 ms, 0 never")

    def test_silence_after_a_stop_lasts_until_anything_is_heard_again(self):
        result = {"agent_silent_ms": 1300, "resumed_ms": None,
                  "audible_ms": [[0, 1300], [6900, 7500]]}
        self.assertEqual(figures.hole(result), 5600)
        self.assertIsNone(figures.hole({"agent_silent_ms": 1300, "resumed_ms": None}))

    def test_the_curve_has_the_line_of_fixed_silence_from_the_labels(self):
        points = figures.curve_points(self.items, [self.ours], [])
        self.assertEqual(dict((ms, share) for share, ms, _ in points["fixed silence"])[500], 0.25)
        self.assertEqual(points["ours"], [(0.25, 700.0, 1020.0)])
        self.assertIn("<svg", curve.draw(points))
        self.assertIn("ours", curve.draw(points))


if __name__ == "__main__":
    unittest.main()
