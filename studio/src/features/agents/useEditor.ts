// An agent being changed: what is unsaved, saving it, and what to do when somebody else was faster.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { api, ApiError, messageOf } from '../../api/client';
import type { AgentConfiguration, AgentOutput } from '../../api/contract';
import { agentKeys, pathOf } from './agent-api';
import type { Draft } from './draft';
import { conflicts, differences, draftOf, forget, inputOf, keep, rebase, recall } from './draft';

export type Change = <K extends keyof AgentConfiguration>(
  name: K,
  value: AgentConfiguration[K],
) => void;

export function useEditor(read: AgentOutput) {
  const queries = useQueryClient();
  const [base, setBase] = useState(read);
  const [draft, setDraft] = useState<Draft>(() => recall(read) ?? draftOf(read));
  const [recalled] = useState(() => recall(read) !== null);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [theirs, setTheirs] = useState<AgentOutput | null>(null);
  const changed = differences(draftOf(base), draft);
  const dirty = changed.length > 0;

  useEffect(() => keep(base, draft), [base, draft]);
  useEffect(() => {
    if (!dirty) return;
    // Drafts survive a reload; closing the tab for good should still be a decision.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);

  const saveOver = useCallback(
    async (onto: AgentOutput, wanted: Draft): Promise<AgentOutput | null> => {
      setSaving(true);
      setFailure(null);
      try {
        const saved = await api.put<AgentOutput>(pathOf(onto.id), inputOf(onto, wanted), {
          revision: onto.revision,
        });
        forget(saved.id);
        setBase(saved);
        // What was typed while the answer was on its way stays.
        setDraft((now) => rebase(wanted, now, draftOf(saved)));
        queries.setQueryData(agentKeys.one(saved.slug), saved);
        void queries.invalidateQueries({ queryKey: [...agentKeys.all, 'list'] });
        return saved;
      } catch (error) {
        if (error instanceof ApiError && (error.code === 'conflict' || error.status === 412)) {
          setTheirs(await api.get<AgentOutput>(pathOf(onto.id)).catch(() => null));
        }
        setFailure(error instanceof ApiError ? error : new ApiError(0, messageOf(error)));
        return null;
      } finally {
        setSaving(false);
      }
    },
    [queries],
  );

  return {
    agent: base,
    draft,
    changed,
    dirty,
    saving,
    recalled,
    failure,
    theirs,
    clashes: theirs ? conflicts(draftOf(base), draft, draftOf(theirs)) : [],
    set: (name: 'name' | 'description', value: string) =>
      setDraft((now) => ({ ...now, [name]: value })),
    change: ((name, value) =>
      setDraft((now) => ({
        ...now,
        configuration: { ...now.configuration, [name]: value },
      }))) as Change,
    save: () => saveOver(base, draft),
    discard: () => setDraft(draftOf(base)),
    takeTheirs: () => {
      if (!theirs) return;
      setBase(theirs);
      setDraft(draftOf(theirs));
      setTheirs(null);
      setFailure(null);
    },
    keepMine: async () => {
      if (!theirs) return;
      const merged = rebase(draftOf(base), draft, draftOf(theirs));
      setBase(theirs);
      setDraft(merged);
      setTheirs(null);
      await saveOver(theirs, merged);
    },
    later: () => setTheirs(null),
  };
}

export type Editor = ReturnType<typeof useEditor>;
