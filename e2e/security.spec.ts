/**
 * Walks the list of walls in the real window: Electron's own checklist, the page's policy, the bridge, the engine's process,
 * the receiver. One row a wall; each row tries to get through and says what stopped it.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { callFromPage, engineReady, launch } from './launch.ts';
import type { Launched } from './launch.ts';
import { orderStop, runningTask, saveTo } from './one-order.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bait = 'sk-bait-of-the-security-test';

interface Wall {
  readonly name: string;
  readonly holds: (app: ElectronApplication, page: Page) => Promise<void>;
}

const webPreferences = (app: ElectronApplication): Promise<Record<string, unknown>> =>
  app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });

/** The protocol handler's answer, asked from main, where the page's policy does not apply. */
const fetchApp = (app: ElectronApplication, address: string): Promise<{ status: number; policy: string | null; text: string }> =>
  app.evaluate(async ({ session }, url) => {
    const answer = await session.defaultSession.fetch(url);
    return { status: answer.status, policy: answer.headers.get('content-security-policy'), text: (await answer.text()).slice(0, 200) };
  }, address);

async function endpointOf(page: Page): Promise<{ host: string; port: number }> {
  const { receiver } = await callFromPage(page, 'system.status', {});
  if (receiver.port === null) throw new Error(`the receiver does not listen: ${receiver.message ?? ''}`);
  return { host: receiver.host, port: receiver.port };
}

function post(port: number, headers: Record<string, string>, method = 'POST', host = '127.0.0.1'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path: '/v1/traces', headers: { 'content-type': 'application/json', ...headers } }, (answer) => { answer.resume(); resolve(answer); });
    asked.on('error', reject);
    asked.end(method === 'POST' && !('content-length' in headers) ? '{"resourceSpans":[]}' : undefined);
    if ('content-length' in headers) setTimeout(() => asked.destroy(), 2_000);
  });
}

const preference = (name: string, wanted: unknown): Wall => ({
  name: `web preference ${name} is ${String(wanted)}`,
  holds: async (app) => { expect((await webPreferences(app))[name] ?? false).toBe(wanted); },
});

const refusedAddress = (what: string, address: string): Wall => ({
  name: `app:// does not leave its folder: ${what}`,
  holds: async (app) => { expect((await fetchApp(app, address)).status).toBe(404); },
});

