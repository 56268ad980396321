// Bundles the client for who does not bundle: dist/index.js and the worklets of voice.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

export const TRY = fileURLToPath(new URL('../server/assets/try/', import.meta.url));
const common = { bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none',
  alias: { '@try': TRY }, absWorkingDir: fileURLToPath(new URL('.', import.meta.url)) };

await build({ ...common, entryPoints: ['src/index.ts'], outdir: 'dist' });
await build({ ...common, outdir: 'dist',
  entryPoints: [`${TRY}capture-worklet.js`, `${TRY}playback-worklet.js`] });
