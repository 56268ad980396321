import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, messageOf } from '../../api/client';
import type { AgentOutput, AgentStatus } from '../../api/contract';
import { useMay } from '../../session/session';
import { Dialog } from '../../ui/Dialog';
import { ago } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Empty, Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';
import { useTitle } from '../../ui/useTitle';
import { agentKeys, pathOf, useAgents } from './agent-api';
import { NewAgent } from './NewAgent';

function useActions() {
  const queries = useQueryClient();
  const toast = useToast();
  const refresh = () => queries.invalidateQueries({ queryKey: agentKeys.all });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
      return true;
    } catch (error) {
      toast({ text: messageOf(error) });
      return false;
    }
  };
  const setStatus = (agent: AgentOutput, status: AgentStatus) =>
    attempt(() => api.patch(pathOf(agent.id), { status }));
  return {
    duplicate: (agent: AgentOutput) => attempt(() => api.post(`${pathOf(agent.id)}/duplicate`)),
    remove: (agent: AgentOutput) => attempt(() => api.remove(pathOf(agent.id))),
    bringBack: (agent: AgentOutput) => setStatus(agent, 'active'),
    archive: async (agent: AgentOutput) => {
      if (!(await setStatus(agent, 'archived'))) return;
      const undo = { label: 'Undo', act: () => void setStatus(agent, 'active') };
      toast({ text: `${agent.name} is archived.`, action: undo });
    },
  };
}

function Row({ agent, remove }: { agent: AgentOutput; remove: () => void }) {
  const may = useMay('agents:write');
  const { archive, bringBack, duplicate } = useActions();
  const archived = agent.status === 'archived';
  return (
    <li>
      <div className="grow agent-name">
        <Link to={`/agents/${agent.slug}`} dir="auto">
          {agent.name}
        </Link>
        <p className="small quiet clip" dir="auto">
          {agent.description || agent.configuration.greeting}
        </p>
      </div>
      <span className="small quiet">changed {ago(agent.updated_at)}</span>
      {may && (
        <span className="row">
          {archived ? (
            <>
              <button className="button plain" onClick={() => void bringBack(agent)}>
                Bring back
              </button>
              <button className="button plain danger" onClick={remove}>
                Delete
              </button>
            </>
          ) : (
            <>
              <button
                className="button plain"
                aria-label={`Duplicate ${agent.name}`}
                onClick={() => void duplicate(agent)}
              >
                Duplicate
              </button>
              <button
                className="button plain"
                aria-label={`Archive ${agent.name}`}
                onClick={() => void archive(agent)}
              >
                Archive
              </button>
            </>
          )}
        </span>
      )}
    </li>
  );
}

function Deletion({ agent, onClose }: { agent: AgentOutput; onClose: () => void }) {
  const { remove } = useActions();
  return (
    <Dialog title={`Delete ${agent.name}?`} onClose={onClose}>
      <p>
        Its prompt and its documents are gone for good. Agents with conversations stay archived.
      </p>
      <footer>
        <button className="button" onClick={onClose}>
          Keep it
        </button>
        <button className="button danger" onClick={() => void remove(agent).then(onClose)}>
          Delete for good
        </button>
      </footer>
    </Dialog>
  );
}

export function AgentsPage() {
  useTitle('Agents');
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('search') ?? '';
  const status: AgentStatus = parameters.get('status') === 'archived' ? 'archived' : 'active';
  const [removing, setRemoving] = useState<AgentOutput | null>(null);
  const { data, error, refetch } = useAgents(search, status);
  const may = useMay('agents:write');

  const change = (name: string, value: string | null) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <header className="page-head">
        <div>
          <h1>Agents</h1>
          <p>Who answers your callers, and what they know.</p>
        </div>
        {may && (
          <button className="button primary" onClick={() => change('new', '')}>
            <Icon name="plus" /> New agent
          </button>
        )}
      </header>
      <div className="filters">
        <input
          type="search"
          aria-label="Search agents"
          placeholder="Search agents"
          value={search}
          onChange={(event) => change('search', event.target.value || null)}
        />
        <select
          aria-label="State"
          value={status}
          onChange={(event) =>
            change('status', event.target.value === 'active' ? null : 'archived')
          }
        >
          <option value="active">Active</option>
          <option value="archived">Archived</option>
        </select>
      </div>
      {error && <Failed error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.items.length > 0 && (
        <ul className="list" aria-label="Agents">
          {data.items.map((agent) => (
            <Row key={agent.id} agent={agent} remove={() => setRemoving(agent)} />
          ))}
        </ul>
      )}
      {data?.items.length === 0 && (
        <Empty title={search || status === 'archived' ? 'No agent matches' : 'No agent yet'}>
          <p>
            {search || status === 'archived'
              ? 'Change the search or the state above.'
              : 'Begin with a template: it answers its first call in a minute.'}
          </p>
          {may && !search && status === 'active' && (
            <button className="button primary" onClick={() => change('new', '')}>
              <Icon name="plus" /> New agent
            </button>
          )}
        </Empty>
      )}
      {may && parameters.has('new') && <NewAgent onClose={() => change('new', null)} />}
      {removing && <Deletion agent={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}