const electronWalls: readonly Wall[] = [
  preference('sandbox', true), preference('contextIsolation', true), preference('nodeIntegration', false), preference('nodeIntegrationInWorker', false),
  preference('nodeIntegrationInSubFrames', false), preference('webSecurity', true), preference('allowRunningInsecureContent', false),
  preference('experimentalFeatures', false), preference('webviewTag', false), preference('navigateOnDragDrop', false),
  { name: 'no spell checker fetches dictionaries', holds: async (app) => { expect(await app.evaluate(({ session }) => session.defaultSession.isSpellCheckerEnabled())).toBe(false); } },
  { name: 'no blink features are switched on', holds: async (app) => { expect((await webPreferences(app))['enableBlinkFeatures'] ?? '').toBe(''); } },
  { name: 'only local, secure content: the page comes from app://', holds: async (_app, page) => {
    expect(page.url()).toBe('app://gatehouse/index.html');
    expect(await page.evaluate(() => window.isSecureContext)).toBe(true);
  } },
  { name: 'the page has no Node', holds: async (_app, page) => {
    expect(await page.evaluate(() => ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter((name) => name in window))).toEqual([]);
  } },
  { name: 'every permission is denied', holds: async (_app, page) => {
    const states = await page.evaluate(async () => {
      const ask = async (name: string): Promise<string> => (await navigator.permissions.query({ name: name as PermissionName })).state;
      return Promise.all(['notifications', 'geolocation', 'camera', 'microphone', 'clipboard-read', 'midi'].map(ask));
    });
    expect(states).toEqual(states.map(() => 'denied'));
    expect(await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', (error: Error) => error.name))).toMatch(/NotAllowedError|NotFoundError/);
  } },
  { name: 'no navigation away', holds: async (_app, page) => {
    await page.evaluate(() => { location.href = 'https://attacker.example/'; });
    await page.evaluate(() => { location.href = 'file:///etc/passwd'; });
    await page.evaluate(() => { const link = document.createElement('a'); link.href = 'data:text/html,gone'; document.body.append(link); link.click(); link.remove(); });
    await page.waitForTimeout(300);
    expect(page.url()).toMatch(/^app:\/\/gatehouse\/index\.html/);
    expect(await page.locator('#root').count()).toBe(1);
  } },
  { name: 'no new window', holds: async (app, page) => {
    expect(await page.evaluate(() => window.open('https://attacker.example/') === null && window.open('about:blank') === null)).toBe(true);
    expect(app.windows()).toHaveLength(1);
  } },
  { name: 'no webview', holds: async (app, page) => {
    const inert = await page.evaluate(() => {
      const view = document.createElement('webview');
      view.setAttribute('src', 'https://attacker.example/');
      document.body.append(view);
      const tame = Reflect.get(view, 'loadURL') === undefined;
      view.remove();
      return tame;
    });
    expect(inert).toBe(true);
    expect(await app.evaluate(({ webContents }) => webContents.getAllWebContents().filter((one) => one.getType() === 'webview').length)).toBe(0);
  } },
  { name: 'no download', holds: async (app, page) => {
    await app.evaluate(({ session }) => {
      const seen = globalThis as { downloads?: string[] };
      seen.downloads = [];
      session.defaultSession.on('will-download', (event, item) => { if (!event.defaultPrevented) seen.downloads?.push(item.getURL()); });
    });
    await page.evaluate(() => { const link = document.createElement('a'); link.href = 'app://gatehouse/index.html'; link.download = 'x.html'; document.body.append(link); link.click(); link.remove(); });
    await page.waitForTimeout(300);
    expect(await app.evaluate(() => (globalThis as { downloads?: string[] }).downloads)).toEqual([]);
  } },
  { name: 'the session asks nothing of a network, whoever asks', holds: async (app, page) => {
    const { port } = await endpointOf(page);
    expect(await app.evaluate(({ session }, url) => session.defaultSession.fetch(url).then(() => 'answered', () => 'refused'), `http://127.0.0.1:${port}/v1/traces`)).toBe('refused');
  } },
  { name: 'the shell opens no address outside', holds: () => {
    expect(readFileSync(join(root, 'dist', 'main', 'index.js'), 'utf8')).not.toContain('openExternal');
    return Promise.resolve();
  } },
  { name: 'a current Electron is pinned', holds: () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
    expect(devDependencies['electron']).toMatch(/^45\.\d+\.\d+$/);
    return Promise.resolve();
  } },
  { name: 'fuses of the shipped build are off', holds: () => {
    const builder = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
    for (const line of ['runAsNode: false', 'enableNodeOptionsEnvironmentVariable: false', 'enableNodeCliInspectArguments: false', 'onlyLoadAppFromAsar: true', 'enableEmbeddedAsarIntegrityValidation: true', 'grantFileProtocolExtraPrivileges: false']) expect(builder).toContain(line);
    return Promise.resolve();
  } },
];

