import { expect, test } from 'vitest';
import type { ConversationDetail, MessageOutput } from '../../api/contract';
import { asSrt, asText, srtTime } from './export';

const message = (part: Partial<MessageOutput>): MessageOutput => ({
  ordinal: 0,
  speaker: 'caller',
  said: '',
  heard: '',
  interrupted: false,
  started_ms: 0,
  ended_ms: 0,
  citations: [],
  ...part,
});
const detail: ConversationDetail = {
  conversation: {
    id: 'c1',
    agent: 'a1',
    channel: 'web',
    mode: 'voice',
    status: 'ended',
    metadata: {},
    started_at: '2026-11-22T10:00:00Z',
  },
  messages: [
    message({ said: 'Are you\n\nopen?', heard: 'Are you open?', started_ms: 900, ended_ms: 1_900 }),
    message({
      speaker: 'agent',
      said: 'On Saturday we open at nine.',
      heard: 'On Saturday',
      interrupted: true,
      started_ms: 3_661_004,
      ended_ms: 3_662_000,
    }),
  ],
  events: [],
};

test('writes times as players read them', () => {
  expect(srtTime(3_661_004)).toBe('01:01:01,004');
  expect(srtTime(-5)).toBe('00:00:00,000');
});

test('makes captions of what was heard, and no line ends one early', () => {
  expect(asSrt(detail)).toBe(
    '1\n00:00:00,900 --> 00:00:01,900\nCaller: Are you open?\n\n' +
      '2\n01:01:01,004 --> 01:01:02,000\nAgent: On Saturday\n',
  );
});

test('says in the text what of an interrupted reply was heard', () => {
  expect(asText(detail, 'Front desk')).toContain(
    '[1:01:01] Agent: On Saturday we open at nine. [heard: On Saturday]',
  );
});
