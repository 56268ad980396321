// Reads text/event-stream (WHATWG HTML, section 9.2) from an answer to a POST, which EventSource cannot.

export interface StreamEvent {
  name: string;
  data: string;
}

export function parseBlock(block: string): StreamEvent | null {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('event:')) name = value;
    if (line.startsWith('data:')) data.push(value);
  }
  return data.length ? { name, data: data.join('\n') } : null;
}

export async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += (value ?? '').replaceAll('\r', '');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of done ? [...blocks, rest] : blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
    if (done) return;
  }
}
