"""Model files that are not what was pinned: one line says which, and nothing loads them."""

import os
import pathlib
import shutil
import subprocess
import unittest

import product

PREFIX = product.PROGRAM.parent / "speech-prefix"


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x40
    rewrite(file, bytes(content))


def rewrite(file, content):
    file.unlink()
    file.write_bytes(content)


def make_a_directory(file):
    file.unlink()
    file.mkdir()


ATTACKS = {
    "flipped bit": (flip_a_bit, "is not what was pinned"),
    "cut": (lambda file: rewrite(file, file.read_bytes()[:-1]), "has not its size"),
    "text": (lambda file: rewrite(file, b"hello\n"), "has not its size"),
    "empty": (lambda file: rewrite(file, b""), "has not its size"),
    "missing": (lambda file: file.unlink(), "is missing"),
    "directory": (make_a_directory, "is missing"),
}


@unittest.skipIf(product.is_missing() or not PREFIX.is_file(),
                 "build/release/antiphon is not built")
class BrokenModels(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(product.new_folder())
        self.addCleanup(product.remove, self.folder)
        self.models = self.folder / "models"
        pinned = pathlib.Path(PREFIX.read_text().strip()) / "models"
        # Links: copying 140 MB for each attack would take longer than all of them.
        for source in pinned.rglob("*"):
            target = self.models / source.relative_to(pinned)
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.symlink(source, target)

    def refuse(self, model, *command):
        file = self.models / model
        for name, (attack, said) in ATTACKS.items():
            with self.subTest(model=model, attack=name):
                link = os.readlink(file)
                attack(file)
                done = subprocess.run(
                    [str(product.PROGRAM), *command, "--models", str(self.models)],
                    capture_output=True, text=True, timeout=product.PATIENCE)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(f"the model {model} {said}: run tools/fetch-models", done.stderr)
                if file.is_dir():
                    file.rmdir()
                file.unlink(missing_ok=True)
                os.symlink(link, file)

    def test_are_refused_by_say(self):
        for model in ("joe/voice.onnx", "joe/tokens.txt"):
            self.refuse(model, "say", "--text", "hello", "--out", str(self.folder / "out.wav"))
        self.assertFalse((self.folder / "out.wav").exists())

    def test_are_refused_by_transcribe(self):
        question = product.ROOT / "tests/e2e/assets/are-you-open-on-saturday.wav"
        for model in ("moonshine/tokens.txt", "moonshine/encoder_model.ort"):
            self.refuse(model, "transcribe", "--in", str(question))

    def test_end_the_server_with_a_line_that_names_the_file(self):
        flip_a_bit(self.models / "silero_vad.onnx")
        log = self.folder / "log"
        data = self.folder / "data"
        data.mkdir(mode=0o711)
        self.folder.chmod(0o711)
        with log.open("wb") as errors:
            server = product.Product(str(data), ["--models", str(self.models)], stderr=errors)
            self.assertEqual(server.finish(), 1)
        self.assertIn("\nantiphon: the model silero_vad.onnx is not what was pinned: "
                      "run tools/fetch-models --verify\n", log.read_text())

    def test_none_at_all_says_where_they_were_looked_for(self):
        shutil.rmtree(self.models)
        done = subprocess.run([str(product.PROGRAM), "say", "--text", "hello", "--out",
                               str(self.folder / "out.wav"), "--models", str(self.models)],
                              capture_output=True, text=True, timeout=product.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"antiphon: no speech models in {self.models}; "
                                      "run tools/fetch-models, or give --models\n")


if __name__ == "__main__":
    unittest.main()
