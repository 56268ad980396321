import { expect, test } from 'vitest';
import { eventsOf, parseBlock } from './event-stream';

function answer(...chunks: string[]): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
        controller.close();
      },
    }),
  );
}

test('joins what the network cut into pieces', async () => {
  const found = [];
  for await (const event of eventsOf(
    answer('event: reply.te', 'xt\ndata: {"a"', ':1}\n', '\ndata: 2'),
  ))
    found.push(event);
  expect(found).toEqual([
    { name: 'reply.text', data: '{"a":1}' },
    { name: 'message', data: '2' },
  ]);
});

test('leaves out comments and blocks without data', () => {
  expect(parseBlock(': ping')).toBeNull();
  expect(parseBlock('event: only')).toBeNull();
});
