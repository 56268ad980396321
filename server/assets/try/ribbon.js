// The turn ribbon: you above, the agent below, over time; the wait between the two is a gap.
//
// One column is 50 ms of levels. The canvas is as wide as the window onto it and is drawn at the
// place that is scrolled to, so an hour costs no more than a second.

const COLUMN_MS = 50;
const COLUMN_PX = 4;
const BAR_PX = 2.5;
const LANE_PX = 44;
const AXIS_PX = 20;
const SLOW_MS = 1200;
const TICKS_MS = 5000;
export const HEIGHT_PX = 2 * LANE_PX + AXIS_PX;

const x = (ms) => (ms / COLUMN_MS) * COLUMN_PX;
// From -50 dB, a quiet room, to -6 dB.
const height = (level) => Math.max(0, Math.min(1, (20 * Math.log10(level + 1e-6) + 50) / 44));

export class Ribbon {
  constructor({ strip, length, canvas }) {
    Object.assign(this, { strip, length, canvas });
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    strip.addEventListener('scroll', () => this.draw());
    new ResizeObserver(() => this.layout()).observe(strip);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.reset();
  }

  reset() {
    this.levels = { caller: [], agent: [] };
    this.spans = { caller: [], agent: [] };
    this.gaps = [];
    this.marks = [];
    this.endedAt = 0;
    this.running = false;
    this.layout();
  }

  // `at` is milliseconds of the conversation on the page's clock; event times are counted from it.
  start(at = 0) {
    this.zero = performance.now() - at;
    this.running = true;
    this.follow();
  }

  stop() {
    if (this.running) this.endedAt = this.now();
    for (const lane of Object.values(this.spans)) this.closeSpan(lane, this.endedAt);
    this.running = false;
    this.layout();
  }

  now() { return this.running ? performance.now() - this.zero : this.endedAt; }

  level(lane, value) {
    if (!this.running) return;
    const column = Math.floor(this.now() / COLUMN_MS);
    const levels = this.levels[lane];
    levels[column] = Math.max(levels[column] ?? 0, value);
  }

  handle(event) {
    if (event.type === 'caller.speech_started') this.openSpan('caller', event.at_ms);
    if (event.type === 'caller.speech_ended') {
      const end = event.speech_end_ms ?? event.at_ms;
      this.closeSpan(this.spans.caller, end);
      this.waitingSince = end;
    }
    if (event.type === 'reply.interrupted') this.marks.push(event.at_ms);
    if (!this.running || this.calm.matches) this.layout();
  }

  agentSounding(on) {
    if (!on) return this.closeSpan(this.spans.agent, this.now());
    const now = this.now();
    this.openSpan('agent', now);
    if (this.waitingSince === undefined) return;
    this.gaps.push({ from: this.waitingSince, to: now });
    this.waitingSince = undefined;
  }

  openSpan(lane, from) {
    this.closeSpan(this.spans[lane], from);
    this.spans[lane].push({ from });
    if (lane === 'caller') this.waitingSince = undefined;
  }

  closeSpan(lane, to) {
    const last = lane.at(-1);
    if (last && last.to === undefined) last.to = Math.max(last.from, to);
  }

  follow() {
    if (!this.running) return;
    if (!this.calm.matches) this.layout();
    requestAnimationFrame(() => this.follow());
  }

  layout() {
    const { strip } = this;
    const behind = this.length.offsetWidth - strip.scrollLeft - strip.clientWidth;
    const width = Math.max(strip.clientWidth, Math.ceil(x(this.now())) + 24);
    this.length.style.width = `${width}px`;
    if (this.running && behind < 80) strip.scrollLeft = width;
    this.draw();
  }

