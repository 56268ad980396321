// Changes the sample rate of a stream by a windowed sinc; a chunk in, what is ready of it out.
//
// Only for browsers that refuse an AudioContext of 16 kHz, or a microphone inside one.

const ZERO_CROSSINGS = 12;
const PHASES = 128;

export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cutoff = Math.min(1, to / from) * 0.94;
    this.half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.table = Array.from({ length: PHASES + 1 }, (_, phase) => this.taps(phase / PHASES, cutoff));
    this.samples = new Float32Array(2 * this.half);
    this.position = this.half;  // of the next output, in `samples`
  }

  taps(fraction, cutoff) {
    const taps = Float32Array.from({ length: 2 * this.half }, (_, index) => {
      const distance = index - this.half + 1 - fraction;
      const angle = Math.PI * distance * cutoff;
      const window = Math.cos((Math.PI * distance) / (2 * this.half)) ** 2;
      return window * (angle === 0 ? 1 : Math.sin(angle) / angle);
    });
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return taps.map((tap) => tap / sum);
  }

  push(input) {
    if (this.step === 1) return input;
    const samples = new Float32Array(this.samples.length + input.length);
    samples.set(this.samples);
    samples.set(input, this.samples.length);
    const output = [];
    while (this.position + this.half < samples.length) {
      const whole = Math.floor(this.position);
      const taps = this.table[Math.round((this.position - whole) * PHASES)];
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap++) {
        sum += taps[tap] * samples[whole - this.half + 1 + tap];
      }
      output.push(sum);
      this.position += this.step;
    }
    const drop = Math.floor(this.position) - this.half;
    this.samples = samples.slice(drop);
    this.position -= drop;
    return Float32Array.from(output);
  }
}