const policyWalls: readonly Wall[] = [
  { name: 'the policy starts from nothing', holds: async (app) => {
    const { status, policy } = await fetchApp(app, 'app://gatehouse/index.html');
    expect(status).toBe(200);
    for (const rule of ["default-src 'none'", "connect-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) expect(policy?.split('; ')).toContain(rule);
    expect(policy).not.toContain('unsafe');
  } },
  { name: 'no eval', holds: async (_app, page) => {
    // In a timer: code that the test driver runs directly is exempt from the policy.
    const outcome = await page.evaluate(() => new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          resolve(String((Reflect.get(window, 'eval') as (code: string) => unknown)('1 + 1')));
        } catch (error) {
          resolve((error as Error).name);
        }
      }, 0);
    }));
    expect(outcome).toBe('EvalError');
  } },
  { name: 'no inline script, no inline handler, no inline style', holds: async (_app, page) => {
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      const frame = document.createElement('div');
      frame.innerHTML = '<img src="data:," onerror="window.ranInline = true"><style>body { outline: 7px solid red }</style>';
      document.body.append(script, frame);
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      const styled = getComputedStyle(document.body).outlineWidth === '7px';
      script.remove();
      frame.remove();
      return 'ranInline' in window || styled;
    });
    expect(ran).toBe(false);
  } },
  ...[
    ['fetch', () => fetch('app://gatehouse/index.html').then(() => 'answered', () => 'refused')],
    ['XMLHttpRequest', () => new Promise<string>((resolve) => { const asked = new XMLHttpRequest(); asked.onload = () => resolve('answered'); asked.onerror = () => resolve('refused'); asked.open('GET', 'http://127.0.0.1:9/'); asked.send(); })],
    ['WebSocket', () => new Promise<string>((resolve) => { const socket = new WebSocket('ws://127.0.0.1:9/'); socket.onopen = () => resolve('answered'); socket.onerror = () => resolve('refused'); })],
    ['EventSource', () => new Promise<string>((resolve) => { const source = new EventSource('http://127.0.0.1:9/'); source.onopen = () => resolve('answered'); source.onerror = () => { source.close(); resolve('refused'); }; })],
    ['worker', () => new Promise<string>((resolve) => { try { const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); worker.onmessage = () => resolve('answered'); worker.onerror = () => resolve('refused'); } catch { resolve('refused'); } })],
    ['picture from outside', () => new Promise<string>((resolve) => { const image = new Image(); image.onload = () => resolve('answered'); image.onerror = () => resolve('refused'); image.src = 'https://attacker.example/p.png'; })],
    ['frame', () => new Promise<string>((resolve) => { document.addEventListener('securitypolicyviolation', (event) => { if (event.effectiveDirective === 'frame-src') resolve('refused'); }); const frame = document.createElement('iframe'); frame.src = 'app://gatehouse/index.html'; document.body.append(frame); setTimeout(() => { frame.remove(); resolve('no violation was told'); }, 2_000); })],
    ['form', () => new Promise<string>((resolve) => { document.addEventListener('securitypolicyviolation', (event) => { if (event.effectiveDirective === 'form-action') resolve('refused'); }); const form = document.createElement('form'); form.action = 'https://attacker.example/'; document.body.append(form); form.submit(); setTimeout(() => { form.remove(); resolve('no violation was told'); }, 2_000); })],
  ].map(([what, attempt]): Wall => ({
    name: `the page makes no request: ${what as string}`,
    holds: async (_app, page) => { expect(await page.evaluate(attempt as () => Promise<string>)).toBe('refused'); },
  })),
  refusedAddress('dots', 'app://gatehouse/../../package.json'),
  refusedAddress('encoded dots', 'app://gatehouse/%2e%2e/%2e%2e/package.json'),
  refusedAddress('encoded slashes', 'app://gatehouse/..%2f..%2fpackage.json'),
  refusedAddress('backslashes', 'app://gatehouse/..%5c..%5cpackage.json'),
  refusedAddress('zero byte', 'app://gatehouse/index.html%00.js'),
  refusedAddress('absolute path', 'app://gatehouse//etc/passwd'),
  refusedAddress('another host', 'app://elsewhere/index.html'),
  refusedAddress('a type that the page never needs', 'app://gatehouse/licenses.md'),
];

