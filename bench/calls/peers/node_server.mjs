// A voice agent without framework and without neural voice activity detection: what sockets, JSON
// and timers alone cost in Node. An energy rule of 60 ms starts a turn (a cough passes it) and
// 200 ms of silence end it.
//
// environment: PORT, PROVIDERS=127.0.0.1:9100
import http from 'node:http';
import { WebSocketServer, WebSocket } from 'ws';

const [providerHost, providerPort] = process.env.PROVIDERS.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
const FRAME_MS = 20;
const FRAME_BYTES = 320;
const LOUD = 250;
const START_MS = 60;
const STOP_MS = 200;
const PUMP_MS = 2;
const HOLE_MS = 100;

const linear = Int16Array.from({ length: 256 }, (_, code) => {
  const inverted = ~code & 255;
  const magnitude = (((inverted & 15) << 3) + 0x84) << ((inverted >> 4) & 7);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
});

function mulaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 255;
}

function post(path, document, onData, onEnd) {
  const body = JSON.stringify(document);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const options = { host: providerHost, port: providerPort, path, method: 'POST', agent, headers };
  const request = http.request(options, (response) => {
    response.on('data', onData).on('end', onEnd).on('error', () => {});
  });
  request.on('error', () => {}).end(body);
  return request;
}

class Call {
  constructor(socket) {
    this.socket = socket;
    this.stream = '';
    this.loudMs = 0;
    this.quietMs = 1000;
    this.talking = this.asked = false;
    this.text = null;
    this.resetReply();
    this.recognizer = new WebSocket(
      `ws://${process.env.PROVIDERS}/v1/listen?encoding=mulaw&sample_rate=8000`,
      { perMessageDeflate: false },
    );
    this.recognizer.on('error', () => {}).on('message', (text) => this.heard(JSON.parse(text)));
  }

  resetReply() {
    this.chat = this.speech = null;
    this.sentences = [];
    this.frames = [];
    this.rest = Buffer.alloc(0);
    this.began = this.sent = 0;
  }

  heard(result) {
    if (!result.is_final) return;
    this.text = result.channel.alternatives[0].transcript;
    this.answer();
  }

  answer() {
    if (this.text === null || this.talking || !this.asked) return;
    const messages = [{ role: 'user', content: this.text }];
    this.asked = false;
    this.text = null;
    let buffer = '';
    let sentence = '';
    const chat = post('/v1/chat/completions', { model: 'stub', stream: true, messages }, (data) => {
      if (this.chat !== chat) return;
      buffer += data;
      for (let end; (end = buffer.indexOf('\n\n')) >= 0; buffer = buffer.slice(end + 2)) {
        if (buffer[6] !== '{') continue;
        const token = JSON.parse(buffer.slice(6, end)).choices[0]?.delta?.content ?? '';
        sentence += token;
        if (token !== '.') continue;
        this.sentences.push(sentence);
        sentence = '';
        this.speak();
      }
    }, () => { if (this.chat === chat) this.chat = null; });
    this.chat = chat;
  }

  speak() {
    if (this.speech || !this.sentences.length) return;
    const document = { input: this.sentences.shift(), response_format: 'pcm', sample_rate: 8000 };
    const speech = post('/v1/audio/speech', document, (data) => {
      if (this.speech === speech) this.take(data);
    }, () => {
      if (this.speech !== speech) return;
      this.speech = null;
      this.speak();
    });
    this.speech = speech;
  }

  take(data) {
    const samples = this.rest.length ? Buffer.concat([this.rest, data]) : data;
    let at = 0;
    for (; at + FRAME_BYTES <= samples.length; at += FRAME_BYTES) {
      const codes = Buffer.allocUnsafe(FRAME_BYTES / 2);
      for (let to = 0; to < codes.length; to++) codes[to] = mulaw(samples.readInt16LE(at + 2 * to));
      this.frames.push(codes.toString('base64'));
    }
    this.rest = samples.subarray(at);
    this.pump();
  }

  pump() {
    const now = performance.now();
    while (this.frames.length) {
      if (!this.began || now - (this.began + this.sent * FRAME_MS) > HOLE_MS) {
        this.began = now;
        this.sent = 0;
      }
      if (now < this.began + this.sent * FRAME_MS) return;
      this.sent++;
      const media = { payload: this.frames.shift() };
      this.socket.send(JSON.stringify({ event: 'media', streamSid: this.stream, media }));
    }
    if (!this.speech && !this.sentences.length && !this.chat) this.began = 0;
  }

  stop() {
    const spoke = this.began || this.chat || this.speech;
    this.chat?.destroy();
    this.speech?.destroy();
    this.resetReply();
    if (spoke) this.socket.send(JSON.stringify({ event: 'clear', streamSid: this.stream }));
  }

  hear(codes) {
    if (this.recognizer.readyState === WebSocket.OPEN) this.recognizer.send(codes);
    let energy = 0;
    for (const code of codes) energy += linear[code] ** 2;
    if (Math.sqrt(energy / codes.length) > LOUD) {
      this.loudMs += FRAME_MS;
      this.quietMs = 0;
      if (this.talking || this.loudMs < START_MS) return;
      this.talking = this.asked = true;
      this.stop();
      return;
    }
    this.quietMs += FRAME_MS;
    if (!this.talking) {
      this.loudMs = 0;
    } else if (this.quietMs >= STOP_MS) {
      this.talking = false;
      this.loudMs = 0;
      this.answer();
    }
  }
}

const calls = new Set();
const place = { host: '127.0.0.1', port: +process.env.PORT, path: '/ws' };
new WebSocketServer({ ...place, perMessageDeflate: false }).on('connection', (socket, request) => {
  request.socket.setNoDelay(true);
  const call = new Call(socket);
  calls.add(call);
  socket.on('error', () => {}).on('close', () => {
    call.stop();
    call.recognizer.close();
    calls.delete(call);
  }).on('message', (text) => {
    const message = JSON.parse(text);
    if (message.event === 'start') call.stream = message.streamSid;
    if (message.event === 'media') call.hear(Buffer.from(message.media.payload, 'base64'));
  });
});
setInterval(() => {
  for (const call of calls) if (call.frames.length || call.began) call.pump();
}, PUMP_MS);
