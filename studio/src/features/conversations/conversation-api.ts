import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, segment } from '../../api/client';
import type {
  AgentList,
  ConversationDetail,
  ConversationList,
  ConversationStatus,
} from '../../api/contract';

export interface Filters {
  agent: string;
  status: ConversationStatus | '';
}

export const pathOf = (id: string) => `/api/conversations/${segment(id)}`;

export const useConversations = (filters: Filters) =>
  useInfiniteQuery({
    queryKey: ['conversations', 'list', filters],
    queryFn: ({ pageParam }) =>
      api.get<ConversationList>('/api/conversations', {
        query: { limit: 100, cursor: pageParam, agent: filters.agent, status: filters.status },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });

export const useConversation = (id: string) =>
  useQuery({
    queryKey: ['conversations', 'one', id],
    queryFn: () => api.get<ConversationDetail>(pathOf(id)),
    refetchInterval: ({ state }) => (state.data?.conversation.status === 'active' ? 2_000 : false),
  });

// Names for the ids in a list; also of agents that are archived.
export function useAgentNames(): Record<string, string> {
  const { data } = useQuery({
    queryKey: ['agents', 'names'],
    queryFn: () => api.get<AgentList>('/api/agents', { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  return Object.fromEntries((data?.items ?? []).map(({ id, name }) => [id, name]));
}
