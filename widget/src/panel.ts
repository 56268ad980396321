// The panel: loaded when somebody is about to open it. It shows the thread, takes what is written,
// and says the cause and a way on when something fails.
import { Visitor } from '@antiphon/client/visitor';
import { troubleOf, type Trouble } from '@antiphon/client/trouble';
import { CallBar } from './call-bar.ts';
import { Composer, Notice, consentGate, header, rating } from './parts.ts';
import { el } from './dom.ts';
import { CSS } from './style.ts';
import { Thread } from './thread.ts';
import type { PanelApi, ShownMessage, WidgetHost } from './types.ts';
import { wordsOf } from './words.ts';

const MICROPHONE_EVENTS = {
  microphone_refused: 'microphone_refused',
  microphone_missing: 'microphone_missing',
  microphone_silent: 'microphone_silent',
  call_dropped: 'call_failed',
} as const;

export function mount(root: ShadowRoot, host: WidgetHost): PanelApi {
  return new Panel(root, host);
}

class Panel implements PanelApi {
  private readonly words;
  private readonly visitor: Visitor;
  private readonly box = el('section', { class: 'panel', part: 'panel', role: 'dialog', hidden: '' });
  private readonly live = el('div', { class: 'live', role: 'status' });
  private readonly notice;
  private readonly thread;
  private readonly call;
  private readonly composer;
  private readonly head;
  private readonly feedback;
  private readonly chips = el('div', { class: 'chips' });
  private beginning: Promise<void> | undefined;
  private isAgreed = false;
  private isAnswering = false;
  private unread = 0;
  private lastConversation = '';

  constructor(private readonly root: ShadowRoot, private readonly host: WidgetHost) {
    const { config } = host;
    const language = config.lang || document.documentElement.lang || navigator.language || 'en';
    this.words = wordsOf(language, config.strings);
    const { words } = this;
    this.box.lang = language;
    this.box.dir = config.dir || (/^(ar|fa|he|ur)/i.test(language) ? 'rtl' : 'ltr');
    this.visitor = new Visitor({
      server: config.api ?? '', agent: config.agent, identity: config.identity,
    });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    this.head = header(words, () => host.close());
    this.notice = new Notice(words);
    this.thread = new Thread(words, (message) => void this.retry(message));
    this.thread.log.ariaLabel = words('agent');
    this.call = new CallBar({
      words, visitor: this.visitor,
      pushToTalk: () => config.turn === 'push-to-talk',
      onTurn: (message) => {
        if (message.from === 'visitor') this.notice.hide(); // the microphone is heard after all
        this.put(message);
      },
      onMoment: (moment) => host.setStatus(moment),
      onTrouble: (trouble) => this.trouble(trouble),
      onBegin: () => host.emit('voice:start', {}),
      onEnd: (reason) => this.callEnded(reason),
    });
    this.composer = new Composer(words, {
      onSend: (text) => void this.send(text),
      onTalk: () => void this.startVoice(),
    });
    this.feedback = rating(words, (value) => void this.rate(value));
    this.box.append(this.head.element, this.thread.log, this.notice.element, this.feedback,
      this.call.bar, this.composer.form, this.live);
    this.box.onkeydown = (event) => {
      if (event.key === 'Escape') host.close();
    };
    root.append(this.box);
    this.refresh();
  }

  get messages() {
    return this.thread.messages;
  }

  show(on: boolean) {
    this.box.hidden = !on;
    if (!on) return;
    this.unread = 0;
    this.thread.follow(true);
    void this.begin().then(() => this.count('opened'), (error) => this.trouble(troubleOf(error)));
  }

  focus() {
    this.composer.focus();
  }

  // What the page says wins over what the agent's owner has set.
  refresh() {
    const { config } = this.host;
    this.box.dataset.theme = config.theme ?? 'auto';
    const title = config.title || this.words('agent');
    this.head.show(title, config.subtitle || this.words('subtitle'));
    this.box.ariaLabel = title;
    this.composer.allow(config.mode ?? 'both', this.isAgreed || !config.consent);
  }

