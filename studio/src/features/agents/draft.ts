// What somebody changes of an agent: compared with what was read, kept in this browser until it is
// saved, and laid over what somebody else saved in the meantime.
import type { AgentConfiguration, AgentInput, AgentOutput } from '../../api/contract';

export interface Draft {
  name: string;
  description: string;
  configuration: AgentConfiguration;
}

export const draftOf = ({ name, description, configuration }: AgentOutput): Draft => ({
  name,
  description,
  configuration,
});

export const inputOf = (agent: AgentOutput, draft: Draft): AgentInput => ({
  slug: agent.slug,
  status: agent.status,
  ...draft,
});

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Where two drafts differ: "configuration.voice.speed".
export function differences(left: unknown, right: unknown, path = ''): string[] {
  if (!isObject(left) || !isObject(right)) return same(left, right) ? [] : [path];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) =>
    differences(left[name], right[name], path ? `${path}.${name}` : name),
  );
}

// `theirs` with everything that `mine` changed of `base`.
export function rebase<T>(base: T, mine: T, theirs: T): T {
  if (same(base, mine)) return theirs;
  if (!isObject(base) || !isObject(mine) || !isObject(theirs)) return mine;
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const merged = [...names].map((name) => [
    name,
    rebase<unknown>(base[name], mine[name], theirs[name]),
  ]);
  return Object.fromEntries(merged) as T;
}

// Changed by both, and not to the same.
export function conflicts(base: Draft, mine: Draft, theirs: Draft): string[] {
  const changed = new Set(differences(base, mine));
  const different = new Set(differences(mine, theirs));
  return differences(base, theirs).filter((path) => changed.has(path) && different.has(path));
}

export const wordsOf = (path: string) =>
  path.replace('configuration.', '').replaceAll('.', ' › ').replaceAll('_', ' ');

interface Kept {
  revision: number;
  base: Draft;
  draft: Draft;
}
const keyOf = (agent: string) => `antiphon.draft.${agent}`;

export function keep(agent: AgentOutput, draft: Draft): void {
  const base = draftOf(agent);
  if (same(base, draft)) return localStorage.removeItem(keyOf(agent.id));
  const kept: Kept = { revision: agent.revision, base, draft };
  try {
    localStorage.setItem(keyOf(agent.id), JSON.stringify(kept));
  } catch {
    // A full or forbidden storage: the page itself still holds the text.
  }
}

export const forget = (agent: string) => localStorage.removeItem(keyOf(agent));

function isKept(value: unknown): value is Kept {
  if (!isObject(value) || typeof value.revision !== 'number') return false;
  return [value.base, value.draft].every(
    (draft) => isObject(draft) && typeof draft.name === 'string' && isObject(draft.configuration),
  );
}

// What this browser kept of the agent, laid over what the server has now; null without any.
export function recall(agent: AgentOutput): Draft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(agent.id)) ?? 'null');
    if (!isKept(kept)) return null;
    return rebase(kept.base, kept.draft, draftOf(agent));
  } catch {
    return null;
  }
}
