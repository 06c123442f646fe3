/** SECURITY: everything that a page could ask of Electron and this one never needs is refused here, for every web contents. */
import { app, session } from 'electron';
import type { WebContents } from 'electron';
import { appAddress } from './app-protocol.ts';

function refuseInSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.setDisplayMediaRequestHandler(null);
  defaultSession.on('will-download', (event) => event.preventDefault());
  // -2 refuses; 0 would accept and -3 leave it to Chromium. The page makes no requests, so no certificate is ever right.
  defaultSession.setCertificateVerifyProc((_request, answer) => answer(-2));
  // The page asks nothing of a network; whatever tries to, is not the page.
  defaultSession.webRequest.onBeforeRequest({ urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] }, (_details, answer) => answer({ cancel: true }));
  defaultSession.setSpellCheckerEnabled(false);
}

function refuseInContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => { if (event.url !== appAddress) event.preventDefault(); });
  contents.on('will-frame-navigate', (event) => { if (!event.isMainFrame || event.url !== appAddress) event.preventDefault(); });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Call before `ready`, so that no web contents is older than its refusals. */
export function refuseByDefault(): void {
  app.on('web-contents-created', (_event, contents) => refuseInContents(contents));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event) => event.preventDefault());
  app.on('login', (event) => event.preventDefault());
  void app.whenReady().then(refuseInSession);
}
