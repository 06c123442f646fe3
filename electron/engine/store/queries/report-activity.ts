/** Rows of activity for a report, in the order in which they came in: that is the order of their records in the file, and of the sealed digests. */
import { columnsOf } from '../../export/columns.ts';
import type { Row } from '../../export/columns.ts';
import { basisWord, FLAG, identityWord, keyKindWord, KIND, kindWord, outcomeWord, PROVENANCE, STATUS, statusWord } from '../codes.ts';
import { DigestPlaces } from '../digest-places.ts';
import type { ActivityRecord } from '../digest-places.ts';
import { iso as hourIso } from '../digests.ts';
import { publicId } from '../ids.ts';
import { agentCells, at, atOrNull, connectionOf, idOrNull, listOrNull, rowMaker } from './report-cells.ts';
import type { ConnectionName } from './report-cells.ts';
import { both, oneOf } from './report-part.ts';
import type { Part } from './report-part.ts';
import { RecordTexts } from './report-texts.ts';
import type { Told } from './report-texts.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';

interface Raw {
  readonly id: number; readonly task: number; readonly agent: number; readonly ts: number; readonly dur: number | null; readonly kind: number; readonly status: number; readonly flags: number; readonly name: number; readonly model: number;
  readonly errorType: number | null; readonly errorMessage: number | null; readonly failure: number | null;
  readonly input: number | null; readonly output: number | null; readonly cacheRead: number | null; readonly cacheWrite: number | null; readonly cacheWrite1h: number | null; readonly reasoning: number | null;
  readonly micros: number | null; readonly currency: number | null; readonly provenance: number | null; readonly computed: number | null; readonly computedCurrency: number | null;
  readonly parent: number | null; readonly service: number; readonly source: number; readonly block: number; readonly slot: number;
  readonly traceId: string | null; readonly units: string | null; readonly further: number;
}

const select = `a.id, a.task, a.agent, a.ts_us AS ts, a.dur_us AS dur, a.kind, a.status, a.flags, a.name, a.model, a.error_type AS errorType, a.error_message AS errorMessage, a.failure,
  a.input, a.output, a.cache_read AS cacheRead, a.cache_write AS cacheWrite, a.cache_write_1h AS cacheWrite1h, a.reasoning, a.micros, a.currency, a.provenance, a.computed, a.computed_currency AS computedCurrency,
  a.parent, a.service, a.source, a.block, a.slot, (SELECT lower(hex(trace_id)) FROM trace WHERE id = a.trace) AS traceId, (SELECT units FROM activity_units WHERE activity = a.id) AS units, (SELECT count(*) FROM extra_ref WHERE activity = a.id) AS further`;

export function activityPart({ agents, fromUs, toUs }: Selection): Part {
  return {
    row: 'activity', from: 'activity a', walk: 'activity a NOT INDEXED', key: ['a.id'], select, rowsOf: (reading, raw) => rowsOf(reading, raw as unknown as readonly Raw[]),
    where: both({ sql: 'a.ts_us >= ? AND a.ts_us < ?', values: [fromUs, toUs] }, oneOf('a.agent', agents)),
  };
}

const readers = new WeakMap<Reading, { readonly texts: RecordTexts; readonly places: DigestPlaces }>();
const make = rowMaker(columnsOf.activity);

/** One after the other, as they are asked for: their texts together may be large. */
function* rowsOf(reading: Reading, raw: readonly Raw[]): Generator<Row> {
  const own = readers.get(reading) ?? { texts: new RecordTexts(reading.db), places: new DigestPlaces(reading.db) };
  readers.set(reading, own);
  const standing = Map.groupBy(own.places.of(raw.map(({ id }) => id)), ({ activity }) => activity);
  const page = new Page(reading);
  for (const row of raw) yield rowOf(reading, page, row, { ...own.texts.of(row.id, row, row.further > 0), leaves: leavesOf(standing.get(row.id) ?? []) });
}

const leavesOf = (records: readonly ActivityRecord[]): string => JSON.stringify(records.flatMap(({ standing }) => (standing === null ? []
  : [{ connectionId: publicId('connection', standing.digest.connection), hour: hourIso(standing.digest.hour), index: standing.index, leaf: standing.leaf.toString('hex') }])));

interface AgentFacts { readonly identity: number; readonly identityOf: string | null; readonly connection: ConnectionName; readonly versions: readonly { readonly version: string; readonly firstUs: number }[] }
interface TaskFacts { readonly key: string; readonly keyKind: number; readonly name: string; readonly outcome: number; readonly basis: number }

/** What many rows of a page share. */
class Page {
  private readonly reading: Reading;
  private readonly agents = new Map<number, AgentFacts>();
  private readonly tasks = new Map<number, TaskFacts | null>();

  constructor(reading: Reading) {
    this.reading = reading;
  }

