// One call over the audio socket: opens the conversation, carries frames and events, says how it ended.
//
//   const call = new Call({ onEvent, onAudio, onEnd });
//   await call.open(agentId);      // the conversation exists and the socket is on its way
//   call.sendFrame(buffer); call.sendText('…'); call.hangUp();
//
// onEnd comes once, with { reason } after session.ended or { failure } when it did not get that far.
import { openConversation } from './api.js';

// At most two seconds may lie ahead of real time; what a stuck network holds back is dropped.
const BUFFERED_BYTES_MAX = 48_000;
const HANG_UP_PATIENCE_MS = 3_000;

const FAILURES = {
  1003: 'The server did not understand what this page sent.',
  1007: 'The server did not understand what this page sent.',
  1008: 'The server closed the call, because a rule of the audio socket was broken.',
  1009: 'The server closed the call, because a message was too long.',
  1011: 'The conversation failed on the server. Its log says why.',
  1012: 'The server is stopping.',
  1013: 'The server is busy: every place for a call is taken, or speech is still loading. '
    + 'Try again in a moment.',
};
const LOST = 'The connection was lost. What was said until then is kept.';
const UNREACHED = 'The call could not be connected. Is the server still running?';

export class Call {
  // `opener` makes the conversation: { id, path } of its socket, for an agent.
  constructor({ onEvent, onAudio, onEnd, opener = openConversation }) {
    Object.assign(this, { onEvent, onAudio, onEnd, opener });
    this.started = false;
    this.ended = false;
  }

  async open(agentId) {
    const { id, path } = await this.opener(agentId);
    this.id = id;
    if (this.ended) return;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const isWhole = path.startsWith('ws');  // of a server that is not this page's
    this.socket = new WebSocket(isWhole ? path : `${scheme}://${location.host}${path}`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => { this.connected = true; };
    this.socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.receive(JSON.parse(data));
      else this.onAudio(data);
    };
    this.socket.onclose = ({ code, reason }) => this.closed(code, reason);
  }

  receive(event) {
    if (event.type === 'session.started') this.started = true;
    if (event.type === 'session.ended') this.reason = event.reason;
    this.onEvent(event);
  }

  closed(code, words) {
    clearTimeout(this.patience);
    if (this.reason) return this.finish({ reason: this.reason });
    if (this.hangingUp) return this.finish({ reason: 'caller_hung_up' });
    const known = FAILURES[code] ?? (this.connected ? LOST : UNREACHED);
    this.finish({ failure: words ? `${known} (${words})` : known, code });
  }

  finish(outcome) {
    if (this.ended) return;
    this.ended = true;
    this.onEnd(outcome);
  }

  get ready() { return this.started && this.socket.readyState === WebSocket.OPEN; }

  sendFrame(frame) {
    if (this.ready && this.socket.bufferedAmount < BUFFERED_BYTES_MAX) this.socket.send(frame);
  }

  sendText(text) {
    if (this.ready) this.socket.send(JSON.stringify({ type: 'text', text }));
  }

  hangUp() {
    this.hangingUp = true;
    if (!this.ready) {
      this.socket?.close();
      return this.finish({ reason: 'caller_hung_up' });
    }
    this.socket.send(JSON.stringify({ type: 'hang_up' }));
    this.patience = setTimeout(() => {
      this.finish({ reason: 'caller_hung_up' });
      this.socket.close();
    }, HANG_UP_PATIENCE_MS);
  }
}
