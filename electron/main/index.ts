/** The shell: one window, one engine, the walls between them. */
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserWindow } from 'electron';
import { app, dialog, ipcMain, nativeTheme, Notification, powerMonitor, protocol, shell } from 'electron';
import type { ConsoleRecord } from '../../shared/audit.ts';
import type { Speaker } from '../../shared/engine-process.ts';
import { guardStateChannel } from '../../shared/guard.ts';
import type { MenuCommand } from '../../shared/page-api.ts';
import { channels } from '../../shared/page-channels.ts';
import { AlertNotices } from './alert-notices.ts';
import { AppLock } from './app-lock.ts';
import { appScheme, serveApp } from './app-protocol.ts';
import { ApprovalNotices } from './approval-notices.ts';
import { saveCertificate } from './certificate.ts';
import { ConsoleRecorder } from './console-recorder.ts';
import type { Deed } from './console-recorder.ts';
import { DemoFleet } from './demo-fleet.ts';
import { openCaller } from './engine-caller.ts';
import { engineEnvironment } from './engine-environment.ts';
import { startEngineLine } from './engine-line.ts';
import { EngineProcess } from './engine-process.ts';
import { isOurPage, serveFavours } from './favours.ts';
import { serveGuard } from './guard-door.ts';
import { setMenu } from './menu.ts';
import { readOptions } from './options.ts';
import { PageLink } from './page-link.ts';
import { refuseByDefault } from './refusals.ts';
import { openReport, saveVerifier, writeReport } from './report.ts';
import { saveText } from './save-text.ts';
import { systemSafe } from './system-safe.ts';
import { Vault } from './vault.ts';
import { bringToFront, ground, openWindow } from './window.ts';

const programFolder = dirname(dirname(fileURLToPath(import.meta.url)));
/** In a packed build the programs that others than the shell run lie beside the archive: a plain Node cannot read inside it. */
const unpackedFolder = programFolder.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked');
const options = readOptions(process.argv.slice(1), process.cwd(), { platform: process.platform, home: homedir(), env: process.env });
/** Chromium's own files and the window's memory: apart from the history, which is the engine's. */
const shellFolder = join(options.dataFolder, 'window');
// SECURITY: only asked where this Electron cannot run the engine itself, which the one that ships always can.
const externalNode = process.env['GATEHOUSE_NODE'];
const actor = userInfo().username;
const preloadFile = join(programFolder, 'preload', 'index.cjs');
/** How long the engine waits for the page to be drawn before it starts. */
const longestPaintMs = 1_000;

protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true } }]);
app.setPath('userData', shellFolder);
// SECURITY: every renderer runs in Chromium's sandbox, also one that a mistake might open without saying so.
if (!process.argv.includes('--no-sandbox')) app.enableSandbox();
refuseByDefault();

/** The lock is bound to the user-data folder: two data folders are two consoles, one data folder is one. */
if (app.requestSingleInstanceLock()) void run();
else app.quit();

async function run(): Promise<void> {
  await app.whenReady();
  protocol.handle(appScheme, (request) => serveApp(join(programFolder, 'renderer'), request));
  const say = (text: string): void => { process.stderr.write(`${text}\n`); };
  const vault = new Vault(join(shellFolder, 'vault.json'), systemSafe, say);
  let notices: ApprovalNotices | null = null;
  let alerts: AlertNotices | null = null;
  const engine = new EngineProcess({
    say,
    vault: (request) => vault.answer(request),
    onApprovals: (message) => notices?.tell(message),
    onAlert: async (message) => await alerts?.tell(message) ?? { ok: false, text: 'The window is not open yet.' },
    start: () => startEngineLine({
      script: join(unpackedFolder, 'engine', 'index.js'),
      arguments: ['--data', options.dataFolder, ...(options.otlp === null ? [] : ['--otlp', options.otlp]), ...(options.readOnly === null ? [] : [`--read-only=${options.readOnly}`])],
      environment: engineEnvironment(process.env),
      externalNode,
    }),
  });
  const recorder = new ConsoleRecorder({ ready: () => engine.state.state === 'ready', send: (records) => sendRecords(engine, records), say });
  engine.onState((state) => { if (state.state === 'ready') void recorder.flush(); });
  let guarded: (anew: boolean) => void = () => undefined;
  const lock = new AppLock({ file: join(shellFolder, 'lock.json'), vault, wholeReadOnly: options.readOnly, record: (deed) => recorder.note(deed), changed: (anew) => guarded(anew), say });
  const window = openWindow({ preload: preloadFile, memoryFile: join(shellFolder, 'window.json'), version: app.getVersion() });
  const { demo, follow } = connectPage(window, engine, lock, recorder);
  guarded = follow;
  notices = noticesOf(window, lock);
  alerts = alertNoticesOf(window, lock);
  watchForIdle(window, lock);
  app.on('second-instance', (_event, argv) => {
    // SECURITY: whoever starts it read-only must not find themselves in a window that writes.
    const asked = readOptions(argv.slice(1), process.cwd(), { platform: process.platform, home: homedir(), env: process.env }).readOnly;
    if (asked !== null) lock.enterAuditor(asked);
    bringToFront(window);
  });
  startAfterFirstPaint(window, engine);
  if (!lock.readOnly) onceReady(engine, () => void (options.demo ? demo.start() : demo.leaveRuntimes()));
  endWith(engine, demo);
}

