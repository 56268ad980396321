// Fails when the first load is over 150 kB of gzip, or a file that is loaded later over 90 kB.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIRST_MAX = 150_000;
const LATER_MAX = 90_000;
const FOLDER = new URL('dist/', import.meta.url);

const sizeOf = (name) => gzipSync(readFileSync(new URL(name, FOLDER)), { level: 9 }).length;
const page = readFileSync(new URL('index.html', FOLDER), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(
  ([, name]) => name,
);
const later = readdirSync(new URL('assets/', FOLDER))
  .filter((name) => /\.(?:js|css)$/.test(name))
  .map((name) => `assets/${name}`)
  .filter((name) => !first.includes(name));

const total = first.reduce((sum, name) => sum + sizeOf(name), 0);
const largest = Math.max(0, ...later.map(sizeOf));
console.log(
  `first load ${total} bytes of gzip (at most ${FIRST_MAX}), largest later file ${largest}`,
);
if (first.length === 0 || total > FIRST_MAX || largest > LATER_MAX) process.exit(1);
