// The real server: `antiphon up` in a folder of its own, on a free port, ended with the test.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const BINARY = process.env.ANTIPHON_BINARY
  ?? fileURLToPath(new URL('../../build/release/antiphon', import.meta.url));
// A first start makes a database cluster and loads the speech models, on a machine that may be busy.
const READY_DEADLINE_MS = 240_000;
const LINK = /http:\/\/127\.0\.0\.1:\d+\/try#key=(antiphon_\S+)/;
const OUTPUT_LINES_KEPT = 60;

export const isBuilt = existsSync(BINARY);

export async function startProduct() {
  const folder = await mkdtemp(join(tmpdir(), 'antiphon-up-'));
  await chmod(folder, 0o755);  // as root, the database runs under an account that must pass here
  const child = spawn(BINARY, ['up', '--data-dir', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  const product = { output: [], data: join(folder, 'data') };
  const exited = once(child, 'exit');
  product.stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const [code] = await exited;
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  const found = new Promise((resolve, reject) => {
    const read = (line) => {
      product.output.push(line);
      if (product.output.length > OUTPUT_LINES_KEPT) product.output.shift();
      const match = LINK.exec(line);
      if (match) resolve(match);
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
    const fail = (why) => reject(new Error(`antiphon up ${why}\n${product.output.join('\n')}`));
    exited.then(([code]) => fail(`ended with ${code} before it printed a link`), reject);
    AbortSignal.timeout(READY_DEADLINE_MS).addEventListener('abort',
      () => fail(`printed no link in ${READY_DEADLINE_MS / 1000} s`));
  });
  try {
    [product.link, product.key] = await found;
  } catch (error) {
    await product.stop();
    throw error;
  }
  product.origin = new URL(product.link).origin;
  product.get = async (path) => {
    const response = await fetch(product.origin + path,
      { headers: { Authorization: `Bearer ${product.key}` }, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return product;
}
