/**
 * Opens the real app on a data folder of its own. The Electron, its switches and the Node for the engine come from the
 * environment that `npm test` prepares.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, errors, expect } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import type { Method, Params, Result } from '../shared/contract.ts';
import type { CallOutcome, EngineState, PageApi } from '../shared/page-api.ts';

export interface LaunchOptions {
  /** a folder that outlives this launch; without one the launch makes a folder and removes it. */
  readonly dataFolder?: string;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Launched {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  close(): Promise<void>;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Workers side by side have a virtual display each; what a worker starts inherits it. */
const displays = (process.env['GATEHOUSE_DISPLAYS'] ?? '').split(' ').filter((one) => one !== '');
const display = displays[Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) % Math.max(1, displays.length)];
if (display !== undefined) process.env['DISPLAY'] = display;

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the window tests with npm test.`);
  return value;
}

export const makeDataFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'gatehouse-e2e-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

/** The words after the program: switches, the app, a data folder, a free port for the receiver. */
export const appWords = (dataFolder: string, more: readonly string[] = []): string[] =>
  [...(process.env['GATEHOUSE_ELECTRON_SWITCHES'] ?? '').split(' ').filter((word) => word !== ''), root, '--data', dataFolder, '--otlp', '127.0.0.1:0', ...more];
export const electronProgram = (): string => needed('GATEHOUSE_ELECTRON');

export async function launch(options: LaunchOptions = {}): Promise<Launched> {
  const dataFolder = options.dataFolder ?? await makeDataFolder();
  const app = await startElectron(dataFolder, options);
  const page = await app.firstWindow();
  return {
    app, page, dataFolder,
    close: async () => {
      await app.close();
      if (options.dataFolder === undefined) await removeFolder(dataFolder);
    },
  };
}

/** A window of a usual size whose engine answers. */
export async function launchReady(options: LaunchOptions = {}, height = 800): Promise<Launched> {
  const opened = await launch(options);
  await engineReady(opened.page);
  await opened.page.setViewportSize({ width: 1280, height });
  return opened;
}

/** On a busy machine Electron's debugging port sometimes never answers: that start is killed and made once more. */
async function startElectron(dataFolder: string, options: LaunchOptions): Promise<ElectronApplication> {
  const order = {
    executablePath: electronProgram(),
    args: appWords(dataFolder, options.arguments),
    cwd: root,
    env: { ...inherited(), GATEHOUSE_NODE: needed('GATEHOUSE_NODE'), ...options.environment },
    timeout: 20_000,
  };
  try {
    return await _electron.launch(order);
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    return _electron.launch(order);
  }
}

const inherited = (): Record<string, string> => Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The page's own way to the outside, as the page sees it. */
type PageWindow = Window & { readonly gatehouse: PageApi };

/** The present state, as the page hears it when it asks. */
export const engineState = (page: Page): Promise<EngineState> => page.evaluate(() => new Promise<EngineState>((resolve) => {
  (window as unknown as PageWindow).gatehouse.onEngineState(resolve);
}));

/** Waits until the engine answers; a number of restarts tells one start of the engine from the next. */
export async function engineReady(page: Page, restarts = 0): Promise<EngineState> {
  await expect.poll(async () => {
    const state = await engineState(page);
    return state.restarts >= restarts ? state.state : 'the engine before';
  }, { timeout: 30_000 }).toBe('ready');
  return engineState(page);
}

let lastNumber = 1_000_000;

/** Asks the engine from inside the page, by the same door that the page uses. */
export async function callFromPage<M extends Method>(page: Page, method: M, params: Params<M>): Promise<Result<M>> {
  lastNumber += 1;
  const outcome = await page.evaluate(({ n, name, asked }): Promise<CallOutcome> => (window as unknown as PageWindow).gatehouse.call(n, name, asked), { n: lastNumber, name: method as string, asked: params as unknown });
  if (!outcome.ok) throw new Error(`${method}: ${outcome.error.code}: ${outcome.error.message}`);
  return JSON.parse(outcome.json) as Result<M>;
}
