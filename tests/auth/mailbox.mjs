// A folder of .eml files: our outbox, or what a mail server for tests was given.
import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';

const DEADLINE_MS = 20_000;

function decoded(text) {
  const quoted = /Content-Transfer-Encoding: quoted-printable/i.test(text);
  const plain = quoted
    ? text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g,
      (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  return plain.replaceAll('&amp;', '&');
}

function contentOf(text) {
  const body = decoded(text);
  const link = /https?:\/\/[^\s"<>]*\/verify\?[^\s"<>]+/.exec(body)?.[0];
  const code = body.search(/code/i);
  return {
    link,
    token: link ? new URL(link).searchParams.get('token') : undefined,
    code: code < 0 ? undefined : /\b(\d{6})\b/.exec(body.slice(code))?.[1],
  };
}

export class Mailbox {
  #folder;
  #seen = new Set();

  constructor(folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  #find(to) {
    for (const file of readdirSync(this.#folder).sort()) {
      if (!file.endsWith('.eml') || this.#seen.has(file)) continue;
      const text = readFileSync(join(this.#folder, file), 'utf8');
      // The last line says that the file is whole.
      if (!text.toLowerCase().includes(`to: ${to.toLowerCase()}`) || !text.trimEnd().endsWith('--')) continue;
      this.#seen.add(file);
      return contentOf(text);
    }
    return undefined;
  }

  // The next message to this address that was not asked for before.
  async next(to) {
    const watcher = watch(this.#folder);
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      for (;;) {
        const found = this.#find(to);
        if (found) return found;
        await once(watcher, 'change', { signal });
      }
    } catch (error) {
      throw new Error(`no mail to ${to} in ${DEADLINE_MS / 1000} s`, { cause: error });
    } finally {
      watcher.close();
    }
  }
}
