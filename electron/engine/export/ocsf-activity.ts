/** What agents did: calls of tools and models as API activity, reads and writes of data stores, life cycle, errors. */
import type { Row } from './columns.ts';
import { classes } from './ocsf-classes.ts';
import { agentActor, agentColumns, aiAgent, connectionEndpoint, someActor } from './ocsf-entities.ts';
import { compact, failure, named, numberOf, said, success, textOf } from './ocsf-event.ts';
import type { Attributes, Json, OcsfContext, Told } from './ocsf-event.ts';

const statuses: Readonly<Record<string, Told['status']>> = { ok: success, error: failure, denied: failure, cancelled: [99, 'Cancelled'], interrupted: [99, 'Interrupted'], running: [99, 'Running'] };
/** OCSF's four kinds of API calls say what was done to data. Records do not, so nothing is guessed. */
const doings: Readonly<Record<string, string>> = { tool_call: 'Invoke tool', model_call: 'Invoke model', handoff: 'Hand over', approval: 'Ask for approval', denial: 'Denied call', lifecycle: 'Step' };
const storeAttribute = /^(?:db\.|gen_ai\.(?:retrieval|memory|data_source)\.|retrieval\.documents)/;

export function activityEvent(row: Row, context: OcsfContext): Told {
  const kind = textOf(row, 'kind') ?? '';
  const shared = {
    time: textOf(row, 'time'), uid: `activity:${named(row['id'])}`, severity: severityOf(row), status: statuses[textOf(row, 'status') ?? ''] ?? null,
    actor: agentActor(row, context.version) ?? someActor(context.version), ai: aiOf(row, kind, context), attestations: leavesOf(row), control: controlOf(row, kind),
    metadata: { log_name: 'activity', event_code: said(kind), correlation_uid: said(row['taskId']), original_event_uid: said(row['id']) },
  };
  const mapped = ['time', 'errorMessage', ...agentColumns, 'onBehalfOf', 'connectionId', 'connectionName'];
  const general: Attributes = { message: textOf(row, 'errorMessage') ?? undefined, status_code: said(row['errorType']), duration: durationMs(row) };
  if (kind === 'error') return { ...shared, class: classes.failure, activity: 1, attributes: { ...general, message: named(row['errorMessage'], row['name']) }, mapped: ['time', ...agentColumns, 'errorMessage', 'onBehalfOf'] };
  if (kind === 'lifecycle') return { ...shared, class: classes.lifecycle, activity: 99, other: named(row['name'], 'Step'), attributes: { ...general, ...application(row, context) }, mapped: ['time', 'name', 'errorMessage', ...agentColumns, 'onBehalfOf'] };
  if (kind === 'tool_call' && isStore(row)) {
    return { ...shared, class: classes.datastore, activity: 99, other: 'Access', attributes: { ...general, src_endpoint: connectionEndpoint(row), database: { name: named(row['tool'], row['name']), type_id: 0, type: 'Unknown' }, type_id: 1, type: 'Database' }, mapped: [...mapped, 'tool'] };
  }
  return { ...shared, class: classes.api, activity: 99, other: doings[kind] ?? named(kind), attributes: { ...general, src_endpoint: connectionEndpoint(row), api: apiOf(row, kind) }, mapped: [...mapped, ...(kind === 'tool_call' ? ['tool', 'input', 'output'] : [])] };
}

const severityOf = (row: Row): 1 | 3 => (['error', 'denied'].includes(textOf(row, 'status') ?? '') || textOf(row, 'kind') === 'error' ? 3 : 1);

function durationMs(row: Row): number | undefined {
  const us = numberOf(row, 'durationUs');
  return us === null ? undefined : Math.round(us / 1_000);
}

function controlOf(row: Row, kind: string): Told['control'] {
  const decision = textOf(row, 'decision');
  if (kind === 'denial' || textOf(row, 'status') === 'denied') return { action: 2, disposition: 26 };
  if (decision === 'approved') return { action: 1, disposition: 8 };
  return decision === 'denied' ? { action: 2, disposition: 25 } : undefined;
}

function apiOf(row: Row, kind: string): Json {
  const tool = kind === 'tool_call';
  const texts = (name: string): Attributes => (tool && textOf(row, name) !== null ? { data: { [name]: textOf(row, name) } } : {});
  return compact({
    operation: named(row['tool'], row['name'], row['model'], kind),
    service: compact({ name: named(row['connectionName'], row['connectionId']), uid: said(row['connectionId']) }),
    request: compact({ uid: named(row['id']), ...texts('input') }),
    response: compact({ error: said(row['errorType']), error_message: said(row['errorMessage']), ...texts('output') }),
  });
}

/** A record that names what it searched. */
function isStore(row: Row): boolean {
  const text = textOf(row, 'otherText');
  if (text === null || !text.startsWith('{')) return false;
  try {
    return Object.keys(JSON.parse(text) as object).some((name) => storeAttribute.test(name));
  } catch {
    // Text that was cut or hashed names nothing.
    return false;
  }
}

/** Tokens that went in are told with those that came from a cache, as OCSF counts them; our columns beside them keep the parts. */
function aiOf(row: Row, kind: string, { version }: OcsfContext): Attributes {
  const agent = version === '1.8.0' ? undefined : aiAgent(row);
  if (kind !== 'model_call') return { ai_agent: agent };
  const input = total(row, ['inputTokens', 'cacheReadTokens', 'cacheWriteTokens']);
  const output = numberOf(row, 'outputTokens');
  const model = textOf(row, 'model');
  return {
    ai_agent: agent,
    // The columns tell no provider: it is part of many names, and of others it is not known.
    ai_model: model === null ? undefined : { name: model, ai_provider: 'Unknown' },
    message_context: compact({
      uid: said(row['id']), ai_role_id: 4, ai_role: 'Agent', service: { name: named(row['connectionName'], row['connectionId']) },
      prompt_tokens: input, completion_tokens: output, total_tokens: input === null && output === null ? undefined : (input ?? 0) + (output ?? 0),
      prompt_text: textOf(row, 'input'), response_text: textOf(row, 'output'),
    }),
  };
}

function total(row: Row, names: readonly string[]): number | null {
  const known = names.map((name) => numberOf(row, name)).filter((n) => n !== null);
  return known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
}

/** What is started and stopped: a product before 1.9.0, an application since. */
export function application(row: Row, { version }: OcsfContext): Attributes {
  const of = compact({ name: named(row['agentName'], row['agentId']), uid: said(row['agentId']), version: said(row['agentVersion']) });
  return version === '1.8.0' ? { app: of } : { application: of };
}

interface Leaf { readonly connectionId: string; readonly hour: string; readonly index: number; readonly leaf: string }

/** Hashes of the records that told it, as they stand in the sealed digests: they are of the records, not of this event. */
function leavesOf(row: Row): Json[] {
  const text = textOf(row, 'recordHashes');
  if (text === null) return [];
  const leaves = JSON.parse(text) as readonly Leaf[];
  return leaves.map(({ connectionId, hour, index, leaf }) => ({
    uid: `record:${connectionId}:${hour}:${index}`, chain_uid: `digest:${connectionId}:${hour}`, authority_uid: 'Gatehouse',
    fingerprint: { algorithm_id: 3, algorithm: 'SHA-256', value: leaf, encoding_id: 1, encoding: 'Hex', serialization_id: 99, serialization: 'Gatehouse record leaf' },
  }));
}