  agent(id: number): AgentFacts {
    let found = this.agents.get(id);
    if (found === undefined) {
      const row = this.reading.sql<[number], { identity: number; identityOf: string | null; connection: number }>('SELECT identity, identity_of AS identityOf, connection FROM agent WHERE id = ?').get(id);
      const versions = this.reading.sql<[number], { version: string; firstUs: number }>('SELECT version, first_us AS firstUs FROM agent_version WHERE agent = ? ORDER BY first_us DESC').all(id);
      found = { identity: row?.identity ?? 5, identityOf: row?.identityOf ?? null, connection: connectionOf(this.reading, row?.connection ?? 0), versions };
      this.agents.set(id, found);
    }
    return found;
  }

  task(id: number): TaskFacts | null {
    let found = this.tasks.get(id);
    if (found === undefined) this.tasks.set(id, found = this.reading.sql<[number], TaskFacts>('SELECT key, key_kind AS keyKind, name, outcome, basis FROM task WHERE id = ?').get(id) ?? null);
    return found;
  }
}

function rowOf(reading: Reading, page: Page, row: Raw, told: Told & { readonly leaves: string }): Row {
  const agent = page.agent(row.agent);
  const text = (id: number | null): string | null => reading.texts.of(id) || null;
  const authority = reading.authority(row.task, row.agent);
  const name = reading.texts.of(row.name);
  return make({
    id: publicId('activity', row.id), time: at(row.ts), endTime: atOrNull(row.status === STATUS.running || row.dur === null ? null : row.ts + row.dur), durationUs: row.dur,
    kind: kindWord(row.kind), name, status: statusWord(row.status), decision: decisionOf(row),
    ...agentCells(reading, row.agent), sourceAgentId: publicId('agent', row.agent), agentService: text(row.service), agentVersion: agent.versions.find(({ firstUs }) => firstUs <= row.ts)?.version ?? null,
    identity: identityWord(agent.identity), identityOf: agent.identityOf, onBehalfOfKind: authority?.kind ?? null, onBehalfOf: authority?.of ?? null,
    ...taskCells(row.task, page.task(row.task)),
    connectionId: idOrNull('connection', agent.connection.id), connectionName: agent.connection.name, connectionKind: agent.connection.kind, content: agent.connection.content,
    tool: row.kind === KIND.tool_call ? name : null, model: text(row.model), ...moneyCells(reading, row),
    failureId: idOrNull('failure', row.failure), errorType: text(row.errorType), errorMessage: text(row.errorMessage), parentId: idOrNull('activity', row.parent),
    traceId: row.traceId, spanId: told.spanId, parentSpanId: told.parentSpanId, source: reading.texts.of(row.source), notes: notesOf(row, told), records: 1 + row.further,
    recordHashes: told.leaves, input: told.input, output: told.output, otherText: told.other,
  });
}

function decisionOf({ kind, status }: Raw): string | null {
  if (kind === KIND.denial || status === STATUS.denied) return 'denied';
  return kind === KIND.approval && status === STATUS.ok ? 'approved' : null;
}

function taskCells(id: number, task: TaskFacts | null): Record<string, string | null> {
  if (task === null) return { taskId: publicId('task', id) };
  return { taskId: publicId('task', id), taskKey: task.key, taskKeyKind: keyKindWord(task.keyKind), taskName: task.name || null, taskOutcome: outcomeWord(task.outcome), taskOutcomeBasis: basisWord(task.basis) };
}

const provenanceWords: Readonly<Record<number, string>> = { [PROVENANCE.billed]: 'billed', [PROVENANCE.reported]: 'reported', [PROVENANCE.computed]: 'computed', [PROVENANCE.unpriced]: 'unpriced' };

function moneyCells(reading: Reading, row: Raw): Record<string, string | number | null> {
  const used = row.input !== null;
  return {
    inputTokens: row.input, outputTokens: used ? (row.output ?? 0) : null, cacheReadTokens: used ? (row.cacheRead ?? 0) : null, cacheWriteTokens: used ? (row.cacheWrite ?? 0) : null, reasoningTokens: used ? (row.reasoning ?? 0) : null,
    cacheWrite1hTokens: row.cacheWrite1h, otherUnits: row.units, cost: row.micros, currency: row.micros === null ? null : reading.texts.of(row.currency) || 'USD',
    costProvenance: row.micros === null ? (row.provenance === PROVENANCE.unpriced ? 'unpriced' : null) : (provenanceWords[row.provenance ?? PROVENANCE.reported] ?? 'reported'),
    bookCost: row.computed, bookCurrency: row.computed === null ? null : reading.texts.of(row.computedCurrency) || 'USD',
  };
}

function notesOf({ flags }: Raw, told: Told): string | null {
  return listOrNull([
    ...((flags & FLAG.clockSkew) !== 0 ? ['clock_skew'] : []), ...((flags & FLAG.badDuration) !== 0 ? ['bad_duration'] : []), ...((flags & FLAG.interruptedInferred) !== 0 ? ['interrupted_inferred'] : []),
    ...(told.gone > 0 ? [`${told.gone} record${told.gone === 1 ? '' : 's'} gone`] : []), ...(told.more ? ['texts of the first 200 records'] : []),
  ]);
}
