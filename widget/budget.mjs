// Fails when a part of the widget is over its budget, in bytes of gzip.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGETS = { launcher: [/^v1\.js$/, 4_000], panel: [/^assets\/panel-.*\.js$/, 20_000],
  voice: [/^assets\/(?:voice|capture|playback)-.*\.js$/, 6_000] };
const FOLDER = new URL('dist/', import.meta.url);
const files = readdirSync(FOLDER, { recursive: true });
let isOver = false;
for (const [part, [pattern, most]] of Object.entries(BUDGETS)) {
  const found = files.filter((name) => pattern.test(name));
  const size = found.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, FOLDER)), { level: 9 }).length, 0);
  console.log(`${part}: ${size} bytes of gzip (at most ${most})`);
  isOver ||= found.length === 0 || size > most;
}
if (isOver) process.exit(1);
