// The launcher: all that a page loads before its visitor presses anything.
//
//   <script async src="https://voice.example/widget/v1.js" data-agent="…"></script>
//   <antiphon-widget agent="…" position="inline"></antiphon-widget>
//   Antiphon.boot({ agent: '…' })            also Antiphon('boot', …), queued before this file is there
//
// No dependency, no inline style, no eval, no blob, no cookie: it runs under `default-src 'none'`
// with Trusted Types. The panel comes when the pointer or the focus comes near.
import { el, svg, WAVE } from './dom.ts';
import { LAUNCHER_CSS } from './launcher-style.ts';
import type { PanelApi, Status, WidgetConfig, WidgetEvents, WidgetHost } from './types.ts';

declare const PANEL_FILE: string;
declare const VERSION: string;

const script = document.currentScript as HTMLScriptElement | null;
const base = script?.src || new URL('/widget/v1.js', location.href).href;

const TEXTS = [
  'position', 'mode', 'turn', 'theme', 'accent', 'lang', 'dir', 'title', 'subtitle', 'greeting',
  'consent', 'feedback', 'analytics', 'agent', 'api',
] as const;

// Black or white, whichever is read better on a colour: at least 4.58 to 1 on any.
export function textOn(colour: string): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour);
  if (!hex?.[1]) return '';
  const value = Number.parseInt(hex[1], 16);
  const linear = (channel: number) => {
    const part = (channel & 255) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * linear(value >> 16) + 0.7152 * linear(value >> 8) + 0.0722 * linear(value);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#fff' : '#000';
}

class AntiphonWidget extends HTMLElement implements WidgetHost {
  static observedAttributes = [...TEXTS];
  config: WidgetConfig = { agent: '' };
  isOpen = false;
  status: Status = 'idle';
  readonly version = VERSION;
  private panel?: PanelApi | undefined;
  private loading?: Promise<PanelApi> | undefined;
  private root?: ShadowRoot;
  private button!: HTMLButtonElement;
  private label!: HTMLElement;
  private badge!: HTMLElement;

  connectedCallback() {
    if (!this.root) this.build();
    if (this.hasAttribute('open') || this.config.open || this.config.position === 'inline') {
      this.open();
    }
  }
  attributeChangedCallback() {
    if (!this.root) return;
    this.read();
    this.panel?.refresh();
  }
  disconnectedCallback() {
    // Moving an element in the page disconnects it for a moment.
    queueMicrotask(() => {
      if (!this.isConnected) this.drop();
    });
  }

