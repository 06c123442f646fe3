/** Rows of activity for a report, in the order in which they came in: that is the order of their records in the file, and of the sealed digests. */
import type { Statement } from 'better-sqlite3';
import type { IdentityKind } from '../../../../shared/domain.ts';
import type { Row } from '../../export/columns.ts';
import { basisWord, FLAG, identityWord, keyKindWord, KIND, kindWord, outcomeWord, PROVENANCE, STATUS, statusWord } from '../codes.ts';
import { DigestPlaces } from '../digest-places.ts';
import type { DigestRow } from '../digest-places.ts';
import { iso as hourIso } from '../digests.ts';
import { publicId } from '../ids.ts';
import { agentCells, at, atOrNull, connectionOf, idOrNull, listOrNull } from './report-cells.ts';
import type { ConnectionName } from './report-cells.ts';
import { both, oneOf } from './report-part.ts';
import type { Part } from './report-part.ts';
import { RecordTexts } from './report-texts.ts';
import type { Spot, Told } from './report-texts.ts';
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
    row: 'activity', short: true, from: 'activity a', walk: 'activity a NOT INDEXED', key: ['a.id'], select, rowsOf: (reading, raw) => rowsOf(reading, raw as unknown as readonly Raw[]),
    where: both({ sql: 'a.ts_us >= ? AND a.ts_us < ?', values: [fromUs, toUs] }, oneOf('a.agent', agents)),
  };
}

interface Readers { readonly texts: RecordTexts; readonly places: DigestPlaces; readonly further: Statement<[number], Spot> }
const readers = new WeakMap<Reading, Readers>();

function readersOf(reading: Reading): Readers {
  let own = readers.get(reading);
  if (own === undefined) {
    own = { texts: new RecordTexts(reading.db), places: new DigestPlaces(reading.db), further: reading.db.prepare('SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0 ORDER BY block, slot') };
    readers.set(reading, own);
  }
  return own;
}

/** One after the other, as they are asked for: their texts together may be large. */
function* rowsOf(reading: Reading, raw: readonly Raw[]): Generator<Row> {
  const { texts, places, further } = readersOf(reading);
  places.begin();
  const page = new Page(reading, places, raw);
  for (const row of raw) {
    const more = row.further > 0 ? further.all(row.id) : [];
    yield rowOf(page, row, texts.of(row, more), page.leaves(row, more));
  }
}

interface AgentFacts {
  readonly agentId: string | null; readonly agentName: string | null; readonly sourceAgentId: string; readonly identity: IdentityKind; readonly identityOf: string | null;
  readonly connectionId: string | null; readonly connection: ConnectionName; readonly versions: readonly { readonly version: string; readonly firstUs: number }[];
}
interface StoredTask { readonly id: number; readonly key: string; readonly keyKind: number; readonly name: string; readonly outcome: number; readonly basis: number }
interface TaskFacts { readonly id: string; readonly key: string | null; readonly keyKind: string | null; readonly name: string | null; readonly outcome: string | null; readonly basis: string | null }

/** What many rows of a page share. */
class Page {
  readonly reading: Reading;
  private readonly places: DigestPlaces;
  private readonly agents = new Map<number, AgentFacts>();
  private readonly tasks = new Map<number, TaskFacts>();
  private readonly digests = new Map<DigestRow, string>();
  /** tasks of which anybody told on whose authority they run. */
  private readonly authorised: ReadonlySet<number>;

  constructor(reading: Reading, places: DigestPlaces, raw: readonly Raw[]) {
    this.reading = reading;
    this.places = places;
    const tasks = JSON.stringify([...new Set(raw.map(({ task }) => task))]);
    for (const one of reading.sql<[string], StoredTask>('SELECT t.id, t.key, t.key_kind AS keyKind, t.name, t.outcome, t.basis FROM json_each(?) j JOIN task t ON t.id = j.value').all(tasks)) {
      this.tasks.set(one.id, { id: publicId('task', one.id), key: one.key, keyKind: keyKindWord(one.keyKind), name: one.name || null, outcome: outcomeWord(one.outcome), basis: basisWord(one.basis) });
    }
    this.authorised = new Set(reading.sql<[string], { task: number }>('SELECT j.value AS task FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM task_authority WHERE task = j.value)').all(tasks).map(({ task }) => task));
  }

  agent(id: number): AgentFacts {
    let found = this.agents.get(id);
    if (found === undefined) {
      const row = this.reading.sql<[number], { identity: number; identityOf: string | null; connection: number }>('SELECT identity, identity_of AS identityOf, connection FROM agent WHERE id = ?').get(id);
      const versions = this.reading.sql<[number], { version: string; firstUs: number }>('SELECT version, first_us AS firstUs FROM agent_version WHERE agent = ? ORDER BY first_us DESC').all(id);
      const connection = connectionOf(this.reading, row?.connection ?? 0);
      found = { ...agentCells(this.reading, id), sourceAgentId: publicId('agent', id), identity: identityWord(row?.identity ?? 5), identityOf: row?.identityOf ?? null, connectionId: idOrNull('connection', connection.id), connection, versions };
      this.agents.set(id, found);
    }
    return found;
  }

  /** One that is not there has nothing but its number. */
  task(id: number): TaskFacts {
    return this.tasks.get(id) ?? { id: publicId('task', id), key: null, keyKind: null, name: null, outcome: null, basis: null };
  }

