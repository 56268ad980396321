import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { api, ApiError, messageOf, segment } from '../../api/client';
import type { AgentList } from '../../api/contract';
import { useMay } from '../../session/session';
import { clock } from '../../ui/format';
import { Empty, Failed } from '../../ui/states';
import { useToast } from '../../ui/toast';
import { Turn } from '../../ui/Turn';
import { useTitle } from '../../ui/useTitle';
import type { Running } from './useLive';
import { useLive } from './useLive';

function useSecond() {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function CallCard({ call, name, now }: { call: Running; name: string; now: number }) {
  const may = useMay('conversations:write');
  const toast = useToast();
  const end = () =>
    api
      .post(`/api/conversations/${segment(call.id)}/end`)
      .catch((error: unknown) => toast({ text: messageOf(error) }));
  return (
    <li className="section call" aria-label={`Conversation with ${name}`}>
      <div className="row spread">
        <h2 dir="auto">{name}</h2>
        <span className="badge live">{call.moment}</span>
      </div>
      <ol className="turns recent" aria-label="Latest words">
        {call.transcript.lines.slice(-4).map(({ key, ...turn }) => (
          <Turn key={key} turn={turn} />
        ))}
      </ol>
      {call.transcript.lines.length === 0 && (
        <p className="small quiet">What is said from now on appears here.</p>
      )}
      <div className="row spread">
        <span className="small quiet">{clock(now - new Date(call.startedAt).getTime())}</span>
        <span className="row">
          <Link className="button" to={`/conversations/${call.id}`}>
            Open
          </Link>
          {may && (
            <button className="button danger" onClick={() => void end()}>
              End
            </button>
          )}
        </span>
      </div>
    </li>
  );
}

export function LivePage() {
  useTitle('Live');
  const now = useSecond();
  const { calls, connected, failure } = useLive();
  const agents = useQuery({
    queryKey: ['agents', 'names'],
    queryFn: () => api.get<AgentList>('/api/agents', { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  const nameOf = (id: string) =>
    agents.data?.items.find((agent) => agent.id === id)?.name ?? 'Agent';
  if (failure instanceof ApiError && failure.status === 403)
    return <Failed whole error={failure} />;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>Live</h1>
          <p>Conversations that are running now.</p>
        </div>
        <span role="status" className={`badge ${connected ? 'good' : 'busy'}`}>
          {connected ? 'Connected' : 'Connecting'}
        </span>
      </header>
      {calls.length > 0 ? (
        <ul className="calls" aria-label="Running conversations">
          {calls.map((call) => (
            <CallCard key={call.id} call={call} name={nameOf(call.agent)} now={now} />
          ))}
        </ul>
      ) : (
        <Empty title="Nobody is talking now">
          <p>A conversation appears here as soon as it begins, and goes when it ends.</p>
        </Empty>
      )}
    </>
  );
}
