/**
 * A real A2A server for the demo and the tests: the official SDK's server with one agent that behaves well and badly.
 *
 * By itself: `node demo/runtimes/a2a-server.ts --port 4700 [--shared] [--compat03 | --only03] [--signed] [--rest-only] [--no-streaming] [--state FILE] [--step MS] [--steps N]`.
 * Tokens never stand in argv: `A2A_TOKENS='{"<token>":"<account>"}'` in the environment; the account `operator` sees everybody's tasks
 * when `--shared` is given. Without tokens everybody may call. It prints one JSON line `{"url":...}` when it listens.
 *
 * `POST /demo/start {"scenario","account"?,"text"?}` starts a task as that account, through the protocol; `GET /demo/effects/<task>` tells what the
 * task really did; `GET /demo/counts` what the server was asked.
 */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { parseArgs } from 'node:util';
import { ClientFactory, ClientFactoryOptions, JsonRpcTransportFactory, RestTransportFactory } from '@a2a-js/sdk/client';
import type { Client } from '@a2a-js/sdk/client';
import { generateAgentCardSignature, Role } from '@a2a-js/sdk';
import type { AgentCard } from '@a2a-js/sdk';
import { DefaultExecutionEventBusManager, DefaultRequestHandler, UnauthenticatedUser } from '@a2a-js/sdk/server';
import type { User } from '@a2a-js/sdk/server';
import { agentCardHandler, jsonRpcHandler, restHandler } from '@a2a-js/sdk/server/express';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import { demoCard, extendedCard } from './a2a/card.ts';
import { DemoExecutor } from './a2a/executor.ts';
import type { Effects, Scenario } from './a2a/executor.ts';
import { DemoTasks } from './a2a/tasks.ts';

export interface A2aServerOptions {
  readonly port?: number;
  readonly name?: string;
  readonly version?: string;
  /** token -> account; none: everybody may call, as one and the same account. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** the account `operator` sees everybody's tasks. */
  readonly shared?: boolean;
  /** speaks 0.3 too. */
  readonly compat03?: boolean;
  /** knows nothing but 0.3. */
  readonly only03?: boolean;
  readonly signed?: boolean;
  readonly streaming?: boolean;
  /** offers HTTP+JSON and no JSON-RPC. */
  readonly restOnly?: boolean;
  /** tasks are kept there over a restart. */
  readonly stateFile?: string;
  readonly stepMs?: number;
  readonly steps?: number;
}

export interface A2aServer {
  readonly url: string;
  /** the public key that the card is signed with; null: it is not signed. */
  readonly publicKey: JWK | null;
  /** Starts a task as that account, through the protocol; its id, or null when the agent only answered with a message. */
  start(scenario: Scenario, options?: { readonly account?: string; readonly text?: string }): Promise<string | null>;
  effects(taskId: string): Effects;
  /** how often each operation was asked for. */
  readonly counts: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

interface Parts { readonly handler: DefaultRequestHandler; readonly compat: boolean; readonly only03: boolean; readonly userOf: (req: Request) => User | null; readonly counts: Record<string, number> }

function buildApp({ handler, compat, only03, userOf, counts }: Parts): express.Express {
  const app = express();
  app.disable('x-powered-by');
  // A server of the old days does not know the header and answers as it always did.
  if (only03) app.use((req, _res, next) => { delete req.headers['a2a-version']; next(); });
  const legacyCompat = { enabled: compat };
  const userBuilder = (req: Request): Promise<User> => Promise.resolve(userOf(req) ?? new UnauthenticatedUser());
  const guard = (req: Request, res: Response, next: NextFunction): void => {
    if (userOf(req) === null) {
      res.status(401).set('WWW-Authenticate', 'Bearer realm="supplier desk"').json({ error: 'a valid token is needed' });
      return;
    }
    next();
  };
  const count = (req: Request, _res: Response, next: NextFunction): void => {
    const method: unknown = (req.body as { method?: unknown } | undefined)?.method;
    const name = typeof method === 'string' ? method : `${req.method} ${req.path.replace(/[0-9a-f-]{36}/g, ':id')}`;
    counts[name] = (counts[name] ?? 0) + 1;
    next();
  };
  app.use('/.well-known/agent-card.json', count, agentCardHandler({ agentCardProvider: handler, legacyCompat }));
  app.use('/rpc', guard, express.json(), count, jsonRpcHandler({ requestHandler: handler, userBuilder, legacyCompat }));
  app.use('/rest', guard, count, restHandler({ requestHandler: handler, userBuilder, legacyCompat }));
  return app;
}

function listen(app: express.Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1');
    server.once('listening', () => resolve(server));
    server.once('error', reject);
  });
}

/** Callers of the protocol, one for each account. */
function callers(card: AgentCard, tokens: Readonly<Record<string, string>>): (account: string) => Promise<Client> {
  const known = new Map<string, Promise<Client>>();
  return (account) => {
    const token = Object.keys(tokens).find((one) => tokens[one] === account);
    const fetchImpl: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    };
    const legacyCompat = { enabled: true };
    const made = known.get(account) ?? new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
      transports: [new JsonRpcTransportFactory({ fetchImpl, legacyCompat }), new RestTransportFactory({ fetchImpl, legacyCompat })], clientConfig: { polling: true },
    })).createFromAgentCard(card);
    known.set(account, made);
    return made;
  };
}

