import { beforeEach, expect, test } from 'vitest';
import type { AgentOutput } from '../../api/contract';
import type { Draft } from './draft';
import { conflicts, differences, draftOf, keep, rebase, recall } from './draft';

const agent = (prompt: string, greeting: string, revision = 1): AgentOutput => ({
  id: 'a1',
  slug: 'front-desk',
  name: 'Front desk',
  description: '',
  status: 'active',
  revision,
  created_at: '2026-11-22T10:00:00Z',
  updated_at: '2026-11-22T10:00:00Z',
  configuration: { prompt, greeting, limits: { duration_max_s: 60 } } as never,
});
const draft = (prompt: string, greeting: string): Draft => draftOf(agent(prompt, greeting));

beforeEach(() => localStorage.clear());

test('names the fields that differ by their path', () => {
  expect(differences(draft('one', 'hello'), draft('two', 'hello'))).toEqual([
    'configuration.prompt',
  ]);
  expect(differences(draft('one', 'hello'), draft('one', 'hello'))).toEqual([]);
});

test('lays changes of one field over what somebody else saved in another', () => {
  const merged = rebase(draft('one', 'hello'), draft('mine', 'hello'), draft('one', 'theirs'));
  expect(merged).toEqual(draft('mine', 'theirs'));
});

test('finds a conflict only where both changed the same field to something else', () => {
  const base = draft('one', 'hello');
  expect(conflicts(base, draft('mine', 'hello'), draft('one', 'theirs'))).toEqual([]);
  expect(conflicts(base, draft('same', 'hello'), draft('same', 'hello'))).toEqual([]);
  expect(conflicts(base, draft('mine', 'hello'), draft('theirs', 'hello'))).toEqual([
    'configuration.prompt',
  ]);
});

test('brings back what was not saved, over what the server has by then', () => {
  keep(agent('one', 'hello'), draft('mine', 'hello'));
  expect(recall(agent('one', 'theirs', 2))).toEqual(draft('mine', 'theirs'));
});

test('keeps nothing when nothing is changed', () => {
  keep(agent('one', 'hello'), draft('mine', 'hello'));
  keep(agent('one', 'hello'), draft('one', 'hello'));
  expect(recall(agent('one', 'hello'))).toBeNull();
});

test('does not believe what it finds in the storage', () => {
  for (const text of ['{', '7', '{"revision":1}', '{"revision":1,"base":{},"draft":{}}']) {
    localStorage.setItem('antiphon.draft.a1', text);
    expect(recall(agent('one', 'hello'))).toBeNull();
  }
});
