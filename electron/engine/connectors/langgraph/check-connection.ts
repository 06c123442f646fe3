/** The connection test: what can be reached, what is missing, which right would fix it. Reads only. */
import type { TestCheck } from '../../../../shared/domain.ts';
import type { Clock } from '../../ports.ts';
import { RuntimeFault } from '../connector.ts';
import type { RuntimeFacts } from '../connector.ts';
import { factsOf } from './facts.ts';
import { asksNobody, probeFeatures } from './features.ts';
import type { Features } from './features.ts';
import type { Api } from './api.ts';

const titles = {
  reachable: 'The server can be reached', product: 'It is a LangGraph Agent Server', credential: 'The credential', assistants: 'Assistants can be listed', threads: 'Threads can be listed',
  runs: 'Runs and states can be read', visibility: 'Whose work is seen', answer: 'The right to answer questions', streams: 'Streams that may be watched', findings: 'Settings of the server',
} as const;
type Id = keyof typeof titles;
type Outcome = Pick<TestCheck, 'result' | 'detail'> & { readonly fix?: string };

const rights: Readonly<Record<string, string>> = {
  assistants: 'Let the handler for assistants in the server\'s auth allow `read` and `search` for this key.',
  threads: 'Let the handler for threads in the server\'s auth allow `search` for this key, without a filter to see everybody\'s work.',
  runs: 'Let the handler for threads in the server\'s auth allow `read` for this key.',
};

export async function checkConnection(api: Api, clock: Clock, credential: () => Promise<string | null>, identities: ReadonlySet<string>): Promise<{ checks: TestCheck[]; facts: RuntimeFacts | null }> {
  const checks: TestCheck[] = [];
  const check = async (id: Id, work: () => Promise<Outcome>): Promise<boolean> => {
    const began = clock.now();
    const { result, detail, fix } = await work().catch((error: unknown) => failure(id, error));
    checks.push({ id, title: titles[id], result, detail, fix: fix ?? null, ms: Math.max(0, clock.now() - began) });
    return result === 'ok' || result === 'info';
  };
  if (!(await check('reachable', () => reachable(api)))) return { checks, facts: null };
  let open: boolean | null = null;
  const known = await check('product', async () => {
    const { version, langgraph_py_version: py, langgraph_js_version: js } = await api.info();
    open = await asksNobody(api);
    return { result: 'ok', detail: `Version ${version ?? 'not told'}${py !== null ? `, LangGraph for Python ${py}` : js !== null ? `, LangGraph for JavaScript ${js}` : ''}.` };
  });
  if (!known || !(await check('credential', () => credentials(api, open, credential)))) return { checks, facts: null };
  await reading(api, check);
  const features = await probeFeatures(api, (await credential()) !== null);
  const facts = factsOf(features, { identities, work: [], nowUs: clock.now() * 1_000 });
  await rest(features, facts, check);
  return { checks, facts };
}

type Check = (id: Id, work: () => Promise<Outcome>) => Promise<boolean>;

async function reachable(api: Api): Promise<Outcome> {
  const response = await api.raw('/info', { method: 'GET' }, 'without');
  await response.body?.cancel();
  return response.status < 500 ? { result: 'ok', detail: `It answers (HTTP ${response.status}).` } : { result: 'failed', detail: `It answers with an error of its own (HTTP ${response.status}).`, fix: 'Look at the server\'s log.' };
}

async function credentials(api: Api, open: boolean | null, credential: () => Promise<string | null>): Promise<Outcome> {
  const set = (await credential()) !== null;
  if (open === true) return { result: 'info', detail: set ? 'The server asks for none; the one that is set is sent all the same.' : 'The server asks for none.' };
  if (!set) return { result: 'missing', detail: 'The server wants a credential and none is set.', fix: 'Set an API key for this connection (header x-api-key unless the server\'s auth reads another).' };
  await api.assistants(0, 1);
  return { result: 'ok', detail: 'The server accepts it.' };
}

async function reading(api: Api, check: Check): Promise<void> {
  await check('assistants', async () => {
    const { count } = await api.assistants(0, 100);
    return { result: 'ok', detail: count === 100 ? 'At least 100.' : count === 0 ? 'None are there, or none are shown to this credential.' : `${count}.` };
  });
  let thread: string | undefined;
  const listed = await check('threads', async () => {
    const page = await api.threads({ offset: 0, limit: 1 });
    thread = page.items[0]?.thread_id;
    return { result: 'ok', detail: page.count === 0 ? 'None are there, or none are shown to this credential.' : 'The newest one is shown.' };
  });
  const id = thread;
  await check('runs', async () => {
    if (!listed) return { result: 'skipped', detail: 'Threads cannot be listed.' };
    if (id === undefined) return { result: 'skipped', detail: 'There is no thread to read one from.' };
    const runs = await api.runs(id, 0, 1);
    if (runs.count > 0) await api.state(id);
    return { result: 'ok', detail: 'Those of the newest thread can be read.' };
  });
}

async function rest(features: Features, facts: RuntimeFacts, check: Check): Promise<void> {
  await check('visibility', () => Promise.resolve({ result: 'info', detail: facts.visibilityText, ...(facts.visibility === 'unknown' ? { fix: 'Use a key whose rules in the server\'s auth return no filter.' } : {}) }));
  await check('answer', () => Promise.resolve({
    result: 'info', detail: features.open === true ? 'Everybody may start runs here, and so answer.' : 'Not known until it is used: trying it would start a run.',
    ...(features.open === true ? {} : { fix: 'To answer questions the key needs `create_run` on threads in the server\'s auth; monitoring does without it.' }),
  }));
  await check('streams', () => Promise.resolve({
    result: 'info', detail: !features.protocolStreams ? 'The server has none that many may watch; it is asked every second.' : features.open === true ? 'Runs of the thread protocol are watched; all others are asked for every second.' : 'It has them, but watching could lend this key\'s identity to others\' runs; it is asked every second instead.',
  }));
  // Of the runtime, not of the way to it: the connection shows them as what they are.
  // The connection works all the same: they stand on it as findings too.
  for (const finding of facts.findings) await check('findings', () => Promise.resolve({ result: 'info', detail: finding.text }));
}

function failure(id: Id, error: unknown): Outcome {
  if (!(error instanceof RuntimeFault)) throw error;
  const result = error.kind === 'forbidden' || error.kind === 'credential_missing' ? 'missing' : 'failed';
  return { result, detail: error.message, fix: fixFor(id, error) };
}

function fixFor(id: Id, error: RuntimeFault): string {
  switch (error.kind) {
    case 'unreachable': return 'Check the address, that the server runs, and that it can be reached from this machine.';
    case 'credential_missing':
    case 'credential_refused': return 'Set a valid key for this connection; if the server reads another header than x-api-key, name that header.';
    case 'forbidden': return rights[id] ?? 'Give this key the right in the server\'s auth.';
    case 'throttled': return 'Wait, or raise the server\'s limit for this key.';
    case 'garbage':
    case 'gone': return id === 'product' ? 'Give the address of the Agent Server itself, without /docs or a path of the Studio.' : 'Look at the server\'s log.';
    default: return 'Look at the server\'s log.';
  }
}
