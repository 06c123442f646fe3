/** Commands of alerts and targets: ask the engine, print the answer. */
import { alertRuleDraft } from '../../shared/alerts.ts';
import type { Alert, AlertRule, AlertRuleDraft, AlertTarget, Delivery, TargetConfig, TargetDraft } from '../../shared/alerts.ts';
import type { Params } from '../../shared/contract.ts';
import { CallFailure, readableIssues } from './call-failure.ts';
import type { AlertCommand, TargetWords } from './cli-alerts-arguments.ts';
import { alertColumns, alertText, deliveryColumns, ruleColumns, targetColumns } from './cli-alerts-text.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent } from './cli-find.ts';
import { readKeySource, readTextFile } from './cli-keys.ts';
import { one, paged, pageSize } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import { visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { plural } from './plural.ts';

const tableLimit = 100;
const jsonLimit = 10_000;

/** Answers with the code that the program ends with: a test that did not arrive is no success. */
export async function runAlertCommand(command: AlertCommand, context: CommandContext): Promise<number> {
  const { caller } = context;
  switch (command.name) {
    case 'alerts': await listAlerts(command, context); return 0;
    case 'alerts show': {
      const detail = await caller.call('alerts.get', { id: command.alert });
      return shown(context, detail, alertText(detail));
    }
    case 'alerts say': {
      const { deed, alerts, note } = command;
      const ids = [...alerts];
      const { changed } = deed === 'reopen' ? await caller.call('alerts.reopen', { ids }) : await caller.call(`alerts.${deed}`, { ids, note });
      const words = { acknowledge: 'acknowledged', resolve: 'resolved', reopen: 'opened again' }[deed];
      return shown(context, { changed }, `${plural(changed, 'alert')} ${words}${changed === ids.length ? '' : `; the others are left as they were`}.\n`);
    }
    case 'alerts rules': {
      const [{ rows }, targets] = [await caller.call('alerts.rules', {}), await targetsOf(caller)];
      await printRows<AlertRule>({ pages: one(Promise.resolve(rows)), columns: ruleColumns(targets), json: (row) => row, none: 'There are no rules for alerts.' }, Number.MAX_SAFE_INTEGER, context.json, context.streams);
      return 0;
    }
    case 'alerts save-rule': return saveRule(command, context);
    case 'alerts remove-rule': {
      const rule = await findRule(caller, command.rule);
      await caller.call('alerts.removeRule', { id: rule.id });
      return shown(context, { id: rule.id, removed: true }, `The rule ${visible(rule.name)} was removed. What it had raised counts as resolved.\n`);
    }
    case 'alerts enable-rule': {
      const rule = await findRule(caller, command.rule);
      const saved = await caller.call('alerts.saveRule', { id: rule.id, draft: { ...draftOf(rule), enabled: command.enabled } });
      return shown(context, saved, `The rule ${visible(saved.name)} is ${saved.enabled ? 'on' : 'off'}.\n`);
    }
    default: return ofTargets(command, context);
  }
}

const draftOf = ({ name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled }: AlertRule): AlertRuleDraft => ({ name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled });
const targetsOf = async (caller: Caller): Promise<AlertTarget[]> => (await caller.call('targets.list', {})).rows;

async function listAlerts({ state, agent, rule, text, limit: wanted }: Extract<AlertCommand, { name: 'alerts' }>, { caller, json, streams }: CommandContext): Promise<void> {
  const limit = wanted ?? (json ? jsonLimit : tableLimit);
  const params: Params<'alerts.list'> = { state, ...(agent === null ? {} : { agentId: await findAgent(caller, agent) }), ...(rule === null ? {} : { ruleId: (await findRule(caller, rule)).id }), ...(text === null ? {} : { text }), limit: pageSize(limit) };
  await printRows<Alert>({ pages: paged<Alert>((before) => caller.call('alerts.list', { ...params, ...(before === undefined ? {} : { before }) })), columns: alertColumns, json: (row) => row, none: state === 'all' ? 'No rule has raised an alert.' : 'No alert is open.' }, limit, json, streams);
}

async function saveRule({ file, rule }: Extract<AlertCommand, { name: 'alerts save-rule' }>, context: CommandContext): Promise<number> {
  const { caller, keys } = context;
  const text = file === '-' ? await keys.stdin() : readTextFile(file, keys);
  const saved = await caller.call('alerts.saveRule', { ...(rule === null ? {} : { id: (await findRule(caller, rule)).id }), draft: readDraft(text) });
  return shown(context, saved, `The rule ${saved.id} ${visible(saved.name)} is kept and ${saved.enabled ? 'on' : 'off'}.\n`);
}

/** What `alerts rules --json` prints for one is taken as well: of it only what a person may say. */
function readDraft(text: string): AlertRuleDraft {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new CallFailure('bad_request', 'That is no JSON. Nothing was changed.');
  }
  const read = alertRuleDraft.safeParse(given);
  if (!read.success) throw new CallFailure('bad_request', `That is no rule: ${readableIssues(read.error)}. Nothing was changed.`);
  return read.data;
}

async function findRule(caller: Caller, wanted: string): Promise<AlertRule> {
  return named((await caller.call('alerts.rules', {})).rows, wanted, 'rule for alerts', 'rules for alerts');
}

