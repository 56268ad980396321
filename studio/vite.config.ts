import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.ANTIPHON_ORIGIN ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@try': here('../server/assets/try') } },
  build: {
    target: 'es2022',
    // Small files would become data: URLs, which the policy of the pages refuses for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    fs: { allow: [here('..')] },
    proxy: Object.fromEntries(
      ['/api', '/auth', '/audio', '/try', '/readyz', '/docs'].map((path) => [
        path,
        { target: server, ws: true },
      ]),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
  },
});
