// The parts of the widget that compute something; what it shows is tests/e2e/widget.test.mjs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'esbuild';

const DIST = new URL('../dist/', import.meta.url);
const read = (name) => readFileSync(new URL(name, DIST));

async function module(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))],
    bundle: true, write: false, format: 'esm', target: 'es2022',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

// Enough of a document to see which elements are made; nothing here parses markup.
class Made {
  constructor(name) {
    Object.assign(this, { localName: name, children: [], attributes: {}, dataset: {} });
  }
  setAttribute(key, value) { this.attributes[key] = value; }
  append(...more) { this.children.push(...more); }
  toString() {
    const fields = Object.entries(this.attributes).filter(([key]) => key === 'href').map(([, value]) => ` ${value}`);
    return `<${this.localName}${fields}>${this.children.join('')}</${this.localName}>`;
  }
}
globalThis.document = { createElement: (name) => new Made(name), createTextNode: String };

const { markdown } = await module('markdown');
const shown = (text) => markdown(text).join('');

test('lists, bold words, code and links become elements', () => {
  assert.equal(shown('**Hours**\n- Mo\n- Tu\n\n1. one\n2) two'),
    '<p><strong>Hours</strong></p><ul><li>Mo</li><li>Tu</li></ul><ol><li>one</li><li>two</li></ol>');
  assert.equal(shown('Say `hi` at [us](https://a.example/x)'),
    '<p>Say <code>hi</code> at <a https://a.example/x>us</a></p>');
  assert.equal(shown('See https://a.example/x.'), '<p>See <a https://a.example/x>https://a.example/x</a>.</p>');
  assert.equal(shown('one\ntwo\n\nthree'), '<p>one<br></br>two</p><p>three</p>');
});

test('an address that could run something is no link, and markup stays text', () => {
  assert.equal(shown('[x](javascript:alert(1))').includes('<a'), false);
  assert.equal(shown('[x](data:text/html,hi)'), '<p>x</p>');
  assert.equal(shown('[x](//evil.example)'), '<p>x</p>');
  assert.equal(shown('[x](mailto:a@b.example)'), '<p><a mailto:a@b.example>x</a></p>');
  assert.deepEqual(markdown('<img src=x onerror=alert(1)>')[0].children, ['<img src=x onerror=alert(1)>']);
});

test('words without end cost no more than their length', () => {
  for (const hostile of ['**'.repeat(10_000), '['.repeat(10_000), '`a'.repeat(10_000), '[a]('.repeat(10_000)]) {
    assert(markdown(hostile).length >= 1);
  }
});

test('each language has every word', async () => {
  const { isKnownLanguage, isWhole, LANGUAGE_COUNT, wordsOf } = await module('words');
  const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'ar', 'ja'];
  assert.equal(LANGUAGE_COUNT, languages.length);
  for (const language of languages) {
    assert(isWhole(language), language);
    assert(isKnownLanguage(`${language}-XX`));
  }
  assert.equal(wordsOf('de-AT')('send'), 'Senden');
  assert.equal(wordsOf('xx')('send'), 'Send');
  assert.equal(wordsOf('en', { send: 'Go' })('send'), 'Go');
});

test('each part stands in the list of integrity, as it is, and packed the same', () => {
  const integrity = JSON.parse(read('integrity.json'));
  const files = readdirSync(DIST, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.deepEqual(Object.keys(integrity).sort(), files.sort());
  for (const name of files) {
    const bytes = read(name);
    assert.equal(integrity[name], `sha384-${createHash('sha384').update(bytes).digest('base64')}`);
    assert(gunzipSync(read(`${name}.gz`)).equals(bytes), name);
    assert(brotliDecompressSync(read(`${name}.br`)).equals(bytes), name);
  }
});

test('no part needs what a strict policy forbids', () => {
  for (const name of Object.keys(JSON.parse(read('integrity.json')))) {
    const text = read(name).toString();
    for (const forbidden of [/\beval\(/, /new Function\b/, /innerHTML/, /outerHTML/, /insertAdjacentHTML/,
      /document\.write/, /\bblob:/, /document\.cookie/]) assert.doesNotMatch(text, forbidden, name);
  }
});
