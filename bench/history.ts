/**
 * A large history for what reads one: taken in once by the real receiver, then kept for the day beside the system's other
 * temporary files, so that the parts of a run share it.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedEngine } from '../e2e/engine/serve.ts';
import { US_DAY } from '../electron/engine/store/codes.ts';
import { foldDigests } from '../electron/engine/store/digest-fold.ts';
import { DirtyTasks } from '../electron/engine/store/dirty-tasks.ts';
import { historyFile, openHistory } from '../electron/engine/store/open.ts';
import { TaskFold } from '../electron/engine/store/task-fold.ts';
import { giveAccess } from './access.ts';
import { corpusVersion, makeCorpus } from './corpus.ts';
import type { CorpusBody } from './corpus.ts';
import { multiply } from './copies.ts';
import { runLoad } from './load.ts';
import { encodeProtobuf } from './otlp-codec.ts';

const spansInBody = 512;
const chunk = 50;
const days = 30;
const prefix = 'gatehouse-bench-history-';

/** Counts up when `withCosts` or `fill` tell something else. */
const fillVersion = 4;

/** Every second body's model calls say what they cost, in the words of OpenInference: without known money the spend charts have nothing to read. */
function withCosts(bodies: readonly CorpusBody[]): readonly CorpusBody[] {
  bodies.forEach((body, at) => {
    if (at % 2 === 1) return;
    for (const { spans } of body.resourceSpans.flatMap((one) => one.scopeSpans)) {
      for (const span of spans) {
        if (span.name.startsWith('chat ')) span.attributes.push({ key: 'openinference.span.kind', value: { stringValue: 'LLM' } }, { key: 'llm.cost.total', value: { doubleValue: Number(`0x${span.spanId.slice(0, 3)}`) / 100_000 } });
      }
    }
  });
  return bodies;
}

async function fill(engine: ServedEngine, rows: number, fleet?: number): Promise<void> {
  const { endpoint, token } = await engine.addOtlp('bench', 'full');
  const from = Date.now() - days * 86_400_000;
  const bodies = Math.ceil(rows / spansInBody);
  for (let done = 0; done < bodies; done += chunk) {
    const some = Math.min(chunk, bodies - done);
    const corpus = makeCorpus({ seed: 1_000 + done, spansPerBody: spansInBody, bodies: some, fromMs: from + (done / bodies) * days * 86_400_000, days: (some / bodies) * days, ...(fleet === undefined ? {} : { fleet }) });
    await runLoad({ url: `${endpoint}/v1/traces`, headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` }, bodies: withCosts(corpus).map(encodeProtobuf), connections: 4 });
    if (done % (chunk * 8) === 0) process.stderr.write(`filling: ${((done + some) * spansInBody).toLocaleString('en')} of ${rows.toLocaleString('en')} activities\n`);
  }
}

/** What decides how the file looks: a kept history that another text made is not used. */
function digest(): string {
  const texts = readdirSync(new URL('../electron/engine/store/', import.meta.url)).filter((file) => /^(schema|migrations)[-\w]*\.ts$/.test(file)).map((file) => readFileSync(new URL(`../electron/engine/store/${file}`, import.meta.url)));
  return createHash('sha256').update(Buffer.concat(texts)).digest('hex').slice(0, 8);
}

async function take(making: string, rows: number, fleet?: number): Promise<void> {
  const engine = await ServedEngine.start({ folder: making });
  try {
    await fill(engine, rows, fleet);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  await engine.kill('SIGTERM');
  foldTheRest(making);
}

/** What the engine would fold by and by, while nothing comes in: the questions of cost read it, and what one just started measures would stand beside the rest of it. */
function foldTheRest(folder: string): void {
  const { db } = openHistory(folder, Date.now() * 1_000);
  const fold = new TaskFold(db, new DirtyTasks());
  const turn = db.transaction(() => { const began = performance.now(); return fold.turn(0, () => performance.now() - began, 2_000).more; });
  for (let more = true; more;) more = turn.immediate();
  const leaves = db.transaction(() => foldDigests(db, 2_000));
  for (let more = true; more;) more = leaves.immediate();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Above this, whole times of it are copied. */
const mostTaken = 1_000_000;

/** The data folder of a history of so many activities, over the last 30 days. */
export async function largeHistory(rows: number): Promise<string> {
  const name = `${prefix}${new Date().toISOString().slice(0, 10)}-${corpusVersion}.${fillVersion}-${digest()}-${rows}`;
  const folder = join(tmpdir(), name);
  if (existsSync(folder)) return folder;
  const making = mkdtempSync(join(tmpdir(), 'gatehouse-bench-making-'));
  if (rows > mostTaken && rows % mostTaken === 0) {
    copyFileSync(historyFile(await largeHistory(mostTaken)), historyFile(making));
    multiply(historyFile(making), rows / mostTaken, (days * US_DAY) / (mostTaken / spansInBody));
  } else await take(making, rows);
  // Only a whole one gets the name that is looked for.
  renameSync(making, folder);
  for (const other of readdirSync(tmpdir())) if (other.startsWith(prefix) && other !== name && other.endsWith(`-${rows}`)) rmSync(join(tmpdir(), other), { recursive: true, force: true });
  return folder;
}

const accessPrefix = 'gatehouse-bench-access-';
/** Counts up when `giveAccess` or what the corpus makes for a fleet tells something else. */
const accessVersion = 3;

/** The data folder of a history of so many activities of so many agents, with a hundred thousand grants that are compared with them. */
export async function accessHistory(rows: number, fleet: number, grants: number): Promise<string> {
  const name = `${accessPrefix}${new Date().toISOString().slice(0, 10)}-${corpusVersion}.${accessVersion}-${digest()}-${fleet}-${grants}-${rows}`;
  const folder = join(tmpdir(), name);
  if (existsSync(folder)) return folder;
  const making = mkdtempSync(join(tmpdir(), 'gatehouse-bench-making-'));
  await take(making, rows, fleet);
  giveAccess(making, grants);
  renameSync(making, folder);
  for (const other of readdirSync(tmpdir())) if (other.startsWith(accessPrefix) && other !== name && other.endsWith(`-${rows}`)) rmSync(join(tmpdir(), other), { recursive: true, force: true });
  return folder;
}
