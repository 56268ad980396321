// The parts of the page at /try that compute something.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from '../../server/assets/try/resample.js';
import { splitHeard } from '../../server/assets/try/transcript.js';
import { barsOf, median } from '../../server/assets/try/waterfall.js';

test('a reply is cut after the words that were heard, whatever blanks are between them', () => {
  assert.deepEqual(splitHeard('One two, three four.', 'One  two,'), ['One two,', 'three four.']);
  assert.deepEqual(splitHeard('One two.', ''), ['', 'One two.']);
  assert.deepEqual(splitHeard('One two.', 'One two. And more'), ['One two.', '']);
});

test('a bar begins where the step before it ended', () => {
  assert.deepEqual(barsOf({ turn_ended_ms: 200, first_text_ms: 350, first_audio_sent_ms: 500 })
    .map(({ from, at }) => [from, at]), [[0, 200], [200, 350], [350, 500]]);
});

test('words that were final before the turn ended make a tick, and push nothing back', () => {
  assert.deepEqual(barsOf({ turn_ended_ms: 200, transcript_final_ms: 150, first_text_ms: 260 })
    .map(({ from, at }) => [from, at]), [[0, 200], [150, 150], [200, 260]]);
});

test('the median of an even count lies between the two in the middle', () => {
  assert.equal(median([900, 500, 700]), 700);
  assert.equal(median([900, 500, 700, 600]), 650);
});

for (const [from, to] of [[48000, 16000], [44100, 16000], [16000, 48000]]) {
  test(`a tone keeps its pitch and loudness from ${from} to ${to} samples a second`, () => {
    const resampler = new Resampler(from, to);
    const output = [];
    for (let block = 0; block < from / 128; block++) {
      output.push(...resampler.push(Float32Array.from({ length: 128 },
        (_, at) => Math.sin((2 * Math.PI * 1000 * (block * 128 + at)) / from))));
    }
    assert(Math.abs(output.length - to) < to / 100, `${output.length} samples`);
    const steady = output.slice(1000);
    const rises = steady.filter((sample, at) => at && sample >= 0 && steady[at - 1] < 0).length;
    assert(Math.abs(rises - (1000 * steady.length) / to) < 3, `${rises} periods`);
    assert(Math.abs(Math.max(...steady) - 1) < 0.02, `peak ${Math.max(...steady)}`);
  });
}

test('what is above half the new rate is gone', () => {
  const resampler = new Resampler(48000, 16000);
  const output = resampler.push(Float32Array.from({ length: 48000 },
    (_, at) => Math.sin((2 * Math.PI * 11000 * at) / 48000)));
  assert(Math.max(...output.slice(1000, -1000)) < 0.01);
});