/**
 * Both start at the same moment and would take the processor from each other; the first screen has its data no later when
 * the page goes first. What agents send must not wait on a page that does not come, so the wait is short.
 */
function startAfterFirstPaint(window: BrowserWindow, engine: EngineProcess): void {
  let waiting = true;
  const start = (): void => {
    if (!waiting) return;
    waiting = false;
    clearTimeout(impatient);
    engine.start();
  };
  const impatient = setTimeout(start, longestPaintMs);
  window.once('ready-to-show', start);
  // Quitting before that: nothing was started, and nothing is any more.
  app.once('will-quit', () => { waiting = false; });
}

async function sendRecords(engine: EngineProcess, records: readonly ConsoleRecord[]): Promise<void> {
  const caller = openCaller(engine, actor);
  try {
    for (const record of records) await caller.call('console.record', record);
  } finally {
    caller.close();
  }
}

const idleLookMs = 5_000;

/** SECURITY: what locks the screen, or sends the machine to sleep, locks the window too. */
function watchForIdle(window: BrowserWindow, lock: AppLock): void {
  window.webContents.on('input-event', () => lock.touch());
  const timer = setInterval(() => lock.tick(), idleLookMs);
  window.once('closed', () => clearInterval(timer));
  powerMonitor.on('lock-screen', () => lock.lock('The screen was locked.'));
  powerMonitor.on('suspend', () => lock.lock('The machine went to sleep.'));
}

/** What the page may say to the engine now; null while the window is locked. */
function speakerOf(lock: AppLock): Speaker | null {
  if (lock.locked) return null;
  const { on, text } = lock.state.auditor;
  return { name: actor, place: 'page', readOnly: on, text: on ? text : 'full' };
}

function connectPage(window: BrowserWindow, engine: EngineProcess, lock: AppLock, recorder: ConsoleRecorder): { demo: DemoFleet; follow: (anew: boolean) => void } {
  const contents = window.webContents;
  const link = new PageLink(contents, engine, () => speakerOf(lock));
  const tell = (channel: string, message: unknown): void => { if (!contents.isDestroyed()) contents.send(channel, message); };
  const demo = new DemoFleet({
    script: join(unpackedFolder, 'demo', 'index.js'),
    environment: engineEnvironment(process.env),
    externalNode,
    openCaller: () => openCaller(engine, actor),
    onState: (state) => tell(channels.demoState, state),
  });
  ipcMain.on(channels.hello, (event) => {
    if (!isOurPage(event, contents)) return;
    tell(guardStateChannel, lock.state);
    if (lock.locked) return link.cut();
    link.hello();
    tell(channels.demoState, demo.state);
  });
  const follow = (anew: boolean): void => {
    if (contents.isDestroyed()) return;
    if (lock.locked) link.cut();
    // SECURITY: the page begins anew, so that nothing that it had read stays in its memory or on the screen.
    if (anew) return contents.reload();
    tell(guardStateChannel, lock.state);
    // A lock that was set or changed needs no new port: what the page waits for would be lost with the old one.
    if (!lock.locked && !link.greeted) {
      link.hello();
      tell(channels.demoState, demo.state);
    }
  };
  serveGuard(contents, lock);
  const note = (deed: Deed) => (name: string | null): string | null => {
    if (name !== null) recorder.note({ ...deed, details: { file: name.slice(0, 200), ...deed.details } });
    return name;
  };
  // SECURITY: in auditor mode a report shows no more than the window does.
  const papers = { window, openCaller: () => openCaller(engine, actor, { readOnly: lock.readOnly, text: lock.state.auditor.text }), preload: preloadFile, version: app.getVersion() };
  serveFavours(contents, {
    locked: () => lock.locked, readOnly: () => lock.readOnly,
    dataFolder: options.dataFolder, startDemo: () => demo.start(), stopDemo: () => demo.stop(), restartEngine: () => engine.restart(),
    saveCertificate: (wish) => saveCertificate(papers, wish).then(note({ act: 'certificate.save', outcome: 'done', subject: wish.orderId, details: { as: wish.as } })),
    saveText: (wish) => saveText(window, wish).then(note({ act: 'text.save', outcome: 'done', details: { characters: wish.text.length } })),
    writeReport: (spec) => writeReport(papers, spec), openReport: (jobId) => openReport(papers, jobId),
    saveVerifier: () => saveVerifier(window, join(unpackedFolder, 'engine', 'verify.html')),
  });
  app.setAboutPanelOptions({ applicationName: 'Gatehouse', applicationVersion: app.getVersion(), copyright: 'Apache License 2.0', credits: `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}, Node ${process.versions.node}` });
  setMenu({
    platform: process.platform,
    packaged: app.isPackaged,
    command: (command) => { if (!lock.locked) tell(channels.menuCommand, command); },
    openDataFolder: () => { if (!lock.locked) void shell.openPath(options.dataFolder); },
    lockNow: () => { if (!lock.lock('By a person.').ok) tell(channels.menuCommand, 'set-lock'); },
    about: () => app.showAboutPanel(),
  });
  nativeTheme.on('updated', () => { if (!window.isDestroyed()) window.setBackgroundColor(ground()); });
  contents.on('render-process-gone', (_event, details) => { if (details.reason !== 'clean-exit') void offerReload(window, details.reason); });
  return { demo, follow };
}

