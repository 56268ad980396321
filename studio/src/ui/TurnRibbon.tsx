// The turn ribbon of a conversation that is known: caller above, agent below, the wait between them.
import type { MessageOutput } from '../api/contract';

const SLOW_MS = 1_200;
const WIDTH = 1_000;

interface Props {
  messages: readonly MessageOutput[];
  durationMs: number;
  atMs?: number | undefined;
}

export function waitsOf(messages: readonly MessageOutput[]): { from: number; to: number }[] {
  return messages.flatMap((message, index) => {
    const next = messages[index + 1];
    const answered = message.speaker === 'caller' && next?.speaker === 'agent';
    return answered && next.started_ms > message.ended_ms
      ? [{ from: message.ended_ms, to: next.started_ms }]
      : [];
  });
}

export function TurnRibbon({ messages, durationMs, atMs }: Props) {
  const waits = waitsOf(messages);
  const longest = Math.max(0, ...waits.map(({ from, to }) => to - from));
  const x = (ms: number) => (ms / Math.max(1, durationMs)) * WIDTH;
  const label =
    `${messages.length} turns in ${Math.round(durationMs / 1000)} seconds, ` +
    `longest wait ${(longest / 1000).toFixed(1)} seconds`;
  return (
    <svg
      className="ribbon"
      viewBox={`0 0 ${WIDTH} 28`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect className="axis" x={0} y={13.5} width={WIDTH} height={1} />
      {waits.map(({ from, to }) => (
        <rect
          key={from}
          className={to - from > SLOW_MS ? 'slow' : 'gap'}
          x={x(from)}
          y={2}
          width={Math.max(1, x(to) - x(from))}
          height={24}
        />
      ))}
      {messages.map(({ ordinal, speaker, started_ms, ended_ms }) => (
        <rect
          key={ordinal}
          className={speaker}
          x={x(started_ms)}
          y={speaker === 'caller' ? 2 : 16}
          width={Math.max(2, x(ended_ms) - x(started_ms))}
          height={10}
          rx={1.5}
        />
      ))}
      {atMs !== undefined && <rect className="head" x={x(atMs)} y={0} width={2} height={28} />}
    </svg>
  );
}
