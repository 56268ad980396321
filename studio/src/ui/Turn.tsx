// One side's turn: what was said, what of it was heard, what it cost and where it came from.
import { splitHeard } from '@try/transcript.js';
import type { Citation, LatencyOutput } from '../api/contract';
import { clock, seconds } from './format';
import { totalOf, Waterfall } from './Waterfall';

export interface SpokenTurn {
  speaker: 'caller' | 'agent';
  said: string;
  heard?: string | undefined;
  interrupted?: boolean;
  guess?: boolean;
  startedMs?: number;
  latency?: LatencyOutput | undefined;
  citations?: readonly Citation[];
}

interface Props {
  turn: SpokenTurn;
  most?: number;
  seek?: (ms: number) => void;
}

function Words({ turn }: { turn: SpokenTurn }) {
  if (turn.heard === undefined || turn.speaker === 'caller') return <>{turn.said}</>;
  const [heard, unheard] = splitHeard(turn.said, turn.heard);
  if (!unheard) return <>{turn.said}</>;
  return (
    <>
      {heard} <del>{unheard}</del>
    </>
  );
}

export function Turn({ turn, most = 0, seek }: Props) {
  const { speaker, startedMs, latency, citations = [] } = turn;
  const total = latency ? totalOf(latency) : 0;
  return (
    <li className={`turn ${speaker}${turn.guess ? ' guess' : ''}`}>
      <div className="name">
        {speaker === 'caller' ? 'Caller' : 'Agent'}
        {startedMs !== undefined &&
          (seek ? (
            <button type="button" className="seek" onClick={() => seek(startedMs)}>
              {clock(startedMs)}
            </button>
          ) : (
            <span>{clock(startedMs)}</span>
          ))}
        {total > 0 && <span>after {seconds(total)}</span>}
        {turn.interrupted && <span>interrupted: the rest was not heard</span>}
      </div>
      <p dir="auto">
        <Words turn={turn} />
      </p>
      {latency && total > 0 && (
        <details>
          <summary>Where the time went</summary>
          <Waterfall latency={latency} most={most} />
        </details>
      )}
      {citations.length > 0 && (
        <details>
          <summary>{citations.length === 1 ? '1 source' : `${citations.length} sources`}</summary>
          {citations.map((citation, index) => (
            <blockquote key={index}>
              <b>{citation.title}</b>: {citation.quote}
            </blockquote>
          ))}
        </details>
      )}
    </li>
  );
}