const bridgeWalls: readonly Wall[] = [
  { name: 'the bridge exposes what the page needs and nothing else', holds: async (_app, page) => {
    const exposed = await page.evaluate(() => {
      const api = (window as unknown as { gatehouse: { favours: object } }).gatehouse;
      return { api: Object.keys(api).sort(), favours: Object.keys(api.favours).sort() };
    });
    expect(exposed).toEqual({
      api: ['call', 'cancel', 'closeStream', 'credit', 'favours', 'guard', 'onDemoState', 'onEngineState', 'onHint', 'onMenuCommand', 'openStream', 'platform', 'versions'],
      favours: ['copyText', 'openDataFolder', 'openReport', 'restartEngine', 'saveCertificate', 'saveText', 'saveVerifier', 'setTheme', 'startDemo', 'stopDemo', 'writeReport'],
    });
  } },
  { name: 'the page cannot put another bridge in its place', holds: async (_app, page) => {
    const changed = await page.evaluate(() => {
      try {
        Object.assign(window, { gatehouse: 'mine' });
      } catch {
        return false; // Read-only, which is what is wanted.
      }
      return (window as unknown as { gatehouse: unknown }).gatehouse === 'mine';
    });
    expect(changed).toBe(false);
  } },
  { name: 'favours check what they are given', holds: async (_app, page) => {
    const outcome = (name: string, argument: unknown): Promise<string> => page.evaluate(async ({ favour, given }) => {
      const { favours } = (window as unknown as { gatehouse: { favours: Record<string, (argument: unknown) => Promise<void>> } }).gatehouse;
      return favours[favour]?.(given).then(() => 'done', () => 'refused') ?? 'missing';
    }, { favour: name, given: argument });
    expect(await outcome('setTheme', '../../etc')).toBe('refused');
    expect(await outcome('copyText', 'x'.repeat(1_000_001))).toBe('refused');
    expect(await outcome('saveCertificate', { orderId: 'stp-1', as: '../../etc/passwd' })).toBe('refused');
    expect(await outcome('saveCertificate', { orderId: 'x'.repeat(65), as: 'json' })).toBe('refused');
    expect(await outcome('saveCertificate', { orderId: 'stp-no-such-order', as: 'json' })).toBe('refused');
    expect(await outcome('saveText', { name: 'a.json', text: 'x'.repeat(1_000_001) })).toBe('refused');
    expect(await outcome('saveText', { name: '', text: 'x' })).toBe('refused');
    expect(await outcome('writeReport', { name: 'x', target: '/etc/passwd' })).toBe('refused');
    expect(await outcome('openReport', '../../etc')).toBe('refused');
  } },
  { name: 'a sender that is not our page gets neither a favour nor a port', holds: async (app) => {
    const outcome = await app.evaluate(async ({ BrowserWindow, clipboard }, preload) => {
      await clipboard.writeText('before');
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } });
      await stranger.loadURL('data:text/html,stranger');
      const favour = await stranger.webContents.executeJavaScript("window.gatehouse.favours.copyText('stolen').then(() => 'done', () => 'refused')") as string;
      await new Promise((resolve) => { setTimeout(resolve, 300); });
      const call = await stranger.webContents.executeJavaScript("window.gatehouse.call(1, 'system.status', {}).then((outcome) => outcome.ok ? 'answered' : outcome.error.code)") as string;
      stranger.destroy();
      return { favour, call, clipboard: await clipboard.readText() };
    }, join(root, 'dist', 'preload', 'index.cjs'));
    expect(outcome).toEqual({ favour: 'refused', call: 'unavailable', clipboard: 'before' });
  } },
  { name: 'the hidden window that a certificate is printed from has every wall, gets no favour and no engine', holds: async (app, page) => {
    const { a2a, agentId } = await runningTask(page, 'tick');
    const file = join(tmpdir(), `gatehouse-certificate-${process.pid}.pdf`);
    try {
      const orderId = await orderStop(page, agentId);
      await saveTo(app, file);
      await app.evaluate(async ({ app: program, clipboard }) => {
        await clipboard.writeText('before');
        program.once('browser-window-created', (_event, hidden) => {
          const run = (code: string): Promise<unknown> => hidden.webContents.executeJavaScript(code) as Promise<unknown>;
          const tried = new Promise((resolve) => { hidden.webContents.once('did-finish-load', () => {
            const refusal = "(asked) => asked.then((outcome) => outcome === undefined || outcome === null || outcome.ok ? 'done' : outcome.error.code, () => 'refused')";
            resolve(run(`new Promise((ready) => window.gatehouse.onEngineState((now) => { if (now.state === 'ready') ready(); })).then(() => Promise.all([window.gatehouse.favours.copyText('stolen'), window.gatehouse.favours.saveCertificate({ orderId: 'stp-1', as: 'json' }), window.gatehouse.call(9001, 'system.status', {}), window.gatehouse.call(9002, 'stop.list', {})].map(${refusal})))`));
          }); });
          const preferences = (hidden.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences();
          Object.assign(globalThis, { printing: { preferences, visible: hidden.isVisible(), tried } });
        });
      });
      await page.evaluate((id) => (window as unknown as { gatehouse: { favours: { saveCertificate(wish: unknown): Promise<unknown> } } }).gatehouse.favours.saveCertificate({ orderId: id, as: 'pdf' }), orderId);
      const seen = await app.evaluate(async ({ BrowserWindow, clipboard }) => {
        const { printing } = globalThis as unknown as { printing: { preferences: Record<string, unknown>; visible: boolean; tried: Promise<unknown> } };
        return { preferences: printing.preferences, visible: printing.visible, tried: await printing.tried, windows: BrowserWindow.getAllWindows().length, clipboard: await clipboard.readText() };
      });
      const main = await webPreferences(app);
      for (const name of ['sandbox', 'contextIsolation', 'nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames', 'webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'webviewTag', 'preload']) expect(seen.preferences[name], name).toBe(main[name]);
      expect(seen).toMatchObject({ visible: false, tried: ['refused', 'refused', 'bad_request', 'bad_request'], windows: 1, clipboard: 'before' });
    } finally {
      await a2a.stop();
      rmSync(file, { force: true });
    }
  } },
  { name: 'the engine checks what the page says', holds: async (_app, page) => {
    await expect(callFromPage(page, 'tasks.get', { id: '' })).rejects.toThrow('bad_request');
    await expect(callFromPage(page, 'constructor' as 'system.ping', {})).rejects.toThrow('bad_request');
  } },
];

const engineWalls: readonly Wall[] = [
  { name: 'the engine\'s environment is scrubbed', holds: async (_app, page) => {
    test.skip(process.platform !== 'linux', 'only Linux shows the environment of a process');
    const { pid } = await callFromPage(page, 'system.status', {});
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').map((line) => line.split('=')[0] ?? '');
    expect(names).toContain('PATH');
    expect(names.filter((name) => /KEY|TOKEN|SECRET|PASSWORD|NODE_OPTIONS|LD_PRELOAD|npm_|ELECTRON_RUN_AS_NODE/.test(name))).toEqual([]);
  } },
  { name: 'the control socket is its owner\'s alone', holds: async (_app, page) => {
    test.skip(process.platform === 'win32', 'a pipe has no mode');
    const { dataDir } = await callFromPage(page, 'system.status', {});
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'engine.sock')).mode & 0o777).toBe(0o600);
  } },
  { name: 'a token is shown once and stored as a hash', holds: async (_app, page) => {
    const { token } = await callFromPage(page, 'connections.addOtlp', { name: 'wall' });
    const { dataDir } = await callFromPage(page, 'system.status', {});
    for (const name of readdirSync(dataDir).filter((one) => /^(history|engine)/.test(one) && one !== 'engine.sock')) expect(readFileSync(join(dataDir, name)).includes(token), name).toBe(false);
  } },
];