// Held until they are closed: a notification that is collected forgets its click.
const shownNotices = new Set<Notification>();

/** Null: this desktop shows none. */
function showNotice(window: BrowserWindow, { title, body, urgent }: { title: string; body: string; urgent: boolean }, clicked: () => void): Notification | null {
  if (!Notification.isSupported()) return null;
  const notice = new Notification({ title, body, urgency: urgent ? 'critical' : 'normal' });
  shownNotices.add(notice);
  notice.on('click', clicked);
  notice.on('close', () => shownNotices.delete(notice));
  notice.show();
  // Windows has no badge of this kind; its taskbar can blink instead.
  if (process.platform === 'win32' && !window.isDestroyed()) window.flashFrame(true);
  return notice;
}

function bringUp(window: BrowserWindow, command: MenuCommand): void {
  if (window.isDestroyed()) return;
  bringToFront(window);
  window.webContents.send(channels.menuCommand, command);
}

/** SECURITY: what stands on the desktop while the window is locked says that something is there, and nothing of it. */
const lockedNotice = { title: 'Gatehouse is locked', body: 'Something needs you. Unlock the window to see what it is.' } as const;

function noticesOf(window: BrowserWindow, lock: AppLock): ApprovalNotices {
  return new ApprovalNotices({
    notify: (title, body, clicked) => { showNotice(window, { ...(lock.locked ? lockedNotice : { title, body }), urgent: false }, clicked); },
    setBadge: (count) => { app.setBadgeCount(count); },
    isWatched: () => !window.isDestroyed() && window.isFocused(),
    show: () => bringUp(window, 'approvals'),
  });
}

/** Some desktops take a notification and never say so. */
const shownWithinMs = 2_000;

function alertNoticesOf(window: BrowserWindow, lock: AppLock): AlertNotices {
  const notices = new AlertNotices({
    notify: (title, body, urgent, clicked) => new Promise((done) => {
      const notice = showNotice(window, { ...(lock.locked ? lockedNotice : { title, body }), urgent }, clicked);
      if (notice === null) return done('This desktop shows no notifications. The alert is in the inbox.');
      setTimeout(() => done(null), shownWithinMs);
      notice.once('show', () => done(null));
      notice.once('failed', (_event, error) => done(`The desktop refused the notification: ${error}`));
    }),
    // SECURITY: of the engine's word only what is an identifier goes on to the page.
    show: (alert) => bringUp(window, alert !== null && /^[A-Za-z0-9_-]{1,64}$/.test(alert) ? `alert:${alert}` : 'alerts'),
  });
  window.once('closed', () => notices.close());
  return notices;
}

/** The engine goes on recording while the page is gone; a person decides when to look again. */
async function offerReload(window: BrowserWindow, reason: string): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error', title: 'Gatehouse', message: 'The window\'s page ended unexpectedly.',
    detail: `Reason: ${reason}. The engine still records what agents send; nothing of the history is lost.`,
    buttons: ['Show it again', 'Quit'], defaultId: 0, cancelId: 1, noLink: true,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.close();
}

function onceReady(engine: EngineProcess, run: () => void): void {
  let ran = false;
  engine.onState((state) => {
    if (ran || state.state !== 'ready') return;
    ran = true;
    run();
  });
}

/** Closing the window ends the program, after the engine has stored what it accepted. */
function endWith(engine: EngineProcess, demo: DemoFleet): void {
  let engineEnded = false;
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    demo.stop();
    if (engineEnded) return;
    event.preventDefault();
    // Not within this event: a quit that is asked for while one is being refused is lost.
    void engine.stop().then(() => setImmediate(() => {
      engineEnded = true;
      app.quit();
    }));
  });
}
