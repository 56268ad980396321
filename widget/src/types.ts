// What a page says to the widget, and what it hears from it.
export interface WidgetConfig {
  agent: string;
  // Where the server is; left out: where the script came from.
  api?: string;
  position?: 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left' | 'inline';
  mode?: 'both' | 'text' | 'voice';
  turn?: 'continuous' | 'push-to-talk';
  theme?: 'auto' | 'light' | 'dark';
  accent?: string;
  lang?: string;
  dir?: 'ltr' | 'rtl';
  title?: string;
  subtitle?: string;
  greeting?: string;
  consent?: string;
  open?: boolean;
  feedback?: 'on' | 'off';
  analytics?: 'on' | 'off';
  identity?: { id: string; hash: string };
  strings?: Record<string, string>;
}

export interface ShownMessage {
  id: string;
  from: 'visitor' | 'agent';
  text: string;
  spoken: boolean;
  state: 'sending' | 'sent' | 'failed' | 'unanswered' | 'partial' | 'done' | 'cut';
}

export type Status = 'idle' | 'connecting' | 'listening' | 'hearing' | 'thinking' | 'speaking';

export interface WidgetEvents {
  ready: { version: string };
  open: object;
  close: object;
  message: ShownMessage;
  transcript: ShownMessage;
  status: { status: Status; previous: Status };
  'voice:start': object;
  'voice:end': { reason: string };
  feedback: { rating: 'up' | 'down' };
  unread: { count: number };
  consent: object;
  error: { code: string; message: string; retry: boolean };
}

// What the panel needs of the element that holds it.
export interface WidgetHost {
  readonly config: WidgetConfig;
  readonly isOpen: boolean;
  emit<K extends keyof WidgetEvents>(type: K, detail: WidgetEvents[K]): void;
  setStatus(status: Status): void;
  setUnread(count: number): void;
  setAccent(accent: string): void;
  close(): void;
  setAttribute(name: string, value: string): void;
}

export interface PanelApi {
  readonly messages: readonly ShownMessage[];
  show(on: boolean): void;
  focus(): void;
  send(text: string): Promise<void>;
  startVoice(): Promise<void>;
  endVoice(): void;
  mute(on?: boolean): void;
  hold(on: boolean): void;
  identify(identity: { id: string; hash: string } | undefined): void;
  refresh(): void;
  forget(): void;
  destroy(): void;
}
