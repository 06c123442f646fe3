/** Commands of the kill switch. `stop` prints the plan, then what becomes of the order, line by line; only a verified stop ends with 0. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadinessCell, ReadinessRow, StopOrder, StopOrderDetail, StopPlan, StopScope } from '../../shared/stop.ts';
import { CallFailure } from './call-failure.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { one, paged, pageSize } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import type { StopCommand, TypedScope } from './cli-stop-arguments.ts';
import { certificateText, detailText, eventLine, ms, orderColumns, planText, releasedText, stateLine } from './cli-stop-text.ts';
import { time, visible } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import { plural } from './plural.ts';
import type { Caller } from './control-client.ts';

/** What the program ends with. */
export const exitCodes = { verified: 0, still_acting: 3, unverified: 4, waiting_second: 5, withdrawn: 6, stopping: 7, not_sent: 2 } as const;

type Firing = Extract<StopCommand, { name: 'stop' }>;

const lookEveryMs = 200;
/** Beyond the silence window: work that goes on is told as still acting, not waited for without end. */
const patienceMs = 120_000;

export async function runStopCommand(command: StopCommand, context: CommandContext): Promise<number> {
  const { caller, json, streams } = context;
  switch (command.name) {
    case 'stop': return fire(command, context);
    case 'drill': return watch(await caller.call('stop.drill', { agentId: await findAgent(caller, command.agent), level: command.level }), command.waitMs, context);
    case 'stops': return listStops(command, context);
    case 'stops show': return shown(await caller.call('stop.get', { id: await orderId(caller, command.order) }), detailText, context);
    case 'stops withdraw': return said(await caller.call('stop.withdraw', { id: await orderId(caller, command.order) }), context);
    case 'stops confirm': return watch(await caller.call('stop.second', { id: await orderId(caller, command.order), operatorId: await operatorId(caller, command.operator), passphrase: await passphraseOf(command, context) }), null, context);
    case 'release': return shown(await caller.call('stop.release', { id: await orderId(caller, command.order), reason: command.reason }), releasedText, context);
    case 'certificate': return shown(await caller.call('stop.certificate', { id: await orderId(caller, command.order) }), certificateText, context);
    case 'readiness': {
      if (command.check) await caller.call('stop.checkRights', {});
      const rows = caller.call('stop.readiness', {}).then((answer) => answer.rows);
      await printRows({ pages: one(rows), columns: readinessColumns, json: (row) => row, none: 'No agent is known yet.' }, command.limit ?? 10_000, json, streams);
      return 0;
    }
  }
}

async function shown<T>(value: T, text: (value: T) => string, { json, streams }: CommandContext): Promise<number> {
  await (json ? printJson(value, streams) : printText(text(value), streams));
  return 0;
}

const said = (order: StopOrder, context: CommandContext): Promise<number> => shown(order, (one) => `${stateLine(one, new Date().toISOString())}\n`, context);

async function listStops({ all, agent, limit }: Extract<StopCommand, { name: 'stops' }>, { caller, json, streams }: CommandContext): Promise<number> {
  const most = limit ?? (json ? 10_000 : 100);
  const of = agent === null ? {} : { agentId: await findAgent(caller, agent) };
  const pages = paged((before) => caller.call('stop.list', { state: all ? 'all' : 'open', ...of, limit: pageSize(most), ...(before === undefined ? {} : { before }) }));
  await printRows({ pages, columns: orderColumns, json: (row) => row, none: all ? 'No stop was ever ordered here.' : 'No stop order is open.' }, most, json, streams);
  return 0;
}

async function scopeOf(caller: Caller, scope: TypedScope): Promise<StopScope> {
  switch (scope.kind) {
    case 'task': return { kind: 'task', id: scope.called };
    case 'agent': return { kind: 'agent', id: await findAgent(caller, scope.called) };
    case 'connection': return { kind: 'connection', id: await findConnection(caller, scope.called) };
    case 'tag': return { kind: 'tag', tag: scope.tag };
    case 'everything': return { kind: 'everything' };
  }
}