  draw() {
    const scale = devicePixelRatio || 1;
    const width = this.strip.clientWidth;
    if (this.canvas.width !== width * scale) {
      this.canvas.width = width * scale;
      this.canvas.height = HEIGHT_PX * scale;
      this.canvas.style.width = `${width}px`;
    }
    const style = getComputedStyle(this.canvas);
    const paint = this.canvas.getContext('2d');
    const colour = (name) => style.getPropertyValue(`--${name}`);
    paint.setTransform(scale, 0, 0, scale, -this.strip.scrollLeft * scale, 0);
    const from = this.strip.scrollLeft;
    paint.clearRect(from, 0, width, HEIGHT_PX);
    this.drawAxis(paint, colour, from, width, style.fontFamily);
    this.drawGaps(paint, colour, style.fontFamily);
    this.drawLane(paint, 'caller', colour('caller'), 0, from, width);
    this.drawLane(paint, 'agent', colour('agent'), LANE_PX, from, width);
    this.drawMarks(paint, colour);
    this.canvas.setAttribute('aria-label', this.summary());
  }

  drawAxis(paint, colour, from, width, font) {
    paint.fillStyle = colour('line');
    paint.fillRect(from, LANE_PX - 0.5, width, 1);
    paint.font = `11px ${font}`;
    const step = TICKS_MS;
    for (let ms = Math.floor((from / COLUMN_PX) * COLUMN_MS / step) * step; x(ms) < from + width; ms += step) {
      paint.fillStyle = colour('line');
      paint.fillRect(x(ms), 2 * LANE_PX, 1, 5);
      paint.fillStyle = colour('quiet');
      paint.fillText(`${ms / 1000} s`, x(ms) + 4, 2 * LANE_PX + 14);
    }
  }

  drawLane(paint, lane, colour, top, from, width) {
    paint.fillStyle = colour;
    paint.globalAlpha = 0.2;
    for (const { from: start, to = this.now() } of this.spans[lane]) {
      paint.beginPath();
      paint.roundRect(x(start), top + 4, Math.max(2, x(to) - x(start)), LANE_PX - 8, 4);
      paint.fill();
    }
    paint.globalAlpha = 1;
    const first = Math.max(0, Math.floor(from / COLUMN_PX) - 1);
    const levels = this.levels[lane];
    paint.beginPath();
    for (let column = first; column < Math.min(levels.length, first + width / COLUMN_PX + 2); column++) {
      const half = height(levels[column] ?? 0) * (LANE_PX / 2 - 6);
      if (half < 0.5) continue;
      paint.roundRect(column * COLUMN_PX, top + LANE_PX / 2 - half, BAR_PX, 2 * half, 1);
    }
    paint.fill();
  }

  drawGaps(paint, colour, font) {
    const open = this.running && this.waitingSince !== undefined
      ? [{ from: this.waitingSince, to: this.now() }] : [];
    for (const { from, to } of [...this.gaps, ...open]) {
      paint.fillStyle = colour(to - from > SLOW_MS ? 'bad' : 'gap');
      paint.globalAlpha = 0.4;
      paint.fillRect(x(from), 4, Math.max(1, x(to) - x(from)), 2 * LANE_PX - 8);
      paint.globalAlpha = 1;
      if (x(to) - x(from) < 24) continue;
      paint.fillStyle = colour('ink');
      paint.font = `600 10px ${font}`;
      paint.textAlign = 'center';
      paint.fillText(`${((to - from) / 1000).toFixed(1)} s`, (x(from) + x(to)) / 2, LANE_PX + 4);
      paint.textAlign = 'start';
    }
  }

  drawMarks(paint, colour) {
    paint.fillStyle = colour('bad');
    for (const at of this.marks) {
      paint.fillRect(x(at) - 1, 2, 2, 2 * LANE_PX - 4);
      paint.beginPath();
      paint.moveTo(x(at) - 5, 0);
      paint.lineTo(x(at) + 5, 0);
      paint.lineTo(x(at), 8);
      paint.fill();
    }
  }

  summary() {
    const waits = this.gaps.map(({ from, to }) => to - from);
    const parts = [`${Math.round(this.now() / 1000)} seconds`, `you spoke ${this.spans.caller.length} times`,
      `the agent ${this.spans.agent.length} times`];
    if (waits.length) parts.push(`longest wait ${(Math.max(...waits) / 1000).toFixed(1)} seconds`);
    if (this.marks.length) parts.push(`you interrupted ${this.marks.length} times`);
    return this.now() ? parts.join(', ') : 'No call yet';
  }
}
