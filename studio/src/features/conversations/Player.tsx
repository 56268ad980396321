// The recording: both sides as the server's outline, a head to move, and the browser's own sound.
import { useQuery } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { api, messageOf, send, storedKey } from '../../api/client';
import type { PeaksOutput } from '../../api/contract';
import { clock } from '../../ui/format';
import { pathOf } from './conversation-api';

const POINTS = 600;
const LANE = 30;
const QUIETEST = 1_000; // of 32,768: below this it is noise, and stays small

// The loudest moment fills its lane: telephone speech is quiet.
function outline(points: readonly number[], middle: number, loudest: number): string {
  const y = (sample: number) => (middle - (sample / loudest) * (LANE - 2)).toFixed(1);
  const hair = loudest / 100;
  let path = '';
  for (let index = 0; index + 1 < points.length; index += 2) {
    path += `M${index / 2} ${y(Math.max(points[index + 1] ?? 0, hair))}V${y(Math.min(points[index] ?? 0, -hair))}`;
  }
  return path;
}

interface Props {
  id: string;
  audio: RefObject<HTMLAudioElement | null>;
  moved: (ms: number) => void;
}

export function Player({ id, audio, moved }: Props) {
  const path = `${pathOf(id)}/recording`;
  // A cookie goes along with the element's own request; a key does not.
  const [source, setSource] = useState(storedKey() ? '' : path);
  const [fault, setFault] = useState('');
  const [at, setAt] = useState(0);
  const fetched = useRef('');
  const { data } = useQuery({
    queryKey: ['peaks', id],
    queryFn: () => api.get<PeaksOutput>(`${path}/peaks`, { query: { points: POINTS } }),
    staleTime: Infinity,
  });
  useEffect(() => () => URL.revokeObjectURL(fetched.current), []);
  async function load() {
    try {
      const sound = await (await send('GET', path)).blob();
      fetched.current = URL.createObjectURL(sound);
      setSource(fetched.current);
    } catch (error) {
      setFault(messageOf(error));
    }
  }
  const length = data?.duration_ms ?? 0;
  const loudest = Math.max(
    QUIETEST,
    ...[...(data?.caller ?? []), ...(data?.agent ?? [])].map(Math.abs),
  );
  return (
    <div className="stack tight">
      {data && (
        <svg
          className="peaks"
          viewBox={`0 0 ${data.caller.length / 2} ${LANE * 4}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Both sides of a recording of ${clock(length)}, the caller above`}
        >
          <path className="caller" d={outline(data.caller, LANE, loudest)} />
          <path className="agent" d={outline(data.agent, LANE * 3, loudest)} />
          <rect
            className="head"
            x={(at / Math.max(1, length)) * (data.caller.length / 2)}
            width={1.5}
            height={LANE * 4}
          />
        </svg>
      )}
      {fault && (
        <p className="notice bad" role="alert">
          {fault}
        </p>
      )}
      {source ? (
        // The transcript beside it is the text alternative.
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <audio
          ref={audio}
          controls
          preload="metadata"
          src={source}
          aria-label="Recording"
          onTimeUpdate={(event) => {
            const ms = event.currentTarget.currentTime * 1000;
            setAt(ms);
            moved(ms);
          }}
        />
      ) : (
        <button type="button" className="button" onClick={() => void load()}>
          Load the recording
        </button>
      )}
    </div>
  );
}
