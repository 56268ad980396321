// A server in the product's place, for what the real one cannot be made to do on demand: errors,
// a lost connection, no room, speech that is still loading.
//
// It serves the page with the real policy and speaks the audio socket of
// docs/reference/audio-socket.md. No timers: the page's own frames, one every 20 ms, are its clock.
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const ASSETS = new URL('../../server/assets/try/', import.meta.url);
const TYPES = {
  css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', woff2: 'font/woff2',
};
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
  + "img-src 'self' data:; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
  + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
export const KEY = 'antiphon_0123456789abcdefghijklmnopqrstuvwxyz';
export const CONVERSATION = '0193f1a2-7c55-7d31-9c4e-5d0a7c9b1e42';
export const AGENT = {
  id: '0193f1a2-0000-7000-8000-000000000001', slug: 'front-desk', name: 'Front desk',
  description: 'Answers the phone of Maple Street Dental: hours, prices, appointments and directions.',
  status: 'active', configuration: { greeting: 'Maple Street Dental, good day. How can I help you?' },
};
const DEADLINE_MS = 15_000;
const FRAME = 320;

const isLoud = (frame) => frame.some((sample) => Math.abs(sample) > 600);

// A tone with harmonics that rises and falls like syllables, in frames.
function voice(seconds) {
  const samples = Int16Array.from({ length: Math.round(seconds * 50) * FRAME }, (_, at) => {
    const time = at / 16000;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.1 * time)) ** 0.6
      * (0.55 + 0.45 * Math.sin(2 * Math.PI * 0.47 * time + 1));
    const tone = [1, 2, 3, 5].reduce((sum, n) => sum + Math.sin(2 * Math.PI * 130 * n * time) / n, 0);
    return 9000 * syllable * tone;
  });
  return Array.from({ length: samples.length / FRAME },
    (_, frame) => Buffer.from(samples.buffer, frame * FRAME * 2, FRAME * 2));
}

// The server's end of one call.
class Line {
  constructor(socket) {
    this.socket = socket;
    this.changed = new EventEmitter();
    this.frames = [];
    this.messages = [];
    this.speech = [];  // frames that are still to be said
    this.open = true;
    socket.on('message', (data, binary) => {
      if (binary) this.heard(data);
      else this.messages.push(JSON.parse(data));
      this.changed.emit('change');
    });
    socket.on('close', () => {
      this.open = false;
      this.changed.emit('change');
    });
  }

  heard(data) {
    this.frames.push(new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)));
    const next = this.speech.shift();
    if (next) this.socket.send(next);
  }

  get at() { return this.frames.length * 20; }
  get loudFrames() { return this.frames.filter(isLoud).length; }

  async until(predicate, what) {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    while (!predicate()) {
      await once(this.changed, 'change', { signal }).catch(() => {
        throw new Error(`the page did not ${what} in ${DEADLINE_MS / 1000} s`);
      });
    }
  }

  send(type, fields = {}) {
    this.socket.send(JSON.stringify({ type, at_ms: this.at, ...fields }));
  }

  // A frame for each of the page's. Done when the page has it all.
  async sound(seconds) {
    this.speech.push(...voice(seconds));
    await this.until(() => !this.speech.length || !this.open, 'take the audio');
  }

  // All of it at once, so that most of it waits in the page.
  burst(seconds) { voice(seconds).forEach((frame) => this.socket.send(frame)); }
  async say(generation, text, seconds, fields = {}) {
    this.send('reply.started', { generation, prompt: 'answer', ...fields });
    for (const clause of text.match(/[^.,?]+[.,?]/g)) this.send('reply.text', { generation, text: clause.trim() });
    if (fields.latency) this.send('reply.latency', { generation, ...fields.latency });
    await this.sound(seconds);
    if (this.open) this.send('reply.ended', { generation, said: text, heard: text });
  }

  start() { this.send('session.started', { conversation: CONVERSATION }); }
  greet() { return this.say('g0', AGENT.configuration.greeting, 0.8, { prompt: 'greeting' }); }

  // From the first loud frame until it has been quiet for 300 ms.
  async callerSpeaks(turn, text) {
    const before = this.frames.length;
    const spoken = () => this.frames.slice(before).findIndex(isLoud);
    await this.until(() => spoken() >= 0, 'send speech');
    this.send('caller.speech_started', { turn });
    const parts = text.split(' ');
    for (let count = 2; count < parts.length; count += 2) {
      const until = this.frames.length + 10;
      await this.until(() => this.frames.length >= until, 'send audio');
      this.send('transcript.partial', { turn, text: parts.slice(0, count).join(' ') });
    }
    await this.until(() => !this.frames.slice(-15).some(isLoud), 'fall silent');
    this.send('caller.speech_ended', { turn, speech_end_ms: this.at - 300 });
    this.send('transcript.final', { turn, text });
  }

  end(reason) {
    this.send('session.ended', { reason });
    this.socket.close(1000);
  }

  async hungUp() {
    await this.until(() => this.messages.some(({ type }) => type === 'hang_up'), 'hang up');
    this.end('caller_hung_up');
  }
}

// `answer(path, request)` may return { status, body } in place of the usual answer.
export async function startStandIn() {
  const standIn = { requests: [], answer: () => null, agents: [AGENT], lines: new EventEmitter() };
  const waiting = [];
  const respond = (response, status, body) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(body));
  };
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://stand.in');
    standIn.requests.push(`${request.method} ${request.url}`);
    if (pathname === '/try' || pathname.startsWith('/try/')) return serveFile(pathname, response);
    const special = standIn.answer(pathname, request);
    if (special) return respond(response, special.status, special.body);
    if (request.headers.authorization !== `Bearer ${KEY}`) {
      return respond(response, 401, { title: 'Not signed in', status: 401, code: 'unauthenticated' });
    }
    if (pathname === '/api/agents') return respond(response, 200, { items: standIn.agents });
    const conversation = { id: CONVERSATION, agent: AGENT.id, channel: 'web', mode: 'voice', status: 'active' };
    if (request.method === 'POST') {
      return respond(response, 201, { conversation, socket: { path: '/audio/pcm?token=t', token: 't' } });
    }
    respond(response, 200, { conversation, messages: [], events: [] });
  });
  const sockets = new WebSocketServer({ server: http, path: '/audio/pcm' });
  sockets.on('connection', (socket) => {
    waiting.push(new Line(socket));
    standIn.lines.emit('line');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  standIn.origin = `http://127.0.0.1:${http.address().port}`;
  standIn.link = `${standIn.origin}/try#key=${KEY}`;
  standIn.line = async () => {
    if (!waiting.length) await once(standIn.lines, 'line', { signal: AbortSignal.timeout(DEADLINE_MS) });
    return waiting.shift();
  };
  standIn.close = async () => {
    sockets.clients.forEach((socket) => socket.terminate());
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  };
  return standIn;
}

async function serveFile(pathname, response) {
  const name = pathname === '/try' ? 'index.html' : pathname.slice('/try/'.length);
  try {
    const body = await readFile(new URL(name, ASSETS));
    response.writeHead(200, {
      'Content-Type': TYPES[name.split('.').at(-1)],
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Permissions-Policy': 'microphone=(self)',
    }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