/** An id, or the number that people say to each other. */
async function orderId(caller: Caller, called: string): Promise<string> {
  if (!/^\d+$/.test(called)) return called;
  for await (const page of paged((before) => caller.call('stop.list', { state: 'all', limit: 1_000, ...(before === undefined ? {} : { before }) }))) {
    const found = page.find((order) => order.number === Number(called));
    if (found) return found.id;
  }
  throw new CallFailure('not_found', `There is no stop order ${called}.`);
}

async function operatorId(caller: Caller, name: string): Promise<string> {
  const { rows } = await caller.call('operators.list', {});
  const found = rows.find((row) => row.id === name || row.name === name);
  if (!found) throw new CallFailure('not_found', `There is no operator called "${name}".`);
  return found.id;
}

async function passphraseOf({ passphrase }: Extract<StopCommand, { name: 'stops confirm' }>, { keys }: CommandContext): Promise<string> {
  const text = passphrase.from === 'stdin' ? await keys.stdin() : keys.variable(passphrase.variable);
  const given = text?.replace(/\r?\n$/, '') ?? '';
  if (given === '') throw new CallFailure('bad_request', 'No passphrase was given. Nothing was confirmed.');
  return given;
}

async function fire(command: Firing, context: CommandContext): Promise<number> {
  const { caller, json, streams, running } = context;
  const plan = await caller.call('stop.plan', { scope: await scopeOf(caller, command.scope), level: command.level, survey: true });
  const levers = ticked(plan, command);
  const shownPlan: StopPlan = { ...plan, levers: plan.levers.map((lever) => ({ ...lever, wanted: levers.includes(lever.id) })) };
  await (json ? line(context, { t: 'plan', plan: shownPlan }) : printText(planText(shownPlan), streams));
  if (levers.length === 0) {
    streams.err.write(`${noLever(plan)} Nothing was sent.\n`);
    return exitCodes.not_sent;
  }
  if (!command.yes && !await agreed(plan, levers.length, context)) {
    streams.err.write('Nothing was sent. To send it without being asked, add --yes.\n');
    return exitCodes.not_sent;
  }
  if (!running) streams.err.write('No engine runs now: this command watches the order until it settles. Holds and the watch after it need an engine (gatehouse serve, or the window).\n');
  const { reasonKind, reason, ticket } = command;
  const order = await caller.call('stop.order', { planId: plan.id, levers, reasonKind, reason, ...(ticket === null ? {} : { ticket }), ...(plan.needs.typed === null ? {} : { typed: plan.needs.typed }) });
  return watch(order, command.waitMs, context);
}

/** One that only waits for a tick is there to be pulled: it must not read as if there were none. */
function noLever(plan: StopPlan): string {
  const able = plan.levers.filter((lever) => lever.problem === null && lever.kind !== 'catalogue').map((lever) => lever.leverId);
  return able.length === 0 ? 'No lever of this plan can be pulled.' : `No lever of this plan is ticked. What could be pulled: ${[...new Set(able)].map((id) => `--with ${id}`).join(', ')}.`;
}

/** The plan's ticks, changed by --with and --without; an id that is not in the plan is a mistake, not a wish. */
function ticked(plan: StopPlan, command: Firing): string[] {
  const named = (id: string): string[] => {
    const found = plan.levers.filter((lever) => lever.leverId === id || lever.id === id);
    if (found.length === 0) throw new CallFailure('bad_request', `The plan has no lever "${id}". It has: ${[...new Set(plan.levers.map((lever) => lever.leverId))].join(', ')}. Nothing was sent.`);
    return found.map((lever) => lever.id);
  };
  const wanted = new Set(plan.levers.filter((lever) => lever.wanted && lever.problem === null).map((lever) => lever.id));
  for (const id of command.with.flatMap(named)) wanted.add(id);
  for (const id of command.without.flatMap(named)) wanted.delete(id);
  return plan.levers.map((lever) => lever.id).filter((id) => wanted.has(id));
}

