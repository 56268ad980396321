// Where the time of a reply went, from the end of the caller's speech to the first sound.
import { barsOf } from '@try/waterfall.js';
import type { LatencyOutput } from '../api/contract';

const SCALE_MIN_MS = 1_000;

export function totalOf(latency: LatencyOutput): number {
  return Math.max(0, ...barsOf(latency).map(({ at }) => at));
}

export function Waterfall({ latency, most = 0 }: { latency: LatencyOutput; most?: number }) {
  const bars = barsOf(latency);
  const scale = Math.max(SCALE_MIN_MS, most, totalOf(latency));
  return (
    <table className="waterfall" aria-label="Times from the end of the caller’s speech">
      <tbody>
        {bars.map(({ name, kind, at, from }) => (
          <tr key={name}>
            <th scope="row">{name.replace('your', 'the').replace('Your', 'The')}</th>
            <td className="track">
              <span
                className={kind}
                style={{
                  left: `${(100 * from) / scale}%`,
                  width: `${(100 * (at - from)) / scale}%`,
                }}
              />
            </td>
            <td>{Math.round(at)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
