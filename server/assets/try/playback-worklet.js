// What the agent says: frames of 16 kHz, mono, s16 in, an even stream out.
//
// 60 ms are gathered before sound begins, so that a late frame leaves no hole. `clear` drops what
// is not played yet. Ten seconds fit; beyond that the oldest samples go.
import { Resampler } from './resample.js';

const RATE = 16000;
const REPORT_S = 0.02;
const GATHER_S = 0.06;
const FADE_S = 0.004;  // a cut without it clicks
const HOLD_S = 10;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(Math.ceil(sampleRate * HOLD_S));
    this.read = 0;
    this.size = 0;
    this.sounding = false;
    this.fade = 0;
    this.waited = 0;  // samples since the last frame came
    this.energy = 0;
    this.counted = 0;
    this.running = true;
    this.resampler = new Resampler(RATE, sampleRate);
    this.port.onmessage = ({ data }) => {
      if (data.frame) this.push(new Int16Array(data.frame));
      if (data.clear) this.clear();
      if (data.close) this.running = false;
    };
  }

  push(frame) {
    for (const sample of this.resampler.push(Float32Array.from(frame, (value) => value / 32768))) {
      if (this.size === this.ring.length) this.take();
      this.ring[(this.read + this.size++) % this.ring.length] = sample;
    }
    this.waited = 0;
  }

  take() {
    const sample = this.ring[this.read];
    this.read = (this.read + 1) % this.ring.length;
    this.size--;
    return sample;
  }

  clear() {
    this.size = Math.min(this.size, Math.round(sampleRate * FADE_S));
    this.fade = this.sounding ? this.size : 0;
    if (!this.fade) this.size = 0;
  }

  process(_, [[output]]) {
    this.waited += output.length;
    // Less than the gathering time is played too, once no more has come for as long.
    const gather = sampleRate * GATHER_S;
    if (!this.sounding && (this.size >= gather || (this.size && this.waited >= gather))) {
      this.sounding = true;
      this.port.postMessage({ sounding: true });
    }
    for (let index = 0; index < output.length; index++) {
      let sample = this.sounding && this.size ? this.take() : 0;
      if (this.fade) sample *= --this.fade / (sampleRate * FADE_S);
      output[index] = sample;
      this.energy += sample * sample;
    }
    if (this.sounding && !this.size) {
      this.sounding = false;
      this.fade = 0;
      this.port.postMessage({ sounding: false });
    }
    this.report(output.length);
    return this.running;
  }

  report(samples) {
    this.counted += samples;
    if (this.counted < sampleRate * REPORT_S) return;
    if (this.sounding) this.port.postMessage({ level: Math.sqrt(this.energy / this.counted) });
    this.energy = 0;
    this.counted = 0;
  }
}

registerProcessor('antiphon-playback', Playback);
