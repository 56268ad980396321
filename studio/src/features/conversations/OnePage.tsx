// One conversation: when, how it ended, what was said and heard, its sound, and a file of it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, ApiError, messageOf } from '../../api/client';
import type { ConversationDetail, EventOutput, RecordingOutput } from '../../api/contract';
import { useMay } from '../../session/session';
import { clock, dateTime, plain } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';
import { Turn } from '../../ui/Turn';
import { TurnRibbon } from '../../ui/TurnRibbon';
import { useTitle } from '../../ui/useTitle';
import { totalOf } from '../../ui/Waterfall';
import { pathOf, useAgentNames, useConversation } from './conversation-api';
import { asSrt, asText, download } from './export';
import { Player } from './Player';

function durationOf({ conversation, messages, events }: ConversationDetail): number {
  const told = [...messages.map(({ ended_ms }) => ended_ms), ...events.map(({ at_ms }) => at_ms)];
  const { started_at, ended_at } = conversation;
  const whole = ended_at ? new Date(ended_at).getTime() - new Date(started_at).getTime() : 0;
  return Math.max(1, whole, ...told);
}

function Exports({ detail, agent }: { detail: ConversationDetail; agent: string }) {
  const name = `conversation-${detail.conversation.id}`;
  return (
    <div className="row" role="group" aria-label="Export">
      <button
        className="button"
        onClick={() =>
          download(`${name}.json`, 'application/json', `${JSON.stringify(detail, null, 2)}\n`)
        }
      >
        JSON
      </button>
      <button
        className="button"
        onClick={() => download(`${name}.txt`, 'text/plain', asText(detail, agent))}
      >
        Text
      </button>
      <button
        className="button"
        onClick={() => download(`${name}.srt`, 'application/x-subrip', asSrt(detail))}
      >
        SRT
      </button>
    </div>
  );
}

function Events({ events }: { events: readonly EventOutput[] }) {
  return (
    <details className="section">
      <summary>{events.length} events</summary>
      <ol className="events mono">
        {events.map(({ sequence, at_ms, kind }) => (
          <li key={sequence}>
            {clock(at_ms)} {kind}
          </li>
        ))}
      </ol>
    </details>
  );
}

function EndButton({ id }: { id: string }) {
  const queries = useQueryClient();
  const toast = useToast();
  async function end() {
    try {
      await api.post(`${pathOf(id)}/end`);
    } catch (error) {
      toast({ text: messageOf(error) });
    }
    await queries.invalidateQueries({ queryKey: ['conversations'] });
  }
  return (
    <button className="button danger" onClick={() => void end()}>
      End it now
    </button>
  );
}

function Page({ detail }: { detail: ConversationDetail }) {
  const { conversation, messages, events } = detail;
  const names = useAgentNames();
  const agent = names[conversation.agent] ?? 'Agent';
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState<number | undefined>(undefined);
  const may = useMay('conversations:write');
  const active = conversation.status === 'active';
  const recording = useQuery({
    queryKey: ['recording', conversation.id, active],
    queryFn: () => api.get<RecordingOutput>(`${pathOf(conversation.id)}/recording/details`),
    enabled: conversation.mode === 'voice' && !active,
    // It is there about a second after the end.
    retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 404,
    retryDelay: 1_500,
  });
  const most = Math.max(0, ...messages.map(({ latency }) => (latency ? totalOf(latency) : 0)));
  const seek = (ms: number) => {
    if (!audio.current) return;
    audio.current.currentTime = ms / 1000;
    void audio.current.play();
  };
  useTitle(`Conversation with ${agent}`);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 dir="auto">
            <Link className="button plain icon" to="/conversations" aria-label="All conversations">
              <Icon name="back" />
            </Link>{' '}
            {agent}
          </h1>
          <p>
            {dateTime(conversation.started_at)} ·{' '}
            {conversation.mode === 'voice' ? 'spoken' : 'typed'} · {clock(durationOf(detail))} ·{' '}
            {plain(conversation.end_reason ?? conversation.status)}
          </p>
          <p className="mono wrap">{conversation.id}</p>
        </div>
        {active && may && <EndButton id={conversation.id} />}
        <Exports detail={detail} agent={agent} />
      </header>
      <div className="stack">
        {messages.length > 0 && conversation.mode === 'voice' && (
          <section className="section" aria-label="Turns over time">
            <TurnRibbon messages={messages} durationMs={durationOf(detail)} atMs={at} />
            {recording.data && <Player id={conversation.id} audio={audio} moved={setAt} />}
          </section>
        )}
        <section className="section" aria-labelledby="transcript">
          <h2 id="transcript">Transcript</h2>
          {messages.length === 0 && <p className="quiet">Nobody has said anything.</p>}
          <ol className="turns">
            {messages.map((message) => (
              <Turn
                key={message.ordinal}
                most={most}
                {...(recording.data ? { seek } : {})}
                turn={{ ...message, startedMs: message.started_ms }}
              />
            ))}
          </ol>
        </section>
        {events.length > 0 && <Events events={events} />}
      </div>
    </>
  );
}

export function OnePage() {
  const { conversation = '' } = useParams();
  const { data, error, refetch } = useConversation(conversation);
  if (error) return <Failed whole error={error} again={() => void refetch()} />;
  return data ? <Page detail={data} /> : <Loading rows={5} />;
}
