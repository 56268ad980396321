// Which parts of the server can take work.
import { useQuery } from '@tanstack/react-query';
import type { ReadinessOutput } from '../../api/contract';
import { Failed, Loading } from '../../ui/states';

const LOOKS: Record<string, string> = { up: 'good', degraded: 'busy', down: 'bad' };
const POLL_MS = 5_000;

// 503 is an answer too: it says which part is missing.
async function readiness(): Promise<ReadinessOutput> {
  const response = await fetch('/readyz');
  return (await response.json()) as ReadinessOutput;
}

export function System() {
  const { data, error } = useQuery({
    queryKey: ['readyz'],
    queryFn: readiness,
    refetchInterval: POLL_MS,
  });
  if (error) return <Failed error={error} />;
  if (!data) return <Loading />;
  return (
    <section className="stack">
      <div className="row spread">
        <h2>System</h2>
        <span className={`badge ${data.ready ? 'good' : 'bad'}`} role="status">
          {data.ready ? 'Ready for calls' : 'Not ready for calls'}
        </span>
      </div>
      <ul className="list" aria-label="Parts">
        {data.parts.map(({ name, state, detail }) => (
          <li key={name}>
            <span className="grow">{name}</span>
            {detail && <span className="small quiet wrap">{detail}</span>}
            <span className={`badge ${LOOKS[state] ?? ''}`}>{state}</span>
          </li>
        ))}
      </ul>
      <p className="small quiet">
        Programs use the same server: <a href="/docs">the API’s reference</a>.
      </p>
    </section>
  );
}
