// Everything about one agent on one page, with whatever stands beside it.
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AgentOutput } from '../../api/contract';
import { useMay } from '../../session/session';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Failed, Loading } from '../../ui/states';
import { useShortcuts } from '../../ui/useShortcuts';
import { useTitle } from '../../ui/useTitle';
import { useAgent } from './agent-api';
import { Clash } from './Clash';
import { Documents } from './Documents';
import { LimitSection, PhraseSection, PromptSection, VoiceSection } from './sections';
import { TurnSection } from './TurnSection';
import type { Editor } from './useEditor';
import { useEditor } from './useEditor';

function SaveState({ editor }: { editor: Editor }) {
  if (editor.saving) return <span className="badge busy">Saving</span>;
  if (editor.failure && editor.dirty) return <span className="badge bad">Not saved</span>;
  if (!editor.dirty) return <span className="badge good">Saved</span>;
  const count = editor.changed.length;
  return <span className="badge busy">{count === 1 ? '1 change' : `${count} changes`}</span>;
}

interface FormProps {
  read: AgentOutput;
  beside: (agent: AgentOutput, dirty: boolean) => ReactNode;
}

function Form({ read, beside }: FormProps) {
  const editor = useEditor(read);
  const { agent, draft, change, set } = editor;
  const may = useMay('agents:write');
  const [told, setTold] = useState(editor.recalled);
  useTitle(draft.name);
  useShortcuts({ 'mod+s': () => void (editor.dirty && editor.save()) });
  const fault = (path: string) =>
    editor.failure?.issues.find(({ pointer }) => pointer.endsWith(`/${path}`))?.message;
  const parts = { value: draft.configuration, change, fault };
  const general = editor.failure && !editor.theirs && editor.dirty ? editor.failure.message : '';
  return (
    <>
      <header className="savebar">
        <Link className="button plain icon" to="/agents" aria-label="All agents">
          <Icon name="back" />
        </Link>
        <div className="grow">
          <h1 className="clip" dir="auto">
            {draft.name || 'Without a name'}
          </h1>
        </div>
        <span role="status">
          <SaveState editor={editor} />
        </span>
        {may && (
          <>
            {editor.dirty && (
              <button type="button" className="button plain" onClick={editor.discard}>
                Discard
              </button>
            )}
            <button
              type="button"
              className="button primary"
              disabled={!editor.dirty || editor.saving}
              onClick={() => void editor.save()}
            >
              Save
            </button>
          </>
        )}
      </header>
      <div className="editor">
        <div className="stack">
          {told && editor.dirty && (
            <div className="notice" role="status">
              <p>This browser kept changes that were not saved. They are in the fields below.</p>
              <button type="button" className="button" onClick={() => setTold(false)}>
                Good
              </button>
            </div>
          )}
          {general && (
            <div className="notice bad" role="alert">
              <p>{general}</p>
              <button type="button" className="button" onClick={() => void editor.save()}>
                Save again
              </button>
            </div>
          )}
          {!may && <p className="notice">Your role may read this agent and not change it.</p>}
          <fieldset className="stack" disabled={!may}>
            <legend className="sr-only">Agent</legend>
            <section className="section">
              <div className="two">
                <Field label="Name" fault={fault('name')}>
                  {(ids) => (
                    <input
                      {...ids}
                      dir="auto"
                      maxLength={120}
                      value={draft.name}
                      onChange={(event) => set('name', event.target.value)}
                    />
                  )}
                </Field>
                <Field label="Description" fault={fault('description')}>
                  {(ids) => (
                    <input
                      {...ids}
                      dir="auto"
                      maxLength={1000}
                      value={draft.description}
                      onChange={(event) => set('description', event.target.value)}
                    />
                  )}
                </Field>
              </div>
            </section>
            <PromptSection {...parts} />
            <Documents agent={agent} />
            <VoiceSection {...parts} />
            <TurnSection {...parts} />
            <PhraseSection {...parts} />
            <LimitSection {...parts} />
          </fieldset>
        </div>
        <aside className="aside" aria-label="Try it">
          {beside(agent, editor.dirty)}
        </aside>
      </div>
      {editor.theirs && <Clash editor={editor} />}
    </>
  );
}

export function EditorPage({ agent, beside }: { agent: string; beside: FormProps['beside'] }) {
  const { data, error, refetch } = useAgent(agent);
  if (error) return <Failed whole error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={6} />;
  return <Form key={data.id} read={data} beside={beside} />;
}
