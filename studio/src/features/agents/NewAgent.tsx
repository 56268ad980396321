import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, messageOf } from '../../api/client';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { agentKeys, createAgent, pathOf } from './agent-api';
import { TEMPLATES } from './templates';

export function NewAgent({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState(TEMPLATES[0]);
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!chosen) return;
    setBusy(true);
    setFault('');
    try {
      const made = await createAgent({ ...chosen.agent, name: name.trim() || chosen.agent.name });
      for (const document of chosen.documents) {
        await api.post(`${pathOf(made.id)}/documents`, document);
      }
      await queries.invalidateQueries({ queryKey: agentKeys.all });
      await navigate(`/agents/${made.slug}`);
    } catch (error) {
      setFault(messageOf(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title="New agent" onClose={onClose} wide>
      <form className="stack" onSubmit={submit}>
        <fieldset className="stack tight">
          <legend className="legend">Begin with</legend>
          <div className="choices">
            {TEMPLATES.map((template) => (
              <label className="choice" key={template.id}>
                <input
                  type="radio"
                  name="template"
                  checked={template === chosen}
                  onChange={() => setChosen(template)}
                />
                <span>
                  <b>{template.name}</b>
                  <span>{template.about}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Field label="Name" hint="As your colleagues know it. You can change it." fault={fault}>
          {(ids) => (
            <input
              {...ids}
              value={name}
              placeholder={chosen?.agent.name}
              onChange={(event) => setName(event.target.value)}
              maxLength={120}
            />
          )}
        </Field>
        <footer>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            Make the agent
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
