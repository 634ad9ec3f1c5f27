/** The build of the web client, and `npm run web`: Vite's own server before a running elizad (`ELIZAD_URL`). */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const target = process.env.ELIZAD_URL ?? 'http://localhost:3000';
const toServer = { target, changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  // The server says in the page where it is, and all else is found from there: packages/server/src/rest/web/page.ts.
  base: './',
  build: {
    target: 'es2022',
    manifest: true,
    // The server's policy allows no data: for fonts and scripts; and small files are few.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': toServer,
      '/media': toServer,
      '/v1': toServer,
      '/healthz': toServer,
      '/socket.io': { ...toServer, ws: true },
    },
  },
});
