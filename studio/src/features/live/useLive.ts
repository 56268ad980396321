// Running conversations as /api/live tells them.
//
// A lost socket is opened again after the last event that was seen, so nothing is lost or shown
// twice; where the server says that events are missing, the list is read anew.
import { useCallback, useEffect, useState } from 'react';
import { api } from '../../api/client';
import type {
  ConversationList,
  LiveEvent,
  LiveTicketOutput,
  SessionEvent,
} from '../../api/contract';
import type { Transcript } from '../../ui/transcript';
import { EMPTY, hear } from '../../ui/transcript';

const AGAIN_MS = 1_000;
const AGAIN_MAX_MS = 15_000;

export interface Running {
  id: string;
  agent: string;
  startedAt: string;
  transcript: Transcript;
  moment: string;
}

export interface LiveState {
  calls: Record<string, Running>;
  last: string;
}

export const NOTHING: LiveState = { calls: {}, last: '' };

const MOMENTS: Record<string, string> = {
  'caller.speech_started': 'caller speaks',
  'caller.speech_ended': 'agent thinks',
  'reply.started': 'agent speaks',
  'reply.ended': 'listening',
  'reply.interrupted': 'interrupted',
};

// Ids rise, number by number: "99-2" before "100-0". One that does not rise was seen before.
const sortable = (id: string) => id.replace(/\d+/g, (digits) => digits.padStart(20, '0'));

export function apply(state: LiveState, message: LiveEvent, now: string): LiveState {
  if (message.type === 'live.ready' || message.type === 'live.gap') {
    return { ...state, last: state.last || message.after };
  }
  if (message.type !== 'live.event') return state;
  if (state.last && sortable(message.id) <= sortable(state.last)) return state;
  const { conversation: id, agent = '' } = message;
  // Of the workspace: a job that failed is no call.
  if (id === undefined) return { ...state, last: message.id };
  const { type } = message.event as { type: string };
  const calls = { ...state.calls };
  if (type === 'conversation.ended' || type === 'session.ended') {
    delete calls[id];
    return { calls, last: message.id };
  }
  const known = calls[id] ?? { id, agent, startedAt: now, transcript: EMPTY, moment: 'connected' };
  calls[id] = {
    ...known,
    agent: known.agent || agent,
    // An event of a kind that this version does not know changes nothing.
    transcript: hear(known.transcript, message.event as unknown as SessionEvent),
    moment: MOMENTS[type] ?? known.moment,
  };
  return { calls, last: message.id };
}

async function readRunning(): Promise<Record<string, Running>> {
  const { items } = await api.get<ConversationList>('/api/conversations', {
    query: { status: 'active', limit: 200 },
  });
  return Object.fromEntries(
    items.map(({ id, agent, started_at }) => [
      id,
      { id, agent, startedAt: started_at, transcript: EMPTY, moment: 'connected' },
    ]),
  );
}

export function useLive() {
  const [state, setState] = useState(NOTHING);
  const [connected, setConnected] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const reread = useCallback(async () => {
    const running = await readRunning();
    setState((before) => ({
      ...before,
      calls: Object.fromEntries(
        Object.entries(running).map(([id, call]) => [id, before.calls[id] ?? call]),
      ),
    }));
  }, []);

  useEffect(() => {
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout>;
    let wait = AGAIN_MS;
    let over = false;
    let last = '';

    async function connect() {
      try {
        const { url } = await api.post<LiveTicketOutput>('/api/live/tickets');
        if (over) return;
        const address = new URL(url, location.href);
        address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
        address.host = location.host;
        if (last) address.searchParams.set('after', last);
        socket = new WebSocket(address);
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(String(data)) as LiveEvent;
          if (message.type === 'live.ready') {
            setConnected(true);
            setFailure(null);
            wait = AGAIN_MS;
            if (!last) void reread();
            last ||= message.after;
          }
          if (message.type === 'live.gap') void reread();
          if (message.type === 'live.event') last = message.id;
          setState((before) => apply(before, message, new Date().toISOString()));
        };
        socket.onclose = again;
      } catch (error) {
        setFailure(error);
        again();
      }
    }
    function again() {
      setConnected(false);
      if (over) return;
      timer = setTimeout(() => void connect(), wait);
      wait = Math.min(wait * 2, AGAIN_MAX_MS);
    }
    void connect();
    return () => {
      over = true;
      clearTimeout(timer);
      socket?.close();
    };
  }, [reread]);

  return { calls: Object.values(state.calls), connected, failure };
}
