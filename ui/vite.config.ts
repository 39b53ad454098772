import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => {
  const fake = mode === 'fake';
  return {
    plugins: [svelte()],
    base: './',
    clearScreen: false,
    // Sample pictures belong to the browser tests; the app ships none.
    publicDir: fake ? 'tests/public' : false,
    server: { port: 5173, strictPort: true },
    build: {
      outDir: fake ? 'dist-fake' : 'dist',
      emptyOutDir: true,
      // A page for each window.
      rolldownOptions: { input: ['index.html', 'manager.html'] },
      // WebKitGTK 2.44 is Safari 17.4.
      target: 'safari17',
      // The CSP forbids data: in styles; nothing is inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 700,
    },
    test: {
      projects: [
        {
          extends: true,
          test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' },
        },
        {
          extends: true,
          test: {
            name: 'browser',
            include: ['tests/browser/**/*.test.ts'],
            environment: 'node',
            globalSetup: ['tests/browser/setup.ts'],
            // A busy machine may take its time; what never comes still fails.
            expect: { poll: { timeout: 15_000 } },
            testTimeout: 60_000,
            hookTimeout: 60_000,
          },
        },
      ],
    },
  };
});
