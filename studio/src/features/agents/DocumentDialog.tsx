import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api, messageOf, segment } from '../../api/client';
import type { DocumentInput, DocumentOutput } from '../../api/contract';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Failed, Loading } from '../../ui/states';

interface Props {
  path: string;
  document: string; // empty: a new one
  onClose: () => void;
  saved: () => void;
}

function Form({ path, document, onClose, saved, initial }: Props & { initial: DocumentInput }) {
  const [title, setTitle] = useState(initial.title);
  const [text, setText] = useState(initial.text);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault('');
    const input: DocumentInput = {
      title: title.trim(),
      format: initial.format ?? 'markdown',
      text,
    };
    try {
      if (document) await api.put(`${path}/${segment(document)}`, input);
      else await api.post(path, input);
      saved();
      onClose();
    } catch (error) {
      setFault(messageOf(error));
      setBusy(false);
    }
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Field label="Title">
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            value={title}
            maxLength={200}
            onChange={(event) => setTitle(event.target.value)}
            required
          />
        )}
      </Field>
      <Field
        label="Text"
        hint="Short sentences that stand alone are quoted best. # makes a heading."
        fault={fault}
      >
        {(ids) => (
          <textarea
            {...ids}
            className="long"
            dir="auto"
            value={text}
            onChange={(event) => setText(event.target.value)}
            required
          />
        )}
      </Field>
      <footer>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          Save the document
        </button>
      </footer>
    </form>
  );
}

export function DocumentDialog(props: Props) {
  const { path, document, onClose } = props;
  const { data, error } = useQuery({
    queryKey: ['document', path, document],
    queryFn: () => api.get<DocumentOutput>(`${path}/${segment(document)}`),
    enabled: document !== '',
    gcTime: 0,
  });
  return (
    <Dialog title={document ? 'Change a document' : 'Write a document'} onClose={onClose} wide>
      {error && <Failed error={error} />}
      {!document && <Form {...props} initial={{ title: '', format: 'markdown', text: '' }} />}
      {document && !data && !error && <Loading rows={2} />}
      {data && <Form {...props} initial={{ ...data, text: data.text ?? '' }} />}
    </Dialog>
  );
}
