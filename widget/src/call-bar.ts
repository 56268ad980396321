// The bar of a running call: what the agent does, who is heard, mute or hold, and the way out.
import type { CallHooks, CallMoment, RunningCall } from '@antiphon/client/voice';
import { troubleOf, type Trouble } from '@antiphon/client/trouble';
import type { Visitor } from '@antiphon/client/visitor';
import { el, svg } from './dom.ts';
import { ICONS } from './icons.ts';
import type { ShownMessage } from './types.ts';

declare const VOICE_FILE: string;

export interface CallBarParts {
  words: (key: string) => string;
  pushToTalk: () => boolean;
  visitor: Visitor;
  onTurn: (message: ShownMessage) => void;
  onMoment: (moment: CallMoment) => void;
  onTrouble: (trouble: Trouble) => void;
  onBegin: () => void;
  onEnd: (reason: string) => void;
}

type VoiceModule = { start: (visitor: Visitor, hooks: CallHooks) => Promise<RunningCall> };

const BARS = [0.55, 0.8, 1, 0.8, 0.55];

export class CallBar {
  readonly bar = el('div', { class: 'call', part: 'call', hidden: '' });
  private readonly moment = el('span', { class: 'moment', role: 'status' });
  private readonly bars = el('span', { class: 'bars', 'aria-hidden': 'true' });
  private readonly hold = el('button', { class: 'hold', type: 'button', 'aria-pressed': 'false' });
  private readonly muting = el('button', { class: 'icon', type: 'button', 'aria-pressed': 'false' }, svg(ICONS.mic));
  private running: RunningCall | undefined;
  private isStarting = false;
  private isMuted = false;
  private now: CallMoment = 'connecting';
  private count = 0;

  constructor(private readonly parts: CallBarParts) {
    const { words } = parts;
    this.bars.append(...BARS.map(() => el('i')));
    this.hold.textContent = words('hold');
    this.muting.ariaLabel = words('mute');
    this.muting.onclick = () => this.mute();
    const end = el('button', { class: 'icon', type: 'button', 'aria-label': words('end') }, svg(ICONS.end));
    end.onclick = () => this.end();
    this.bar.append(this.bars, this.moment, this.hold, this.muting, end);
    this.hold.onpointerdown = (event) => {
      this.hold.setPointerCapture(event.pointerId);
      this.talk(true);
    };
    this.hold.onpointerup = this.hold.onpointercancel = this.hold.onblur = () => this.talk(false);
    const isKey = (event: KeyboardEvent) => event.key === ' ' || event.key === 'Enter';
    this.hold.onkeydown = (event) => {
      if (isKey(event) && !event.repeat) this.talk(true);
      if (isKey(event)) event.preventDefault();
    };
    this.hold.onkeyup = (event) => {
      if (isKey(event)) this.talk(false);
    };
  }

  get isRunning() {
    return this.isStarting || this.running !== undefined;
  }

  async start() {
    if (this.isRunning) return;
    this.isStarting = true;
    this.count++;
    const call = this.count;
    this.isMuted = this.parts.pushToTalk();
    this.hold.hidden = !this.isMuted;
    this.muting.hidden = this.isMuted;
    this.bar.hidden = false;
    this.show('connecting');
    try {
      const { server } = this.parts.visitor;
      const voice = (await import(new URL(VOICE_FILE, `${server}/widget/`).href)) as VoiceModule;
      const running = await voice.start(this.parts.visitor, this.hooks(call));
      if (this.count !== call) return running.end();
      this.running = running;
      running.mute(this.isMuted);
      this.parts.onBegin();
    } catch (error) {
      if (this.count === call) this.over();
      this.parts.onTrouble(troubleOf(error));
    } finally {
      this.isStarting = false;
    }
  }

  say(text: string) {
    this.running?.say(text);
  }

  mute(on = !this.isMuted) {
    this.isMuted = on;
    this.running?.mute(on);
    this.muting.ariaPressed = String(on);
    this.muting.replaceChildren(svg(on ? ICONS.muted : ICONS.mic));
    this.show(this.now);
  }

  talk(on: boolean) {
    if (!this.parts.pushToTalk() || !this.running) return;
    this.hold.ariaPressed = String(on);
    this.isMuted = !on;
    this.running.mute(!on);
    this.show(this.now);
  }

  end() {
    if (this.running) return this.running.end();
    this.count++; // whatever still connects finds itself called off
    this.over();
  }

  private hooks(call: number): CallHooks {
    return {
      onTurn: ({ id, from, text, final }) => {
        if (!text) return;
        const state = final ? 'done' : 'partial';
        this.parts.onTurn({ id: `call${call}-${id}`, from, text, spoken: true, state });
      },
      onMoment: (moment) => this.show(moment),
      onLevel: (level) => {
        if (this.now !== 'speaking') this.draw(level, true);
      },
      onAgentLevel: (level) => {
        if (this.now === 'speaking') this.draw(level, false);
      },
      onTrouble: this.parts.onTrouble,
      onEnd: (reason) => {
        this.over();
        this.parts.onEnd(reason);
      },
    };
  }

  private show(moment: CallMoment) {
    this.now = moment;
    const isQuiet = this.isMuted && !this.parts.pushToTalk() && moment === 'listening';
    this.moment.textContent = this.parts.words(isQuiet ? 'muted' : moment);
    this.parts.onMoment(moment);
  }

  private draw(level: number, isMine: boolean) {
    this.bars.classList.toggle('mine', isMine);
    BARS.forEach((weight, index) => {
      const bar = this.bars.children[index] as HTMLElement | undefined;
      if (bar) bar.style.scale = `1 ${Math.max(0.14, Math.sqrt(level) * weight).toFixed(2)}`;
    });
  }

  private over() {
    this.running = undefined;
    this.bar.hidden = true;
  }
}
