// Where the time of each reply went, from the end of the caller's speech to the first sound.

const STEPS = [
  ['turn_ended_ms', 'End of your turn', 'hearing'],
  ['transcript_final_ms', 'Your words', 'hearing'],
  ['first_text_ms', 'First text', 'thinking'],
  ['first_audio_ready_ms', 'First sound made', 'speaking'],
  ['first_audio_sent_ms', 'First sound sent', 'speaking'],
];
const SCALE_MIN_MS = 1000;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

// Each step as a bar from the step before it; a step that came earlier than that is a tick.
export function barsOf(latency) {
  let before = 0;
  return STEPS.flatMap(([field, name, kind]) => {
    const at = latency[field];
    if (at === undefined || at === null) return [];
    const bar = { name, kind, at, from: Math.min(before, at) };
    before = Math.max(before, at);
    return [bar];
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export class Waterfall {
  constructor({ list, empty, summary }) {
    Object.assign(this, { list, empty, summary });
    this.reset();
  }

  reset() {
    this.totals = [];
    this.bars = [];
    this.list.replaceChildren();
    this.empty.hidden = false;
    this.summary.hidden = true;
  }

  add(latency, question) {
    const bars = barsOf(latency);
    if (!bars.length) return;
    const total = Math.max(...bars.map((bar) => bar.at));
    this.totals.push(total);
    const item = element('li', 'reply');
    const head = element('p', 'head');
    head.append(element('span', 'question', question || `Reply ${this.totals.length}`));
    head.append(element('b', 'total', seconds(total)));
    item.append(head, this.table(bars));
    this.list.prepend(item);
    this.empty.hidden = true;
    this.summary.hidden = false;
    this.summary.textContent = 'From the end of your speech to the first sound.'
      + (this.totals.length > 1 ? ` Median ${seconds(median(this.totals))} of ${this.totals.length}.` : '');
    this.scale();
  }

  table(bars) {
    const table = element('table');
    table.setAttribute('aria-label', 'Times from the end of your speech');
    const body = table.appendChild(element('tbody'));
    for (const bar of bars) {
      const row = body.appendChild(element('tr'));
      const name = element('th', '', bar.name);
      name.scope = 'row';
      const track = element('td', 'track');
      const drawn = track.appendChild(element('span', `bar ${bar.kind}`));
      this.bars.push({ ...bar, drawn });
      row.append(name, track, element('td', 'ms', `${Math.round(bar.at)} ms`));
    }
    return table;
  }

  // One scale for all replies, so that a slow one looks slow.
  scale() {
    const most = Math.max(SCALE_MIN_MS, ...this.totals);
    for (const { drawn, from, at } of this.bars) {
      drawn.style.left = `${(100 * from) / most}%`;
      drawn.style.width = `${(100 * (at - from)) / most}%`;
    }
  }
}
