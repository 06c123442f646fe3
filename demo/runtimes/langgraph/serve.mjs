/**
 * Starts a real LangGraph Agent Server by the entry that the server package exports, the one that `langgraphjs dev` ends in too: no
 * browser, no tunnel, no file watching. Says `{"url","pid"}` on one line of standard output when it answers, then lives until standard
 * input closes, SIGTERM or SIGINT. Its state lies in `--folder`, a temporary one of its own when left out.
 *
 *   node serve.mjs [--which 1.5|2.0] [--port N] [--folder PATH] [--auth] [--closed-studio] [--workers N] [--also backup-sweep]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const graphs = ['invoice-desk', 'refund-desk', 'contract-reader', 'ledger-check', 'stock-watch', 'night-export', 'two-offices'];

const { values } = parseArgs({
  options: {
    which: { type: 'string', default: '1.5' }, port: { type: 'string', default: '0' }, folder: { type: 'string' },
    auth: { type: 'boolean', default: false }, 'closed-studio': { type: 'boolean', default: false }, workers: { type: 'string', default: '10' },
    /** graphs beside the usual ones, their names with commas. */
    also: { type: 'string', default: '' },
  },
});

// Nothing leaves the machine, whatever the environment says.
for (const name of Object.keys(process.env)) if (/^LANG(SMITH|CHAIN)_/.test(name)) delete process.env[name];

const folder = values.folder ?? (await mkdtemp(path.join(tmpdir(), 'langgraph-')));
process.env.LANGGRAPH_STATE_FOLDER = folder;
const { startServer } = await import(values.which === '2.0' ? 'langgraph-api-2.0/server' : '@langchain/langgraph-api/server');
// Its log and its graphs' output must not be taken for the line that says where it is.
const say = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const { host, cleanup } = await startServer({
  port: Number(values.port), nWorkers: Number(values.workers), host: '127.0.0.1', cwd: folder,
  graphs: Object.fromEntries([...graphs, ...values.also.split(',').filter((name) => /^[a-z-]+$/.test(name))].map((name) => [name, `${path.join(here, 'graphs', `${name}.mjs`)}:graph`])),
  ...(values.auth ? { auth: { path: `${path.join(here, 'auth.mjs')}:auth`, disable_studio_auth: values['closed-studio'] } } : {}),
}).catch(async (error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  await forget();
  process.exit(1);
});
say(`${JSON.stringify({ url: `http://${host}`, pid: process.pid })}\n`);

/** A folder that was handed in is its owner's. */
async function forget() {
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  // Streams that watchers hold open must not keep it alive.
  await Promise.race([cleanup(), new Promise((resolve) => { setTimeout(resolve, 2_000).unref(); })]);
  await forget();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void end());
process.stdin.on('close', () => void end());
process.stdin.resume();
