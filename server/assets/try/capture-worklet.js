// What the caller sends: a frame of 20 ms, 16 kHz, mono, s16, every 20 ms of the audio clock.
//
// A file takes the place of the microphone while it lasts; without either, and while muted, the
// frames are silence. The audio clock paces them, because timers of a hidden tab are throttled.
import { Resampler } from './resample.js';

const RATE = 16000;
const FRAME = 320;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.silence = new Float32Array(128);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
    this.muted = false;
    this.file = null;
    this.fileAt = 0;
    this.running = true;
    this.port.onmessage = ({ data }) => {
      if (data.mute !== undefined) this.muted = data.mute;
      if (data.file !== undefined) [this.file, this.fileAt] = [data.file, 0];
      if (data.close) this.running = false;
    };
  }

  process([microphone]) {
    for (const sample of this.resampler.push(microphone[0] ?? this.silence)) {
      this.put(this.file ? this.nextOfFile() : this.muted ? 0 : sample);
    }
    return this.running;
  }

  nextOfFile() {
    const sample = this.file[this.fileAt++];
    if (this.fileAt === this.file.length) {
      this.file = null;
      this.port.postMessage({ fileEnded: true });
    }
    return sample;
  }

  put(sample) {
    const bounded = Math.max(-1, Math.min(1, sample));
    this.frame[this.filled++] = Math.round(bounded * 32767);
    this.energy += bounded * bounded;
    if (this.filled < FRAME) return;
    const { buffer } = this.frame;
    this.port.postMessage({ frame: buffer, level: Math.sqrt(this.energy / FRAME) }, [buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
  }
}

registerProcessor('antiphon-capture', Capture);
