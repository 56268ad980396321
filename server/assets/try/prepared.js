// Something to say that is ready before the call: a file, or a typed line.
//
// It waits for the end of the greeting, which it would interrupt. A file is done when a reply that
// came after its last word has ended.

const GREETING_PATIENCE_MS = 15_000;
const REPLY_PATIENCE_MS = 20_000;

export class Prepared {
  constructor({ audio, text }) {
    Object.assign(this, { audio, text });
    this.said = false;
    this.over = false;
  }

  // The same once more, after an attempt that came to nothing.
  again() { return new Prepared(this); }

  // `now`: there is no greeting to wait for. done(answered) comes once, for a file.
  begin({ call, sound, done, now }) {
    Object.assign(this, { call, sound, done });
    if (now) return this.say();
    this.timer = setTimeout(() => this.say(), GREETING_PATIENCE_MS);
  }

  say() {
    if (this.said || this.over) return;
    clearTimeout(this.timer);
    this.said = true;
    if (this.audio) return this.sound.playFile(this.audio);
    this.call.sendText(this.text);
    this.over = true;
  }

  fileEnded() {
    if (this.over || !this.said) return;
    this.ended = true;
    if (this.answered) return this.finish();
    this.timer = setTimeout(() => this.finish(), REPLY_PATIENCE_MS);
  }

  handle({ type }) {
    if (this.over) return;
    const replyOver = type === 'reply.ended' || type === 'reply.interrupted';
    if (!this.said) {
      if (replyOver) void this.sound.drained().then(() => this.say());
      return;
    }
    if (type === 'caller.speech_started') this.answered = false;
    if (type !== 'reply.ended') return;
    this.answered = true;
    if (this.ended) this.finish();
  }

  finish() {
    if (this.over) return;
    this.cancel();
    this.done(Boolean(this.answered));
  }

  cancel() {
    this.over = true;
    clearTimeout(this.timer);
  }
}
