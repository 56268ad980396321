import { useQuery } from '@tanstack/react-query';
import { api, segment } from '../../api/client';
import type { AgentInput, AgentList, AgentOutput, AgentStatus } from '../../api/contract';

export const agentKeys = {
  all: ['agents'] as const,
  list: (search: string, status: AgentStatus) => ['agents', 'list', search, status] as const,
  one: (agent: string) => ['agents', 'one', agent] as const,
  documents: (agent: string) => ['agents', 'documents', agent] as const,
};
export const pathOf = (agent: string) => `/api/agents/${segment(agent)}`;

export const listAgents = (search: string, status: AgentStatus) =>
  api.get<AgentList>('/api/agents', { query: { limit: 200, search, status } });

export const useAgents = (search: string, status: AgentStatus) =>
  useQuery({
    queryKey: agentKeys.list(search, status),
    queryFn: () => listAgents(search, status),
    placeholderData: (before) => before,
  });

export const useAgent = (agent: string) =>
  useQuery({
    queryKey: agentKeys.one(agent),
    queryFn: () => api.get<AgentOutput>(pathOf(agent)),
    // What somebody is changing is not replaced under their hands.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });

export const createAgent = (input: AgentInput) => api.post<AgentOutput>('/api/agents', input);
