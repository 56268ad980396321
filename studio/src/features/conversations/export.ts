// A conversation as a file: JSON for programs, plain text for people, SRT for players.
import type { ConversationDetail, MessageOutput } from '../../api/contract';
import { clock, dateTime } from '../../ui/format';

const sideOf = ({ speaker }: MessageOutput) => (speaker === 'caller' ? 'Caller' : 'Agent');

export function asText({ conversation, messages }: ConversationDetail, agent: string): string {
  const head = `${agent}\n${dateTime(conversation.started_at)}\n${conversation.id}\n`;
  const lines = messages.map((message) => {
    const cut = message.interrupted ? ` [heard: ${message.heard}]` : '';
    return `[${clock(message.started_ms)}] ${sideOf(message)}: ${message.said}${cut}`;
  });
  return `${head}\n${lines.join('\n')}\n`;
}

// 01:02:03,004
export function srtTime(ms: number): string {
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
  const rest = Math.max(0, Math.round(ms));
  return (
    `${part(rest / 3_600_000, 2)}:${part((rest / 60_000) % 60, 2)}:` +
    `${part((rest / 1000) % 60, 2)},${part(rest % 1000, 3)}`
  );
}

// What was heard, as captions of the recording.
export function asSrt({ messages }: ConversationDetail): string {
  return messages
    .filter(({ speaker, said, heard }) => (speaker === 'caller' ? said : heard).trim())
    .map((message, index) => {
      const words = message.speaker === 'caller' ? message.said : message.heard;
      const until = Math.max(message.ended_ms, message.started_ms + 1);
      // A blank line would end the caption.
      const text = words.replace(/\s+/g, ' ').replaceAll('-->', '->').trim();
      return `${index + 1}\n${srtTime(message.started_ms)} --> ${srtTime(until)}\n${sideOf(message)}: ${text}\n`;
    })
    .join('\n');
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
