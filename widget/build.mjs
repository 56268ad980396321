// Builds dist: v1.js and VERSION.js (the launcher), assets/ (hashed), integrity.json, .br and .gz.
// What is loaded later goes first, because its name is part of who loads it.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const TRY = here('../server/assets/try');
const DIST = here('dist');
const names = { VERSION: version };

async function bundle(entry, format = 'esm') {
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, minify: true, write: false, format, target: 'es2022',
    legalComments: 'none', logLevel: 'warning',
    alias: {
      '@antiphon/client/voice': here('../client/src/voice.ts'),
      '@antiphon/client/visitor': here('../client/src/visitor.ts'),
      '@antiphon/client/trouble': here('../client/src/trouble.ts'),
      '@try': TRY,
    },
    define: Object.fromEntries(Object.entries(names).map(([key, name]) => [key, JSON.stringify(name)])),
    supported: { 'dynamic-import': true },
  });
  return outputFiles[0].text;
}

function keep(key, name, text) {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
  names[key] = `assets/${name}-${hash}.js`;
  writeFileSync(`${DIST}/${names[key]}`, text);
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(`${DIST}/assets`, { recursive: true });
keep('CAPTURE_FILE', 'capture', await bundle(`${TRY}/capture-worklet.js`));
keep('PLAYBACK_FILE', 'playback', await bundle(`${TRY}/playback-worklet.js`));
keep('VOICE_FILE', 'voice', await bundle(here('src/voice.ts')));
keep('PANEL_FILE', 'panel', await bundle(here('src/panel.ts')));
const launcher = await bundle(here('src/loader.ts'), 'iife');
writeFileSync(`${DIST}/v1.js`, launcher);
writeFileSync(`${DIST}/${version}.js`, launcher);

const files = readdirSync(DIST, { recursive: true }).filter((name) => name.endsWith('.js')).sort();
const integrity = Object.fromEntries(files.map((name) => [
  name, `sha384-${createHash('sha384').update(readFileSync(`${DIST}/${name}`)).digest('base64')}`]));
writeFileSync(`${DIST}/integrity.json`, `${JSON.stringify(integrity, null, 1)}\n`);
for (const name of files) {
  const bytes = readFileSync(`${DIST}/${name}`);
  writeFileSync(`${DIST}/${name}.gz`, gzipSync(bytes, { level: 9 }));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${DIST}/${name}.br`, brotliCompressSync(bytes, quality));
}