function named<T extends { readonly id: string; readonly name: string }>(rows: readonly T[], wanted: string, what: string, many: string): T {
  const found = rows.filter((row) => row.id === wanted);
  const matching = found.length > 0 ? found : rows.filter((row) => row.name === wanted);
  if (matching.length > 1) throw new CallFailure('conflict', `${matching.length} ${many} are called "${wanted}". Use an id: ${matching.map((row) => row.id).join(', ')}.`);
  if (matching[0] === undefined) throw new CallFailure('not_found', `No ${what} has the id or the name "${wanted}".`);
  return matching[0];
}

const findTarget = async (caller: Caller, wanted: string): Promise<AlertTarget> => named(await targetsOf(caller), wanted, 'target', 'targets');

async function ofTargets(command: Exclude<AlertCommand, { name: 'alerts' | 'alerts show' | 'alerts say' | 'alerts rules' | 'alerts save-rule' | 'alerts remove-rule' | 'alerts enable-rule' }>, context: CommandContext): Promise<number> {
  const { caller, json, streams, keys } = context;
  switch (command.name) {
    case 'targets':
      await printRows<AlertTarget>({ pages: one(targetsOf(caller)), columns: targetColumns, json: (row) => row, none: 'There is no target: alerts are in the inbox only.' }, Number.MAX_SAFE_INTEGER, json, streams);
      return 0;
    case 'targets deliveries': return deliveries(command, context);
    case 'targets add': {
      const draft = { name: command.targetName, config: configOf(command.kind, command.words, {}, context), quiet: command.words.quiet ?? null, enabled: true };
      return savedTarget(context, { draft, credential: await readKeySource(command.key, keys) });
    }
    case 'targets change': {
      const target = await findTarget(caller, command.target);
      const quiet = command.words.quiet === undefined ? target.quiet : command.words.quiet;
      return savedTarget(context, { id: target.id, draft: { name: command.newName ?? target.name, config: configOf(target.config.kind, command.words, target.config, context), quiet, enabled: target.enabled } });
    }
    case 'targets credential': {
      const target = await findTarget(caller, command.target);
      return savedTarget(context, { id: target.id, draft: targetDraftOf(target), credential: await readKeySource(command.key, keys) });
    }
    case 'targets enable': {
      const target = await findTarget(caller, command.target);
      return savedTarget(context, { id: target.id, draft: { ...targetDraftOf(target), enabled: command.enabled } });
    }
    default: return withTarget(command.name, await findTarget(caller, command.target), context);
  }
}

const targetDraftOf = ({ name, config, quiet, enabled }: AlertTarget): TargetDraft => ({ name, config, quiet, enabled });

async function withTarget(name: 'targets test' | 'targets retry' | 'targets remove', { id, name: called, waiting }: AlertTarget, context: CommandContext): Promise<number> {
  const { caller } = context;
  if (name === 'targets test') {
    const result = await caller.call('targets.test', { id });
    await shown(context, result, `${result.ok ? 'It arrived' : 'It did not arrive'} (${result.ms} ms): ${visible(result.text)}\n`);
    return result.ok ? 0 : 1;
  }
  if (name === 'targets retry') {
    const { deliveries: many } = await caller.call('targets.retry', { id });
    return shown(context, { id, deliveries: many }, `${many === 0 ? 'Nothing' : plural(many, 'delivery', 'deliveries')} will be tried now${context.running ? '' : ': as soon as Gatehouse runs'}.\n`);
  }
  await caller.call('targets.remove', { id });
  return shown(context, { id, removed: true }, `The target ${visible(called)} was removed${waiting === 0 ? '' : `; ${plural(waiting, 'delivery', 'deliveries')} that waited for it will not be sent`}.\n`);
}

async function deliveries({ target, state, limit: wanted }: Extract<AlertCommand, { name: 'targets deliveries' }>, { caller, json, streams }: CommandContext): Promise<number> {
  const limit = wanted ?? (json ? jsonLimit : tableLimit);
  const params: Params<'targets.deliveries'> = { ...(target === null ? {} : { targetId: (await findTarget(caller, target)).id }), ...(state === null ? {} : { state }), limit: pageSize(limit) };
  await printRows<Delivery>({ pages: paged<Delivery>((before) => caller.call('targets.deliveries', { ...params, ...(before === undefined ? {} : { before }) })), columns: deliveryColumns, json: (row) => row, none: 'Nothing was delivered and nothing waits.' }, limit, json, streams);
  return 0;
}

/** The engine says what is missing or wrong: it checks whoever asks. */
function configOf(kind: TargetConfig['kind'], words: TargetWords, before: Partial<TargetConfig>, { keys }: CommandContext): TargetConfig {
  const { quiet: _quiet, caFile, ...said } = words;
  const usual = { email: { port: 587, security: 'starttls' }, syslog: { port: words.transport === 'tls' ? 6514 : 601, transport: 'tcp' }, webhook: {}, slack: {}, desktop: {} }[kind];
  return { ...usual, ...before, ...said, ...(caFile === undefined ? {} : { ca: readTextFile(caFile, keys) }), kind } as TargetConfig;
}

async function savedTarget(context: CommandContext, params: Params<'targets.save'>): Promise<number> {
  const saved = await context.caller.call('targets.save', params);
  return shown(context, saved, `The target ${saved.id} ${visible(saved.name)} is kept and ${saved.enabled ? 'on' : 'off'}. Try it: targets test ${saved.id}\n`);
}

async function shown(context: CommandContext, value: object, text: string): Promise<number> {
  await (context.json ? printJson(value, context.streams) : printText(text, context.streams));
  return 0;
}
