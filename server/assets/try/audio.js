// The sound of one call: microphone or file out, agent in, with the level of both.
//
//   const stream = await askForMicrophone();  // MicrophoneError says why not
//   const sound = await Sound.open(stream);   // after a click, or browsers keep it silent
//   sound.onFrame = (buffer, level) => …      // 640 bytes every 20 ms
//   sound.play(buffer); sound.clear(); await sound.drained(); sound.close();

const RATE = 16000;
const FILE_BYTES_MAX = 50_000_000;
const FILE_SECONDS_MAX = 600;
const DRAIN_PATIENCE_MS = 10_000;
const ECHO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class MicrophoneError extends Error {}
export class FileError extends Error {}

const WHY = {
  NotAllowedError: 'The browser did not let this page use the microphone. Allow it beside the '
    + 'address bar and press Talk again.',
  NotFoundError: 'No microphone was found. Plug one in and press Talk again.',
  NotReadableError: 'The microphone is in use by another program, or the system blocks it.',
};
const INSECURE = 'Browsers give the microphone only to https pages and to this machine itself. '
  + 'Open this page as http://localhost, or put TLS in front of the server.';
export const NEEDS_SOUND = 'Sound needs a page opened as http://localhost or as https.';
const ELSE = ' You can still drop an audio file or type.';

export async function askForMicrophone() {
  if (!navigator.mediaDevices) throw new MicrophoneError(INSECURE + ELSE);
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...ECHO, channelCount: 1 } });
  } catch (error) {
    throw new MicrophoneError((WHY[error.name] ?? `The microphone failed: ${error.message}.`) + ELSE);
  }
}

// WAV, MP3 and what else the browser reads, as 16 kHz mono.
export async function decodeFile(file) {
  if (file.size > FILE_BYTES_MAX) throw new FileError('The file is over 50 MB. Choose a shorter one.');
  let decoded;
  try {
    decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new FileError(`${file.name} is not audio that this browser can read. WAV and MP3 work.`);
  }
  if (decoded.duration > FILE_SECONDS_MAX) throw new FileError('The file is over ten minutes long.');
  const samples = new Float32Array(decoded.length);
  for (let channel = 0; channel < decoded.numberOfChannels; channel++) {
    const data = decoded.getChannelData(channel);
    for (let at = 0; at < data.length; at++) samples[at] += data[at] / decoded.numberOfChannels;
  }
  return { name: file.name, samples, seconds: decoded.duration };
}

function makeContext() {
  try {
    return new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
  } catch {
    return new AudioContext({ latencyHint: 'interactive' });
  }
}

export class Sound {
  // Without AudioWorklet (an insecure page) there is no sound, but a typed conversation works.
  // `worklet` says where the one of that name is: on another website that is not below /try.
  static async open(stream, worklet = (name) => `/try/${name}-worklet.js`) {
    const sound = new Sound();
    sound.worklet = worklet;
    sound.stream = stream;
    if (!globalThis.AudioWorkletNode || !isSecureContext) return sound;
    sound.context = makeContext();
    await sound.context.resume();
    await sound.context.audioWorklet.addModule(sound.worklet('playback'));
    sound.playback = new AudioWorkletNode(sound.context, 'antiphon-playback', {
      numberOfInputs: 0, outputChannelCount: [1],
    });
    sound.playback.port.onmessage = ({ data }) => sound.played(data);
    sound.playback.connect(sound.context.destination);
    await sound.capture(sound.context);
    if (stream) await sound.hear(stream);
    return sound;
  }

  onFrame = () => {};
  onAgentLevel = () => {};
  onAgentSounding = () => {};
  onFileEnded = () => {};
  sounding = false;
  muted = false;

  get silent() { return !this.context; }

  async capture(context) {
    await context.audioWorklet.addModule(this.worklet('capture'));
    this.captured?.port.postMessage({ close: true });
    this.captured?.disconnect();
    const node = new AudioWorkletNode(context, 'antiphon-capture', { outputChannelCount: [1] });
    node.port.onmessage = ({ data }) => {
      if (data.frame) this.onFrame(data.frame, data.level);
      if (data.fileEnded) this.onFileEnded();
    };
    node.connect(context.destination);  // its output is silence; a node nobody hears may not run
    node.port.postMessage({ mute: this.muted });
    this.captured = node;
  }

  async hear(stream) {
    try {
      this.context.createMediaStreamSource(stream).connect(this.captured);
    } catch {  // Firefox: a stream of another rate needs a context of its own rate
      this.captureContext = new AudioContext({ latencyHint: 'interactive' });
      await this.capture(this.captureContext);
      this.captureContext.createMediaStreamSource(stream).connect(this.captured);
    }
    stream.getAudioTracks()[0].addEventListener('ended', () => this.onMicrophoneLost?.());
  }

  mute(on) {
    this.muted = on;
    this.captured?.port.postMessage({ mute: on });
  }

  // Sent in place of the microphone, and heard here too.
  playFile({ samples }) {
    const buffer = this.context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    this.monitor = new AudioBufferSourceNode(this.context, { buffer });
    this.monitor.connect(this.context.destination);
    this.monitor.start();
    this.captured.port.postMessage({ file: samples });
  }

  play(frame) { this.playback?.port.postMessage({ frame }, [frame]); }
  clear() { this.playback?.port.postMessage({ clear: true }); }

  played({ level, sounding }) {
    if (level !== undefined) this.onAgentLevel(level);
    if (sounding === undefined) return;
    this.sounding = sounding;
    this.onAgentSounding(sounding);
    if (!sounding) this.afterSilence?.();
  }

  async drained() {
    if (!this.sounding) return;
    await new Promise((resolve) => {
      this.afterSilence = resolve;
      setTimeout(resolve, DRAIN_PATIENCE_MS);  // a context that the system suspended plays nothing
    });
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.monitor?.stop();
    for (const node of [this.captured, this.playback]) node?.port.postMessage({ close: true });
    void this.captureContext?.close();
    void this.context?.close();
    this.onFrame = this.onAgentLevel = this.onAgentSounding = this.onFileEnded = () => {};
  }
}