const receiverWalls: readonly Wall[] = [
  { name: 'the receiver listens on loopback', holds: async (_app, page) => {
    const { host, port } = await endpointOf(page);
    expect(host).toBe('127.0.0.1');
    const outside = Object.values(networkInterfaces()).flat().find((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    test.skip(outside === undefined, 'this machine has no address but loopback');
    await expect(post(port, {}, 'POST', outside?.address)).rejects.toThrow(/ECONNREFUSED|EHOSTUNREACH|ETIMEDOUT/);
  } },
  { name: 'the receiver wants a token', holds: async (_app, page) => {
    const { port } = await endpointOf(page);
    expect((await post(port, {})).statusCode).toBe(401);
    expect((await post(port, { 'x-gatehouse-token': 'gh_wrong' })).statusCode).toBe(401);
    expect((await post(port, { authorization: `Bearer ${bait}` })).statusCode).toBe(401);
  } },
  { name: 'the receiver answers no browser: no CORS', holds: async (_app, page) => {
    const { port } = await endpointOf(page);
    const { token } = await callFromPage(page, 'connections.addOtlp', { name: 'cors' });
    const preflight = await post(port, { origin: 'https://attacker.example', 'access-control-request-method': 'POST' }, 'OPTIONS');
    const plain = await post(port, { origin: 'https://attacker.example', 'x-gatehouse-token': token });
    for (const answer of [preflight, plain]) expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(preflight.statusCode).toBeGreaterThanOrEqual(400);
  } },
  { name: 'the receiver limits a body', holds: async (_app, page) => {
    const { port } = await endpointOf(page);
    const { token } = await callFromPage(page, 'connections.addOtlp', { name: 'large' });
    expect((await post(port, { 'x-gatehouse-token': token, 'content-length': String(33 * 1024 * 1024) })).statusCode).toBe(413);
  } },
];

test.describe.configure({ mode: 'default' });
let launched: Launched;
test.beforeAll(async () => {
  launched = await launch({ environment: { OPENAI_API_KEY: bait, SOME_TOKEN: bait } });
  await engineReady(launched.page);
});
test.afterAll(async () => { await launched.close(); });

for (const [group, walls] of [['Electron', electronWalls], ['page', policyWalls], ['bridge', bridgeWalls], ['engine', engineWalls], ['receiver', receiverWalls]] as const) {
  for (const wall of walls) {
    test(`${group}: ${wall.name}`, async () => {
      await wall.holds(launched.app, launched.page);
    });
  }
}