async function signer(signed: boolean): Promise<{ readonly sign: ReturnType<typeof generateAgentCardSignature> | undefined; readonly publicKey: JWK | null }> {
  if (!signed) return { sign: undefined, publicKey: null };
  const pair = await generateKeyPair('ES256');
  const kid = crypto.randomUUID();
  const make = generateAgentCardSignature(pair.privateKey, { alg: 'ES256', kid, typ: 'JOSE' });
  // Signed once for each card: ECDSA gives another signature each time, and with it another ETag for the same card.
  const made = new Map<AgentCard, Promise<AgentCard>>();
  const sign = (card: AgentCard): Promise<AgentCard> => {
    const one = made.get(card) ?? make({ ...card, signatures: [] });
    made.set(card, one);
    return one;
  };
  return { sign, publicKey: { ...await exportJWK(pair.publicKey), kid, alg: 'ES256' } };
}

function account(tokens: Readonly<Record<string, string>>): (req: Request) => User | null {
  if (Object.keys(tokens).length === 0) return () => new UnauthenticatedUser();
  return (req) => {
    const name = tokens[/^Bearer (.+)$/i.exec(req.header('authorization') ?? '')?.[1] ?? ''];
    return name === undefined ? null : { isAuthenticated: true, userName: name };
  };
}

export async function startA2aServer(options: A2aServerOptions = {}): Promise<A2aServer> {
  const { tokens = {}, only03 = false, compat03 = false } = options;
  const store = new DemoTasks({ operator: options.shared ? 'operator' : null, stateFile: options.stateFile ?? null });
  await store.open();
  const executor = new DemoExecutor({ stepMs: options.stepMs ?? 250, steps: options.steps ?? 20 });
  const { sign, publicKey } = await signer(options.signed ?? false);
  const counts: Record<string, number> = {};
  // The port is only known once it listens, and the card names it: the real app is put in place then.
  let app: express.Express | null = null;
  const server = await listen(express().use((req, res, next) => { if (app) app(req, res, next); else res.status(503).end(); }), options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const card = demoCard({
    url, name: options.name ?? 'Supplier desk', version: options.version ?? '2.3.0', needsToken: Object.keys(tokens).length > 0,
    speaks: only03 ? '0.3' : compat03 ? 'both' : '1.0', streaming: options.streaming ?? true, restOnly: options.restOnly ?? false,
  });
  const buses = new DefaultExecutionEventBusManager(() => 'everybody');
  const extended = extendedCard(card);
  const handler = new DefaultRequestHandler(card, store, executor, buses, undefined, undefined, extended, sign);
  app = buildApp({ handler, compat: compat03 || only03, only03, userOf: account(tokens), counts });
  const callerOf = callers(card, tokens);

  const start: A2aServer['start'] = async (scenario, { account: as = Object.values(tokens)[0] ?? 'anybody', text = '' } = {}) => {
    const caller = await callerOf(as);
    const parts = [{ content: { $case: 'text' as const, value: text === '' ? scenario : text }, mediaType: 'text/plain', filename: '', metadata: undefined }];
    const reply = await caller.sendMessage({
      tenant: '', metadata: undefined, configuration: undefined,
      message: { messageId: crypto.randomUUID(), taskId: '', contextId: '', role: Role.ROLE_USER, parts, metadata: { scenario }, extensions: [], referenceTaskIds: [] },
    });
    return 'id' in reply ? reply.id : null;
  };
  const effects: A2aServer['effects'] = (taskId) => ({ ...(executor.effects.get(taskId) ?? { ticks: 0, lastAtMs: 0 }) });
  const stop = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  app.get('/demo/effects/:id', (req, res) => { res.json(effects(req.params.id)); });
  app.get('/demo/counts', (_req, res) => { res.json(counts); });
  app.post('/demo/start', express.json(), async (req: Request<unknown, unknown, { scenario: Scenario; account?: string; text?: string }>, res) => {
    const { scenario, account: as, text } = req.body;
    res.json({ id: await start(scenario, { ...(as === undefined ? {} : { account: as }), ...(text === undefined ? {} : { text }) }) });
  });
  return { url, publicKey, start, effects, counts, stop };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' }, name: { type: 'string' }, shared: { type: 'boolean' }, compat03: { type: 'boolean' }, only03: { type: 'boolean' },
      signed: { type: 'boolean' }, 'no-streaming': { type: 'boolean' }, 'rest-only': { type: 'boolean' }, state: { type: 'string' }, step: { type: 'string', default: '250' }, steps: { type: 'string', default: '20' },
    },
  });
  const server = await startA2aServer({
    port: Number(values.port), tokens: JSON.parse(process.env['A2A_TOKENS'] ?? '{}') as Record<string, string>, shared: values.shared ?? false,
    compat03: values.compat03 ?? false, only03: values.only03 ?? false, signed: values.signed ?? false, streaming: !values['no-streaming'], restOnly: values['rest-only'] ?? false,
    stepMs: Number(values.step), steps: Number(values.steps),
    ...(values.name === undefined ? {} : { name: values.name }), ...(values.state === undefined ? {} : { stateFile: values.state }),
  });
  process.stdout.write(`${JSON.stringify({ url: server.url, publicKey: server.publicKey })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => { void server.stop().then(() => process.exit(0)); });
}

// Bundled into the demo this file is not the program, though the bundle is.
if (import.meta.main && import.meta.filename.endsWith('a2a-server.ts')) await main();
