// The transcript: what the caller said, grey until it is final; what the agent said, and how much
// of it was heard.
//
// Only finished things are added to the log, so that a screen reader reads words and not guesses;
// the guess stands below it, outside the accessibility tree.

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const words = (text) => text.trim().split(/\s+/).filter(Boolean);

// `said` cut where `heard` ends; by count of words, because the two may differ in blanks.
export function splitHeard(said, heard) {
  const all = words(said);
  const count = Math.min(words(heard).length, all.length);
  return [all.slice(0, count).join(' '), all.slice(count).join(' ')];
}

export class Transcript {
  constructor(log, examples) {
    Object.assign(this, { log, examples });
    this.reset();
  }

  reset() {
    this.log.replaceChildren();
    this.showExamples(true);
    this.callerTurns = new Map();
    this.replies = new Map();
    this.guess = null;
    this.lastQuestion = '';
  }

  handle(event) {
    switch (event.type) {
      case 'transcript.partial': return this.partial(event.text);
      case 'transcript.final': return this.final(event);
      case 'reply.started': return this.begin(event);
      case 'reply.text': return this.extend(event);
      case 'reply.interrupted': return this.end(event, true);
      case 'reply.ended': return this.end(event, false);
      case 'reply.latency': return this.time(event);
    }
  }

  turn(who, name) {
    const turn = element('div', `turn ${who}`);
    turn.append(element('span', 'who', name));
    const text = element('p', 'words');
    turn.append(text);
    return [turn, text];
  }

  showExamples(on) {
    this.examples.hidden = !on;
    this.log.hidden = on;
  }

  append(turn) {
    this.showExamples(false);
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    if (this.guess && turn !== this.guess) this.log.insertBefore(turn, this.guess);
    else this.log.append(turn);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  partial(text) {
    if (!this.guess) {
      const [turn] = this.turn('caller guess', 'You');
      turn.setAttribute('aria-hidden', 'true');
      this.guess = turn;
    }
    this.guess.querySelector('.words').textContent = text;
    this.append(this.guess);
  }

  final({ text, turn: number }) {
    this.guess?.remove();
    this.guess = null;
    this.lastQuestion = text;
    const known = number !== undefined && this.callerTurns.get(number);
    if (known) {
      known.textContent = text;  // the caller went on: the later text holds all of it
      return;
    }
    const [turn, paragraph] = this.turn('caller', 'You');
    paragraph.textContent = text;
    if (number !== undefined) this.callerTurns.set(number, paragraph);
    this.append(turn);
  }

  begin({ generation, prompt }) {
    const [turn, text] = this.turn('agent speaking', 'Agent');
    this.replies.set(generation, { turn, text, said: '', prompt, question: this.lastQuestion });
    this.current = generation;
  }

  reply(event) {
    return this.replies.get(event.generation ?? this.current);
  }

  extend(event) {
    if (!this.reply(event)) this.begin(event);
    const reply = this.reply(event);
    reply.text.append(element('span', '', reply.said ? ` ${event.text}` : event.text));
    reply.said = `${reply.said} ${event.text}`.trim();
    this.append(reply.turn);
  }

  end(event, interrupted) {
    const reply = this.reply(event);
    if (!reply || reply.ended) return;
    reply.ended = true;
    reply.turn.classList.remove('speaking');
    if (event.heard === undefined || !reply.said) return;
    const [heard, unheard] = splitHeard(reply.said, event.heard);
    if (!unheard) return;
    reply.turn.classList.add('cut');
    const cut = element('del', 'unheard', ` ${unheard}`);
    reply.text.replaceChildren(element('span', '', heard), cut);
    reply.turn.append(element('span', 'note', interrupted
      ? 'You interrupted: the rest was not heard.' : 'The rest was not heard.'));
  }

  time(event) {
    const reply = this.reply(event);
    if (!reply || event.first_audio_sent_ms === undefined || reply.timed) return;
    reply.timed = true;
    const seconds = (event.first_audio_sent_ms / 1000).toFixed(2);
    reply.turn.querySelector('.who').append(element('span', 'after', ` after ${seconds} s`));
  }

  questionOf(event) {
    return this.reply(event)?.question ?? this.lastQuestion;
  }
}
