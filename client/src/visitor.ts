// One visitor of one agent: its session, its thread, what it says.
//
// The session lives ten minutes and is renewed before it ends. The resume token makes this browser
// the same visitor after a reload; where it is kept is the page's choice (sessionStorage unless
// said otherwise), and forget() drops it.
// Errors: Trouble.
import type {
  WidgetCallOutput,
  WidgetEventKind,
  WidgetHistory,
  WidgetRating,
  WidgetSessionOutput,
} from '../../contract/api';
import { replies, type Reply } from './stream.ts';
import { Trouble } from './trouble.ts';

export interface Identity {
  id: string;
  hash: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface VisitorOptions {
  // "https://voice.example"
  server: string;
  agent: string;
  identity?: Identity | undefined;
  storage?: Store | undefined;
}

const RENEW_BEFORE_MS = 30_000;
const PATIENCE_MS = 30_000;

export function memoryStorage(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

// A page may forbid storage, and then says so with an exception.
function ownStorage(): Store {
  try {
    return globalThis.sessionStorage ?? memoryStorage();
  } catch {
    return memoryStorage();
  }
}

export class Visitor {
  readonly server: string;
  readonly agent: string;
  conversation: string | undefined;
  private identity: Identity | undefined;
  private readonly storage: Store;
  private session: WidgetSessionOutput | undefined;
  private beginning: Promise<WidgetSessionOutput> | undefined;

  constructor({ server, agent, identity, storage }: VisitorOptions) {
    this.server = server.replace(/\/$/, '');
    this.agent = agent;
    this.identity = identity;
    this.storage = storage ?? ownStorage();
  }

  // The session as it is, or a new one when it ends soon.
  async begin(): Promise<WidgetSessionOutput> {
    const { session } = this;
    if (session && Date.parse(session.expires_at) - Date.now() > RENEW_BEFORE_MS) return session;
    this.beginning ??= this.ask().finally(() => {
      this.beginning = undefined;
    });
    return this.beginning;
  }

  identify(identity: Identity | undefined): void {
    this.identity = identity;
    this.forget();
  }

  // Drops what ties this browser to the visitor it was.
  forget(): void {
    this.session = undefined;
    this.conversation = undefined;
    this.storage.removeItem(this.key);
  }

  async *say(text: string, id: string = crypto.randomUUID(), signal?: AbortSignal): AsyncGenerator<Reply> {
    const response = await this.send(
      'messages',
      { id, text, ...(this.conversation ? { conversation: this.conversation } : {}) },
      signal,
    );
    if (!response.body) throw new Trouble('interrupted', 'the answer is empty');
    for await (const reply of replies(response.body)) {
      this.conversation = reply.endsConversation ? undefined : reply.conversation;
      yield reply;
    }
  }

  async history(): Promise<WidgetHistory> {
    const history: WidgetHistory = await (await this.send('history')).json();
    this.conversation = history.conversation ?? undefined;
    return history;
  }

  async call(): Promise<WidgetCallOutput> {
    return (await this.send('call')).json();
  }

  async rate(conversation: string, rating: WidgetRating, comment = ''): Promise<void> {
    await this.send('feedback', { conversation, rating, comment });
  }

  async count(...events: WidgetEventKind[]): Promise<void> {
    await this.send('events', { events });
  }

  private get key() {
    return `antiphon:${this.agent}`;
  }

  private url(what: string) {
    return `${this.server}/widget/${what}?agent=${encodeURIComponent(this.agent)}`;
  }

  private async ask(): Promise<WidgetSessionOutput> {
    const resume = this.identity ? '' : (this.storage.getItem(this.key) ?? '');
    const response = await this.fetch('session', {
      ...(resume ? { resume } : {}),
      ...(this.identity ? { identity: this.identity } : {}),
    });
    if (!response.ok) throw await this.refusal(response);
    const session: WidgetSessionOutput = await response.json();
    this.session = session;
    if (session.resume) {
      try {
        this.storage.setItem(this.key, session.resume);
      } catch {
        // A full or forbidden storage costs the thread after a reload, and nothing now.
      }
    }
    return session;
  }

  private async fetch(what: string, body?: object, token?: string, signal?: AbortSignal) {
    // A reply may take longer than its beginning, which is all that is waited for here.
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error('no answer in time')), PATIENCE_MS);
    try {
      return await fetch(this.url(what), {
        method: 'POST',
        credentials: 'omit',
        headers: {
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.any(signal ? [patience.signal, signal] : [patience.signal]),
      });
    } catch (error) {
      throw await this.unreached(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private async send(what: string, body?: object, signal?: AbortSignal): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const { token } = await this.begin();
      const response = await this.fetch(what, body, token, signal);
      if (response.ok) return response;
      // The clock of this machine may be wrong: the server says when a session is over.
      if (response.status === 401 && attempt === 0) {
        this.session = undefined;
        continue;
      }
      throw await this.refusal(response);
    }
  }

  // A browser hides why a request failed. Files of the widget may be read from every page: when
  // one arrives the server is there, and it is this page that may not ask.
  private async unreached(error: unknown): Promise<Trouble> {
    const there = await fetch(`${this.server}/widget/integrity.json`, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(5_000),
    }).then(
      (response) => response.ok,
      () => false,
    );
    return there && !this.session
      ? new Trouble('origin_denied', `this page may not show the agent: ${String(error)}`)
      : new Trouble('offline', String(error));
  }

  private async refusal(response: Response): Promise<Trouble> {
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    const words = problem.detail ?? `the server answered with ${response.status}`;
    if (response.status === 429) {
      return new Trouble('rate_limited', words, Number(response.headers.get('Retry-After')) || 30);
    }
    if (problem.code === 'already_exists') return new Trouble('already_received', words);
    if (problem.code === 'closed' || problem.code === 'not_found') {
      return new Trouble('conversation_over', words);
    }
    if (response.status === 403) return new Trouble('origin_denied', words);
    if (response.status === 401) return new Trouble('session_denied', words);
    return new Trouble('send_failed', words);
  }
}
