import { expect, test } from 'vitest';
import type { LiveEvent } from '../../api/contract';
import type { LiveState } from './useLive';
import { apply, NOTHING } from './useLive';

const NOW = '2026-11-22T10:00:00Z';
const told = (id: string, event: Record<string, unknown>): LiveEvent => ({
  type: 'live.event',
  id,
  conversation: 'c1',
  agent: 'a1',
  event,
});
const final = (text: string, turn: number) => ({ type: 'transcript.final', at_ms: 0, turn, text });
const play = (...events: LiveEvent[]): LiveState =>
  events.reduce((state, event) => apply(state, event, NOW), NOTHING);

test('shows a conversation from its first event to its end', () => {
  const running = play(told('1-0', { type: 'conversation.started' }));
  expect(Object.keys(running.calls)).toEqual(['c1']);
  const ended = apply(running, told('2-0', { type: 'conversation.ended' }), NOW);
  expect(ended.calls).toEqual({});
});

test('shows nothing twice when the socket repeats what was seen', () => {
  const first = told('99-0', final('Hello', 1));
  const second = told('100-0', final('Bye', 2));
  const once = play(first, second);
  const again = play(first, second, first, second);
  expect(again).toEqual(once);
  expect(once.calls.c1?.transcript.lines.map(({ said }) => said)).toEqual(['Hello', 'Bye']);
});

test('goes on after an event of a kind it does not know', () => {
  const state = play(told('1', { type: 'tool.called' }), told('2', final('Hello', 1)));
  expect(state.calls.c1?.transcript.lines).toHaveLength(1);
});

test('makes no call of an event that is of the workspace', () => {
  const failed: LiveEvent = {
    type: 'live.event',
    id: '3-0',
    event: { type: 'job.failed', job: 'j1', kind: 'a.kind', attempts: 5, error: 'away' },
  };
  expect(play(failed)).toEqual({ calls: {}, last: '3-0' });
});
