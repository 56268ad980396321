// A typed trial: the reply arrives sentence by sentence.
import { useCallback, useState } from 'react';
import { api, messageOf, segment, send } from '../../api/client';
import type { ConversationOpened, ReplyTextOutput } from '../../api/contract';
import { eventsOf } from '../../api/event-stream';
import type { Transcript } from '../../ui/transcript';
import { EMPTY, extend, type } from '../../ui/transcript';

export function useChat(agent: string) {
  const [transcript, setTranscript] = useState<Transcript>(EMPTY);
  const [conversation, setConversation] = useState('');
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);

  const open = useCallback(async () => {
    const opened = await api.post<ConversationOpened>('/api/conversations', {
      agent,
      mode: 'text',
      channel: 'web',
      version: 'draft',
    });
    setConversation(opened.conversation.id);
    setTranscript(opened.greeting ? type(EMPTY, 'agent', opened.greeting) : EMPTY);
    return opened.conversation.id;
  }, [agent]);

  // False when it did not arrive: the words stay where they were typed.
  const say = useCallback(
    async (text: string): Promise<boolean> => {
      setBusy(true);
      setTrouble('');
      let sent = false;
      try {
        const id = conversation || (await open());
        setTranscript((before) => type(before, 'caller', text));
        sent = true;
        const path = `/api/conversations/${segment(id)}/messages`;
        const response = await send('POST', path, { body: { text } });
        for await (const { name, data } of eventsOf(response)) {
          const told: unknown = JSON.parse(data);
          if (name === 'reply.text') {
            const { text: sentence, citations } = told as ReplyTextOutput;
            setTranscript((before) => extend(before, sentence, citations));
          }
          if (name === 'error')
            setTrouble((told as { detail?: string }).detail ?? 'The reply failed.');
          if (
            name === 'reply.ended' &&
            (told as { ends_conversation?: boolean }).ends_conversation
          ) {
            setConversation('');
          }
        }
      } catch (error) {
        setTrouble(messageOf(error));
      }
      setBusy(false);
      return sent;
    },
    [conversation, open],
  );

  const restart = useCallback(() => {
    if (conversation)
      void api.post(`/api/conversations/${segment(conversation)}/end`).catch(() => {});
    setConversation('');
    setTranscript(EMPTY);
    setTrouble('');
  }, [conversation]);

  return { transcript, conversation, trouble, busy, say, restart };
}