  private async begin(): Promise<void> {
    this.beginning ??= this.open();
    try {
      await this.beginning;
    } catch (error) {
      this.beginning = undefined;
      throw error;
    }
  }

  private async open() {
    const { look } = await this.visitor.begin();
    const { config } = this.host;
    config.title ||= look.title;
    config.subtitle ||= look.subtitle;
    config.consent ||= look.consent;
    config.greeting ||= look.greeting;
    config.theme ??= look.theme === 'system' ? 'auto' : look.theme;
    config.mode ??= look.mode;
    if (!config.accent && look.accent) this.host.setAccent(look.accent);
    if (!config.position) this.host.setAttribute('position', look.position.replace('_', '-'));
    this.refresh();
    this.gate();
    await this.restore();
    if (!this.messages.length) this.welcome(look.suggestions);
  }

  private gate() {
    const { consent } = this.host.config;
    if (!consent || this.isAgreed) return;
    const gate = consentGate(this.words, consent, () => {
      this.isAgreed = true;
      gate.remove();
      this.refresh();
      this.host.emit('consent', {});
      this.focus();
    });
    this.box.insertBefore(gate, this.composer.form);
  }

  private async restore() {
    const { items } = await this.visitor.history();
    items.forEach(({ conversation, speaker, text, mode, interrupted }, index) => {
      this.lastConversation = conversation;
      this.thread.put({
        id: `h${index}`, from: speaker === 'agent' ? 'agent' : 'visitor', text,
        spoken: mode === 'voice', state: interrupted ? 'cut' : 'done',
      });
    });
    this.feedback.hidden = !this.lastConversation || this.host.config.feedback === 'off';
    this.thread.follow(true);
  }

  private welcome(suggestions: readonly string[]) {
    const { greeting } = this.host.config;
    if (greeting) this.thread.put({ id: 'greeting', from: 'agent', text: greeting, spoken: false, state: 'done' });
    this.chips.replaceChildren(...suggestions.map((text) => {
      const chip = el('button', { class: 'chip', type: 'button' }, text);
      chip.onclick = () => {
        this.count('suggestion_used');
        void this.send(text);
      };
      return chip;
    }));
    if (suggestions.length) this.thread.append(this.chips);
  }

  async send(text: string) {
    const words = text.trim();
    if (!words || (this.host.config.consent && !this.isAgreed)) return;
    this.chips.remove();
    if (this.call.isRunning) {
      this.call.say(words);
      return;
    }
    await this.deliver({ id: crypto.randomUUID(), from: 'visitor', text: words, spoken: false, state: 'sending' });
  }

  private async deliver(message: ShownMessage) {
    if (this.isAnswering) return;
    this.isAnswering = true;
    this.composer.busy(true);
    this.notice.hide();
    this.put(message);
    this.thread.showTyping(true);
    this.announce(this.words('typing'));
    const answer: ShownMessage = { id: `r${message.id}`, from: 'agent', text: '', spoken: false, state: 'partial' };
    try {
      await this.begin();
      for await (const reply of this.visitor.say(message.text, message.id)) {
        this.lastConversation = reply.conversation;
        if (message.state !== 'sent') this.put(Object.assign(message, { state: 'sent' }));
        if (!reply.text) continue;
        this.thread.showTyping(false);
        this.put(Object.assign(answer, { text: reply.text, state: reply.done ? 'done' : 'partial' }));
      }
      this.feedback.hidden = this.host.config.feedback === 'off';
    } catch (error) {
      await this.failed(message, answer, troubleOf(error));
    } finally {
      this.thread.showTyping(false);
      this.isAnswering = false;
      this.composer.busy(false);
    }
  }

