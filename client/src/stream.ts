// Server-sent events of a fetch: each as its name and its parsed data.
import type { WidgetReplyText } from '../../contract/api';
import { Trouble } from './trouble.ts';

export interface Reply {
  // What has been said so far.
  text: string;
  conversation: string;
  done: boolean;
  endsConversation: boolean;
}

interface ConversationOpened {
  conversation: string;
}
interface ReplyEnded {
  said: string;
  ends_conversation: boolean;
}

const EVENT_MAX = 65_536;
// The server sends something at least every half minute of an answer that takes its time.
const SILENCE_MS = 120_000;

async function within<T>(given: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Trouble('interrupted', 'nothing came in time')), SILENCE_MS);
  });
  try {
    return await Promise.race([given, late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function* events(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ name: string; data: unknown }> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await within(reader.read());
      if (done) return;
      rest += value;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const field = (key: string) =>
          block.split('\n').find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? '';
        yield { name: field('event'), data: JSON.parse(field('data') || 'null') };
      }
      if (rest.length > EVENT_MAX) throw new Trouble('interrupted', 'an event was too long');
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

// An answer that stops before its end is not taken for a whole one.
export async function* replies(body: ReadableStream<Uint8Array>): AsyncGenerator<Reply> {
  const reply: Reply = { text: '', conversation: '', done: false, endsConversation: false };
  try {
    for await (const { name, data } of events(body)) {
      if (name === 'conversation.opened') {
        reply.conversation = (data as ConversationOpened).conversation;
      } else if (name === 'reply.text') {
        reply.text += (data as WidgetReplyText).text;
      } else if (name === 'reply.ended') {
        const ended = data as ReplyEnded;
        reply.text = ended.said || reply.text;
        reply.done = true;
        reply.endsConversation = ended.ends_conversation;
      } else if (name === 'error') {
        throw new Trouble('interrupted', 'the agent could not finish its answer');
      }
      yield { ...reply };
    }
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble('interrupted', String(error));
  }
  if (!reply.done) throw new Trouble('interrupted', 'the connection ended in mid-word');
}
