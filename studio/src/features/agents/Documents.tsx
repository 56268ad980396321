// What the agent knows: its documents, whether it can answer from them yet, and a box to ask.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useRef, useState } from 'react';
import { api, messageOf, segment } from '../../api/client';
import type { AgentOutput, DocumentList, DocumentOutput, PassageList } from '../../api/contract';
import { Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';
import { agentKeys, pathOf } from './agent-api';
import { Section } from './controls';
import { DocumentDialog } from './DocumentDialog';

const PENDING_POLL_MS = 1_000;
const FILE_MAX = 1_000_000;

const STATES = {
  pending: ['busy', 'being read'],
  ready: ['good', 'ready'],
  failed: ['bad', 'failed'],
} as const;

function Row({
  document,
  open,
  remove,
}: {
  document: DocumentOutput;
  open: () => void;
  remove: () => void;
}) {
  const [look, words] = STATES[document.status];
  return (
    <li>
      <button type="button" className="button plain grow document" onClick={open} dir="auto">
        <span className="clip">{document.title}</span>
      </button>
      <span className={`badge ${look}`}>
        {words}
        {document.status === 'ready' &&
          `, ${document.chunk_count} ${document.chunk_count === 1 ? 'sentence' : 'sentences'}`}
      </span>
      <button
        type="button"
        className="button plain"
        aria-label={`Remove ${document.title}`}
        onClick={remove}
      >
        Remove
      </button>
      {document.error && <p className="small bad">{document.error}</p>}
    </li>
  );
}

function AskBox({ agent }: { agent: string }) {
  const [question, setQuestion] = useState('');
  const [found, setFound] = useState<PassageList | null>(null);
  const [fault, setFault] = useState('');
  async function ask(event: FormEvent) {
    event.preventDefault();
    try {
      setFound(await api.post<PassageList>(`${pathOf(agent)}/questions`, { question }));
      setFault('');
    } catch (error) {
      setFault(messageOf(error));
    }
  }
  return (
    <form className="stack tight" onSubmit={ask}>
      <div className="composer">
        <input
          aria-label="Ask the documents"
          placeholder="Ask: what would it find?"
          value={question}
          maxLength={500}
          onChange={(event) => setQuestion(event.target.value)}
          required
        />
        <button className="button">Ask</button>
      </div>
      {fault && (
        <p className="small bad" role="alert">
          {fault}
        </p>
      )}
      {found && (
        <div role="status" className="stack tight small">
          {found.items.length === 0 && <p className="quiet">Nothing in the documents fits.</p>}
          {found.items.map((passage, index) => (
            <p key={index} className="wrap">
              <b>{passage.title}</b>: {passage.text}
            </p>
          ))}
        </div>
      )}
    </form>
  );
}

export function Documents({ agent }: { agent: AgentOutput }) {
  const queries = useQueryClient();
  const toast = useToast();
  const files = useRef<HTMLInputElement>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const path = `${pathOf(agent.id)}/documents`;
  const { data, error, refetch } = useQuery({
    queryKey: agentKeys.documents(agent.id),
    queryFn: () => api.get<DocumentList>(path, { query: { limit: 200 } }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === 'pending') ? PENDING_POLL_MS : false,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: agentKeys.documents(agent.id) });

  async function add(list: FileList | null) {
    for (const file of list ?? []) {
      const format = /\.(md|markdown)$/i.test(file.name) ? 'markdown' : 'plain_text';
      try {
        if (file.size > FILE_MAX) throw new Error('it is over 1 MB');
        const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
        const title = file.name.replace(/\.[^.]+$/, '').slice(0, 200) || 'Untitled';
        await api.post(path, { title, format, text });
      } catch (failure) {
        const why = failure instanceof TypeError ? 'it is no text' : messageOf(failure);
        toast({ text: `${file.name} was not added: ${why}.` });
      }
    }
    await refresh();
  }

  async function remove(document: DocumentOutput) {
    const one = `${path}/${segment(document.id)}`;
    try {
      const { title, format, text } = await api.get<DocumentOutput>(one);
      await api.remove(one);
      const putBack = () => void api.post(path, { title, format, text }).then(refresh);
      toast({ text: `${title} is removed.`, action: { label: 'Undo', act: putBack } });
    } catch (failure) {
      toast({ text: messageOf(failure) });
    }
    await refresh();
  }

  return (
    <Section
      id="knowledge"
      title="Knowledge"
      about="It answers from these documents and quotes them. A change counts from the next answer."
    >
      {error && <Failed error={error} again={() => void refetch()} />}
      {!data && !error && <Loading rows={2} />}
      {data && data.items.length > 0 && (
        <ul className="list" aria-label="Documents">
          {data.items.map((document) => (
            <Row
              key={document.id}
              document={document}
              open={() => setOpened(document.id)}
              remove={() => void remove(document)}
            />
          ))}
        </ul>
      )}
      {data?.items.length === 0 && (
        <p className="quiet">It knows nothing yet. Add a page about hours, prices or directions.</p>
      )}
      <div className="row">
        <button type="button" className="button" onClick={() => setOpened('')}>
          Write a document
        </button>
        <button type="button" className="button" onClick={() => files.current?.click()}>
          Upload text files
        </button>
        <input
          ref={files}
          type="file"
          accept=".md,.markdown,.txt,text/plain,text/markdown"
          multiple
          hidden
          aria-label="Text files"
          onChange={(event) => {
            void add(event.target.files).then(() => {
              if (files.current) files.current.value = '';
            });
          }}
        />
      </div>
      {data && data.items.length > 0 && <AskBox agent={agent.id} />}
      {opened !== null && (
        <DocumentDialog
          path={path}
          document={opened}
          onClose={() => setOpened(null)}
          saved={() => void refresh()}
        />
      )}
    </Section>
  );
}