  get messages() {
    return this.panel?.messages ?? [];
  }
  open() {
    void this.load().then(
      (panel) => {
        if (this.isOpen) return;
        this.isOpen = true;
        this.button.hidden = true;
        this.button.ariaExpanded = 'true';
        panel.show(true);
        if (this.config.position !== 'inline') panel.focus();
        this.setUnread(0);
        this.emit('open', {});
      },
      (error) => {
        this.loading = undefined;
        this.emit('error', { code: 'load_failed', message: String(error), retry: true });
      },
    );
  }
  close() {
    if (!this.isOpen || this.config.position === 'inline') return;
    this.isOpen = false;
    this.panel?.show(false);
    this.button.hidden = false;
    this.button.ariaExpanded = 'false';
    this.button.focus();
    this.emit('close', {});
  }
  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }
  send(text: string) {
    return this.load().then((panel) => panel.send(text));
  }
  startVoice() {
    this.open();
    return this.load().then((panel) => panel.startVoice());
  }
  endVoice() {
    this.panel?.endVoice();
  }
  mute(on?: boolean) {
    this.panel?.mute(on);
  }
  hold(on: boolean) {
    this.panel?.hold(on);
  }
  identify(identity?: { id: string; hash: string }) {
    if (identity) this.config.identity = identity;
    else delete this.config.identity;
    this.panel?.identify(identity);
  }
  update(changes: Partial<WidgetConfig>) {
    Object.assign(this.config, changes);
    for (const name of TEXTS) {
      const value = changes[name];
      if (value !== undefined) this.setAttribute(name, value);
    }
    this.panel?.refresh();
  }
  // Forgets the visitor: for a page whose person signs out.
  reset() {
    void this.load().then((panel) => panel.forget());
  }
  shutdown() {
    this.panel?.forget();
    this.remove();
  }
  on<K extends keyof WidgetEvents>(type: K, heard: (detail: WidgetEvents[K]) => void) {
    const listener = (event: Event) => heard((event as CustomEvent<WidgetEvents[K]>).detail);
    this.addEventListener(`antiphon:${type}`, listener);
    return () => this.removeEventListener(`antiphon:${type}`, listener);
  }

  emit<K extends keyof WidgetEvents>(type: K, detail: WidgetEvents[K]) {
    this.dispatchEvent(
      new CustomEvent(`antiphon:${type}`, { detail, bubbles: true, composed: true }),
    );
  }
  setStatus(status: Status) {
    if (status === this.status) return;
    const previous = this.status;
    this.status = status;
    this.emit('status', { status, previous });
  }
  setUnread(count: number) {
    this.badge.textContent = count ? String(count) : '';
    this.emit('unread', { count });
  }
  setAccent(accent: string) {
    const text = textOn(accent);
    if (!text) return;
    this.style.setProperty('--antiphon-accent', accent);
    this.style.setProperty('--antiphon-on-accent', text);
  }

  private build() {
    this.root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LAUNCHER_CSS);
    this.root.adoptedStyleSheets = [sheet];
    this.label = el('span', { class: 'label' });
    this.badge = el('span', { class: 'badge', 'aria-live': 'polite' });
    this.button = el('button', {
      class: 'launcher', part: 'launcher', type: 'button', 'aria-expanded': 'false',
      'aria-haspopup': 'dialog',
    }, svg(WAVE), this.label, this.badge);
    this.button.onclick = () => this.toggle();
    this.button.onpointerenter = this.button.onfocus = () => void this.load().catch(() => {});
    this.root.append(this.button);
    this.read();
    this.emit('ready', { version: VERSION });
  }
  private read() {
    const config = this.config as unknown as Record<string, unknown>;
    for (const name of TEXTS) {
      const value = this.getAttribute(name);
      if (value !== null) config[name] = value;
    }
    this.config.api ||= new URL(base).origin;
    this.setAccent(this.config.accent ?? '');
    this.label.textContent = this.config.title || 'Talk to us';
  }
  private load(): Promise<PanelApi> {
    this.loading ??= import(new URL(PANEL_FILE, base).href).then(
      (module: { mount: (root: ShadowRoot, host: WidgetHost) => PanelApi }) => {
        if (!this.root) throw new Error('the widget is not in a page');
        this.panel = module.mount(this.root, this);
        return this.panel;
      },
    );
    return this.loading;
  }
  private drop() {
    this.panel?.destroy();
    this.panel = this.loading = undefined;
    this.isOpen = false;
    this.button.hidden = false;
  }
}

type Method = 'open' | 'close' | 'toggle' | 'send' | 'startVoice' | 'endVoice' | 'mute' | 'hold'
  | 'identify' | 'update' | 'reset' | 'shutdown';

function start() {
  if (!customElements.get('antiphon-widget')) {
    customElements.define('antiphon-widget', AntiphonWidget);
  }
  let instance: AntiphonWidget | undefined;
  const boot = (config: WidgetConfig, into: Element = document.body) => {
    const widget = document.createElement('antiphon-widget') as AntiphonWidget;
    widget.config = { ...config };
    for (const name of TEXTS) {
      const value = config[name];
      // As an attribute it would be a tooltip over everything.
      if (value !== undefined && name !== 'title') widget.setAttribute(name, value);
    }
    into.append(widget);
    instance = widget;
    return widget;
  };
  const command = (name: 'boot' | Method, ...rest: unknown[]) => {
    if (name === 'boot') return boot(rest[0] as WidgetConfig);
    return (instance?.[name] as ((...given: unknown[]) => unknown) | undefined)?.apply(
      instance,
      rest,
    );
  };
  type Call = Parameters<typeof command>;
  const page = window as unknown as { Antiphon?: typeof command & { q?: Call[] } };
  const queued = page.Antiphon?.q ?? [];
  page.Antiphon = Object.assign(command, {
    boot,
    version: VERSION,
    get instance() {
      return instance;
    },
  });
  const { agent } = script?.dataset ?? {};
  if (agent) boot({ ...script?.dataset, agent } as WidgetConfig);
  for (const call of queued) command(...call);
}

if (document.body) start();
else addEventListener('DOMContentLoaded', start);
