// A conversation's turns as its events tell them, one after the other.
import type { Citation, SessionEvent } from '../api/contract';
import type { SpokenTurn } from './Turn';

interface Line extends SpokenTurn {
  key: string;
}

export interface Transcript {
  lines: readonly Line[];
}

export const EMPTY: Transcript = { lines: [] };

function put(lines: readonly Line[], line: Line): Line[] {
  const at = lines.findIndex(({ key }) => key === line.key);
  if (at >= 0) return lines.with(at, line);
  // A guess of what the caller says stands last, below what is finished.
  return [...lines, line];
}

function reply(lines: readonly Line[], generation: string, part: (line: Line) => Line): Line[] {
  const key = `agent ${generation}`;
  const known = lines.find((line) => line.key === key) ?? { key, speaker: 'agent', said: '' };
  return put(lines, part(known));
}

// The same lines for what does not belong into a transcript.
export function hear({ lines }: Transcript, event: SessionEvent): Transcript {
  switch (event.type) {
    case 'transcript.partial':
    case 'transcript.final': {
      const guess = event.type === 'transcript.partial';
      const line: Line = {
        key: `caller ${event.turn}`,
        speaker: 'caller',
        said: event.text,
        guess,
      };
      return { lines: put(lines, line) };
    }
    case 'reply.text':
      return {
        lines: reply(lines, event.generation, (line) => ({
          ...line,
          said: `${line.said} ${event.text}`.trim(),
        })),
      };
    case 'reply.interrupted':
    case 'reply.ended':
      if (!lines.some(({ key }) => key === `agent ${event.generation}`)) return { lines };
      return {
        lines: reply(lines, event.generation, (line) => ({
          ...line,
          heard: event.heard,
          interrupted: event.type === 'reply.interrupted',
        })),
      };
    case 'reply.latency':
      if (event.first_audio_sent_ms === undefined) return { lines };
      return { lines: reply(lines, event.generation, (line) => ({ ...line, latency: event })) };
    default:
      return { lines };
  }
}

// Of a typed conversation, where there are no generations.
export function type(
  transcript: Transcript,
  speaker: 'caller' | 'agent',
  said: string,
): Transcript {
  const key = `typed ${transcript.lines.length}`;
  return { lines: [...transcript.lines, { key, speaker, said }] };
}

export function extend(transcript: Transcript, text: string, citations: Citation[]): Transcript {
  const last = transcript.lines.at(-1);
  if (!last || last.speaker !== 'agent') {
    const typed = type(transcript, 'agent', text);
    const line = typed.lines.at(-1);
    return line ? { lines: put(typed.lines, { ...line, citations }) } : typed;
  }
  const line = {
    ...last,
    said: `${last.said} ${text}`.trim(),
    citations: [...(last.citations ?? []), ...citations],
  };
  return { lines: put(transcript.lines, line) };
}
