// Writes a .br and a .gz beside each file of dist that they make smaller.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = new URL('dist/', import.meta.url);
const SMALLEST = 512;

for (const name of readdirSync(FOLDER, { recursive: true })) {
  if (!/\.(?:js|css|html|svg|json)$/.test(name)) continue;
  const path = new URL(name, FOLDER);
  const bytes = readFileSync(path);
  if (bytes.length < SMALLEST) continue;
  writeFileSync(`${path.pathname}.gz`, gzipSync(bytes, { level: 9 }));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path.pathname}.br`, brotliCompressSync(bytes, quality));
}
