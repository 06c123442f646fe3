import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'renderer',
  // The page is served from app://, and from a folder in tests: every address must be relative.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    // The content security policy allows no data: addresses, so nothing may be inlined as one.
    assetsInlineLimit: 0,
    // The polyfill would fetch, and connect-src is 'none'.
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
});