/** Only where somebody can answer: a script that forgot --yes sends nothing. */
async function agreed(plan: StopPlan, levers: number, { streams, keys }: CommandContext): Promise<boolean> {
  const wanted = plan.needs.typed ?? 'stop';
  streams.err.write(`${plural(levers, 'lever')}. Type ${wanted} and Enter to send: `);
  return (await keys.line()) === wanted;
}

const line = ({ streams }: CommandContext, value: object): Promise<void> => printText(`${JSON.stringify(value)}\n`, streams);

/** Follows the order and prints what is new, until it is verified, cannot be verified, or the patience ends. */
async function watch(begun: StopOrder, waitMs: number | null, context: CommandContext): Promise<number> {
  const told = new Set<string>();
  const endMs = Date.now() + (waitMs ?? begun.silenceS * 1_000 + patienceMs);
  let state: StopOrder['state'] | null = null;
  for (;;) {
    const order = await context.caller.call('stop.get', { id: begun.id }).catch((error: unknown) => { throw hungUp(error, begun); });
    await tellNews(order, told, order.state === state, context);
    state = order.state;
    if (isSettled(order, waitMs !== null) || Date.now() >= endMs) return ended(order, context);
    await pause(lookEveryMs);
  }
}

async function tellNews(order: StopOrderDetail, told: Set<string>, sameState: boolean, context: CommandContext): Promise<void> {
  for (const event of order.events) {
    if (told.has(event.id)) continue;
    told.add(event.id);
    await (context.json ? line(context, { t: 'event', ...event }) : printText(`${eventLine(event)}\n`, context.streams));
  }
  if (sameState) return;
  const at = new Date().toISOString();
  await (context.json ? line(context, { t: 'state', at, state: order.state, headline: order.headline }) : printText(`${stateLine(order, at)}\n`, context.streams));
}

/** SECURITY: whoever reads "hung up" must not believe that the stop is over: the order stands written, and whatever engine comes next goes on with it. */
function hungUp(error: unknown, { number, id }: StopOrder): unknown {
  if (!(error instanceof CallFailure) || error.code !== 'unavailable') return error;
  return new CallFailure('unavailable', `${error.message} Order ${number} (${id}) is written down: what it had let go may have been carried out, and the next engine of this data folder goes on with it by itself. Until then nobody holds or watches. Look at it with: gatehouse stops show ${number}`);
}

/** Who names a time to wait wants to see what it becomes; else what cannot be verified is said at once. */
function isSettled({ state }: StopOrder, patient: boolean): boolean {
  if (state === 'verified' || state === 'waiting_second' || state === 'withdrawn') return true;
  return state === 'unverified' && !patient;
}

async function ended(order: StopOrderDetail, context: CommandContext): Promise<number> {
  const code = exitCodes[order.state];
  const { id, number, state, headline, commandedAt, firstAnswerAt, lastActAt, containedAt, verifiedAt, landed } = order;
  if (context.json) await line(context, { t: 'end', id, number, state, headline, commandedAt, firstAnswerAt, lastActAt, containedAt, verifiedAt, landed, code });
  else await printText(`Order ${number}, ${id}: ${visible(headline)}\n`, context.streams);
  return code;
}

const cell = (value: ReadinessCell): string => `${value.state}${value.kind === null ? '' : ` (${value.kind}${value.tookMs === null ? '' : `, ${ms(value.tookMs)}`})`}${value.triedAt === null ? '' : ` ${time(value.triedAt).slice(0, 10)}`}${value.rights === 'missing' ? ', right missing' : ''}`;
const readinessColumns: readonly Column<ReadinessRow>[] = [
  { head: 'AGENT', cell: (row) => row.agentName, most: 32 }, { head: 'ID', cell: (row) => row.agentId }, { head: 'CONNECTIONS', cell: (row) => row.connectionNames.join(', '), most: 32 }, { head: 'CANCEL', cell: (row) => cell(row.cancel) }, { head: 'SUSPEND', cell: (row) => cell(row.suspend) }, { head: 'REVOKE', cell: (row) => cell(row.revoke) },
  { head: 'CANARY', cell: (row) => (row.canary === null ? '' : `${row.canary.level}${row.canary.everyHours === null ? '' : ` every ${row.canary.everyHours} h`}`) },
];