  authority({ task, agent }: Raw): ReturnType<Reading['authority']> {
    return this.authorised.has(task) ? this.reading.authority(task, agent) : null;
  }

  /** Each of its records once, its first telling first. */
  leaves(own: Spot, further: readonly Spot[]): string {
    if (further.length === 0) return `[${own.block === 0 ? '' : (this.leaf(own.block, own.slot) ?? '')}]`;
    const places = [own, ...further].filter(({ block, slot }, at, all) => block !== 0 && (at === 0 || all.findIndex((one) => one.block === block && one.slot === slot) === at));
    const told = places.flatMap(({ block, slot }) => this.leaf(block, slot) ?? []);
    return `[${told.join(',')}]`;
  }

  private leaf(block: number, slot: number): string | null {
    const standing = this.places.at(block, slot);
    if (standing === null) return null;
    const { digest, index, leaf } = standing;
    let head = this.digests.get(digest);
    if (head === undefined) this.digests.set(digest, head = `{"connectionId":"${publicId('connection', digest.connection)}","hour":"${hourIso(digest.hour)}","index":`);
    return `${head}${index},"leaf":"${leaf.toString('hex')}"}`;
  }
}

/** SECURITY: in the order of the columns, which others rely on; a test compares the two. */
function rowOf(page: Page, row: Raw, told: Told, recordHashes: string): Row {
  const { reading } = page;
  const agent = page.agent(row.agent);
  const task = page.task(row.task);
  const text = (id: number | null): string | null => (id === null || id === 0 ? null : reading.texts.of(id) || null);
  const authority = page.authority(row);
  const name = reading.texts.of(row.name);
  const used = row.input !== null;
  return {
    id: publicId('activity', row.id), time: at(row.ts), endTime: atOrNull(row.status === STATUS.running || row.dur === null ? null : row.ts + row.dur), durationUs: row.dur,
    kind: kindWord(row.kind), name, status: statusWord(row.status), decision: decisionOf(row),
    agentId: agent.agentId, agentName: agent.agentName, sourceAgentId: agent.sourceAgentId, agentService: text(row.service), agentVersion: agent.versions.find(({ firstUs }) => firstUs <= row.ts)?.version ?? null,
    identity: agent.identity, identityOf: agent.identityOf, onBehalfOfKind: authority?.kind ?? null, onBehalfOf: authority?.of ?? null,
    taskId: task.id, taskKey: task.key, taskKeyKind: task.keyKind, taskName: task.name, taskOutcome: task.outcome, taskOutcomeBasis: task.basis,
    connectionId: agent.connectionId, connectionName: agent.connection.name, connectionKind: agent.connection.kind, content: agent.connection.content,
    tool: row.kind === KIND.tool_call ? name : null, model: text(row.model),
    inputTokens: row.input, outputTokens: used ? (row.output ?? 0) : null, cacheReadTokens: used ? (row.cacheRead ?? 0) : null, cacheWriteTokens: used ? (row.cacheWrite ?? 0) : null, reasoningTokens: used ? (row.reasoning ?? 0) : null,
    cacheWrite1hTokens: row.cacheWrite1h, otherUnits: row.units,
    cost: row.micros, currency: row.micros === null ? null : reading.texts.of(row.currency) || 'USD', costProvenance: provenanceOf(row),
    bookCost: row.computed, bookCurrency: row.computed === null ? null : reading.texts.of(row.computedCurrency) || 'USD',
    failureId: idOrNull('failure', row.failure), errorType: text(row.errorType), errorMessage: text(row.errorMessage), parentId: idOrNull('activity', row.parent),
    traceId: row.traceId, spanId: told.spanId, parentSpanId: told.parentSpanId, source: reading.texts.of(row.source), notes: notesOf(row, told), records: 1 + row.further,
    recordHashes, input: told.input, output: told.output, otherText: told.other,
  };
}

function decisionOf({ kind, status }: Raw): string | null {
  if (kind === KIND.denial || status === STATUS.denied) return 'denied';
  return kind === KIND.approval && status === STATUS.ok ? 'approved' : null;
}

const provenanceWords: Readonly<Record<number, string>> = { [PROVENANCE.billed]: 'billed', [PROVENANCE.reported]: 'reported', [PROVENANCE.computed]: 'computed', [PROVENANCE.unpriced]: 'unpriced' };

function provenanceOf({ micros, provenance }: Raw): string | null {
  if (micros === null) return provenance === PROVENANCE.unpriced ? 'unpriced' : null;
  return provenanceWords[provenance ?? PROVENANCE.reported] ?? 'reported';
}

const noted = FLAG.clockSkew | FLAG.badDuration | FLAG.interruptedInferred;

function notesOf({ flags }: Raw, told: Told): string | null {
  if ((flags & noted) === 0 && told.gone === 0 && !told.more) return null;
  return listOrNull([
    ...((flags & FLAG.clockSkew) !== 0 ? ['clock_skew'] : []), ...((flags & FLAG.badDuration) !== 0 ? ['bad_duration'] : []), ...((flags & FLAG.interruptedInferred) !== 0 ? ['interrupted_inferred'] : []),
    ...(told.gone > 0 ? [`${told.gone} record${told.gone === 1 ? '' : 's'} gone`] : []), ...(told.more ? ['texts of the first 200 records'] : []),
  ]);
}