  private async failed(message: ShownMessage, answer: ShownMessage, trouble: Trouble) {
    if (trouble.code === 'conversation_over' && this.visitor.conversation) {
      this.visitor.conversation = undefined; // the retry begins a new one
    }
    if (trouble.code === 'already_received') {
      this.thread.clear();
      return this.restore().catch((error) => this.trouble(troubleOf(error)));
    }
    if (answer.text) this.put(Object.assign(answer, { state: 'cut' }));
    this.put(Object.assign(message, { state: message.state === 'sent' ? 'unanswered' : 'failed' }));
    this.count('message_failed');
    this.trouble(trouble);
  }

  // The same id: a message that did arrive is not answered twice.
  private async retry(message: ShownMessage) {
    this.thread.remove(`r${message.id}`);
    await this.deliver({ ...message, state: 'sending' });
  }

  private put(message: ShownMessage) {
    this.thread.put(message);
    if (message.state === 'partial' || message.state === 'sending') return;
    // Whole messages are read out, not each word as it comes.
    if (message.from === 'agent') this.announce(message.text);
    this.host.emit(message.spoken ? 'transcript' : 'message', { ...message });
    if (message.from === 'agent' && !this.host.isOpen) this.host.setUnread(++this.unread);
  }

  private announce(text: string) {
    this.live.textContent = text;
  }

  async startVoice() {
    if (this.host.config.consent && !this.isAgreed) return;
    this.notice.hide();
    this.chips.remove();
    try {
      await this.begin();
    } catch (error) {
      return this.trouble(troubleOf(error));
    }
    this.composer.calling(true);
    await this.call.start();
    if (!this.call.isRunning) this.composer.calling(false);
  }

  private callEnded(reason: string) {
    this.composer.calling(false);
    this.host.setStatus('idle');
    this.host.emit('voice:end', { reason });
    this.announce(this.words('over'));
    this.feedback.hidden = this.host.config.feedback === 'off';
    void this.visitor.history().then(
      ({ items }) => (this.lastConversation = items.at(-1)?.conversation ?? this.lastConversation),
      () => {},
    );
  }

  endVoice() {
    this.call.end();
  }
  mute(on?: boolean) {
    this.call.mute(on);
  }
  hold(on: boolean) {
    this.call.talk(on);
  }

  private async rate(value: 'up' | 'down') {
    if (!this.lastConversation) return;
    try {
      await this.visitor.rate(this.lastConversation, value);
      this.announce(this.words('thanks'));
      this.host.emit('feedback', { rating: value });
    } catch (error) {
      this.trouble(troubleOf(error));
    }
  }

  private count(event: Parameters<Visitor['count']>[0]) {
    const asks = navigator as Navigator & { globalPrivacyControl?: boolean; doNotTrack?: string };
    const isOff = this.host.config.analytics === 'off';
    if (isOff || asks.globalPrivacyControl || asks.doNotTrack === '1') return;
    void this.visitor.count(event).catch(() => {}); // a count that is lost is no trouble of the visitor's
  }

  private trouble(trouble: Trouble) {
    const { code } = trouble;
    this.notice.show(this.words(code));
    if (!this.call.isRunning) {
      this.composer.calling(false);
      this.host.setStatus('idle');
    }
    const event = MICROPHONE_EVENTS[code as keyof typeof MICROPHONE_EVENTS];
    if (event) this.count(event);
    const retry = !['origin_denied', 'insecure_context'].includes(code);
    this.host.emit('error', { code, message: trouble.message, retry });
  }

  identify(identity: { id: string; hash: string } | undefined) {
    this.visitor.identify(identity);
    this.beginning = undefined;
    this.thread.clear();
    if (!this.box.hidden) void this.begin().catch((error) => this.trouble(troubleOf(error)));
  }
  forget() {
    this.call.end();
    this.visitor.forget();
    this.beginning = undefined;
    this.thread.clear();
  }
  destroy() {
    this.call.end();
    this.box.remove();
    this.root.adoptedStyleSheets = this.root.adoptedStyleSheets.slice(0, 1);
  }
}

