/**
 * What a report holds: the columns of each content, in their order. A content with several kinds of rows says in `row` which one a row is;
 * what another kind of row tells is null in it. Every format writes these columns and no others.
 */
import type { ReportContent } from '../../../shared/reports.ts';

/**
 * How a cell is carried in a row: `text`: string; `time`: ISO 8601 UTC with microseconds, e.g. 2026-02-01T10:00:00.000001Z; `day`: 2026-02-01;
 * `int`: integer number; `micros`: money as an integer of millionths, its currency stands in a column of its own; `bool`; `json`: JSON text. Each may be null: not known, or not of this row.
 */
export type ColumnType = 'text' | 'time' | 'day' | 'int' | 'micros' | 'bool' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** what it tells, for the list of columns that goes with a report. */
  readonly note: string;
  /** names a person (or what may be one). Replaced or removed as the report says (disclose.ts). */
  readonly person?: true;
  /**
   * words of agents, tools, models or runtimes: prompts, answers, arguments, results, errors, descriptions. Hashed, masked or whole as the report says
   * (disclose.ts). Names (of agents, tools, models, services) are no such words: without them a report could not be read, and content level none keeps them too.
   */
  readonly agentText?: true;
  /** it holds such words only where this column matches. */
  readonly agentTextWhere?: { readonly column: string; readonly matches: RegExp };
  /** a sentence of Gatehouse or of a person, in which a person of this row may be named: the name is replaced there too. */
  readonly mayName?: true;
}

export type Cell = string | number | boolean | null;
/** By column name. Every column of its content is there. */
export type Row = Readonly<Record<string, Cell>>;

type Flag = 'person' | 'agentText' | 'mayName';
const column = (type: ColumnType) => (name: string, note: string, ...flags: Flag[]): Column => ({ name, type, note, ...Object.fromEntries(flags.map((flag) => [flag, true])) });
const text = column('text');
const time = column('time');
const day = column('day');
const int = column('int');
const micros = column('micros');
const bool = column('bool');
const json = column('json');

const agent: readonly Column[] = [text('agentId', 'agent, as it is shown: sources that are one agent have one id'), text('agentName', 'its name')];
const connection: readonly Column[] = [text('connectionId', 'connection'), text('connectionName', 'its name, given by a person')];
const tokens: readonly Column[] = [
  int('inputTokens', 'uncached input tokens'), int('outputTokens', 'output tokens, reasoning included'), int('cacheReadTokens', 'tokens read from a cache'),
  int('cacheWriteTokens', 'tokens written to a cache'), int('reasoningTokens', 'output tokens that were reasoning'),
];

const activity: readonly Column[] = [
  text('id', 'activity'), time('time', 'when it began'), time('endTime', 'when it ended; null: not over, or not known'), int('durationUs', 'microseconds'),
  text('kind', 'model_call, tool_call, handoff, approval, denial, error or lifecycle'), text('name', 'what was done: tool, model operation or step'),
  text('status', 'running, ok, error, denied, cancelled or interrupted'), text('decision', 'approved or denied, where one was made of it; null: none'),
  ...agent, text('sourceAgentId', 'the agent as this connection tells it; differs from agentId where several are one'), text('agentService', 'service that told it'), text('agentVersion', 'newest version of the agent that began before it'),
  text('identity', 'as whom the agent acts: own, delegated, borrowed, shared or unknown'), text('identityOf', 'whose account that is', 'person'),
  text('onBehalfOfKind', 'what authority its task names: own, delegated, borrowed, shared or unknown'), text('onBehalfOf', 'on whose authority', 'person'),
  text('taskId', 'task'), text('taskKey', 'the runtime\'s own key of the task'), text('taskKeyKind', 'session, conversation, trace or run'), text('taskName', 'its name', 'agentText'), text('taskOutcome', 'as it stands now'), text('taskOutcomeBasis', 'why it is said so'),
  ...connection, text('connectionKind', 'otlp, langgraph, a2a or mcp'), text('content', 'what the connection keeps of content: none, redacted or full'),
  text('tool', 'name of the tool, of tool calls'), text('model', 'model, of model calls'),
  ...tokens, int('cacheWrite1hTokens', 'of cacheWriteTokens: kept for an hour'), json('otherUnits', 'billed units beyond tokens'),
  micros('cost', 'what it cost'), text('currency', 'of cost'), text('costProvenance', 'reported: the agent told it; computed: the price book; unpriced: units without a known price; null: nothing billed'),
  micros('bookCost', 'what the price book says, also beside a reported cost'), text('bookCurrency', 'of bookCost'),
  text('failureId', 'group of failures of the same kind'), text('errorType', 'as the agent told it'), text('errorMessage', 'as the agent told it', 'agentText'),
  text('parentId', 'activity around it'), text('traceId', 'hex'), text('spanId', 'hex; null: no span told it'), text('parentSpanId', 'hex'),
  text('source', 'normaliser and signal that it came by'), json('notes', 'what an honest reader must know, e.g. clock_skew'), int('records', 'records that told it'),
  json('recordHashes', 'leaf of each record in the sealed digests, hex: [{connectionId, hour, index, leaf}]; [] : from before digests were kept'),
  text('input', 'what went in: prompt, messages, arguments; as the records hold it', 'agentText'), text('output', 'what came out: answer, result', 'agentText'), json('otherText', 'further texts of the records, by attribute', 'agentText'),
];

/** Their sentences quote what the agent asked for; all others are Gatehouse's own. */
const approvalActs = { column: 'action', matches: /^approvals\./ } as const;

const consoleColumns: readonly Column[] = [
  int('seq', 'number in the log, from 1 without holes'), text('id', 'audit entry'), time('at', 'when'), text('actor', 'who', 'person'), text('actorKind', 'desktop, command_line or engine'), text('action', 'what kind of act'),
  text('subject', 'what it was done to'), text('outcome', 'asked (written before the act), done, failed or refused'), { ...text('text', 'in words', 'mayName', 'agentText'), agentTextWhere: approvalActs }, json('details', 'parameters, before and after', 'agentText', 'mayName'),
  text('bodyHash', 'SHA-256 of what may be erased: actor, text, details'), text('previous', 'SHA-256 of the line before'), text('hash', 'SHA-256 of its line'), time('erasedAt', 'when actor, text and details were erased; null: they were not'),
];

const stops: readonly Column[] = [
  text('row', 'order, drill, lever, event or firing'), text('id', 'stop order; of a firing: the firing'), time('at', 'when: ordered, sent, happened or fired'), int('number', 'of the order'), text('stopId', 'order that it belongs to; of a firing: the one it led to'),
  text('scopeKind', 'task, agent, connection, tag or everything'), text('scopeName', 'what was to be stopped'), json('agents', 'agents within the scope'),
  text('level', 'cancel, suspend or revoke'), text('origin', 'by whom or what: person, rule, drill...'), text('state', 'as it stands now'), text('headline', 'in words'),
  text('orderedBy', 'who ordered it', 'person'), text('secondBy', 'who confirmed it', 'person'), text('reasonKind', 'kind of reason'), text('reason', 'in the person\'s words', 'mayName'), text('ticket', 'reference'),
  time('intentAt', 'when it was decided'), time('commandedAt', 'first command sent'), time('firstAnswerAt', 'first answer of a runtime'), time('answeredAt', 'all answered'), time('lastActAt', 'last act of the agents that was seen'),
  time('containedAt', 'from when on no act was seen'), time('verifiedAt', 'when the silence was long enough'), int('silenceS', 'seconds of silence asked'), int('reopened', 'times it came back'), time('endedAt', 'end of watching'), time('releasedAt', 'release'),
  int('landed', 'acts that were seen after the command'),
  ...connection, text('lever', 'lever'), text('leverTitle', 'what it does'), text('leverTarget', 'what it acts upon'), text('leverStep', 'disarm, refuse, cut, end_sessions or revoke'), text('leverState', 'waiting, sent, reported, failed, unknown...'), int('attempts', 'times sent'),
  time('sentAt', 'when it was sent'), time('reportedAt', 'when the runtime answered'), text('reported', 'what the runtime answered: the requested effect, or refused'), text('reportedText', 'in the runtime\'s words', 'agentText'),
  text('confirmed', 'seen from outside: yes, no, not_yet or cannot'), time('confirmedAt', 'when'), text('confirmedText', 'by what'), text('undoState', 'none, open, done or failed'), time('undoneAt', 'when'), text('undoneText', 'in words', 'agentText'),
  text('eventKind', 'kind of event'), text('by', 'who or what', 'person'), text('text', 'in words', 'mayName'),
  text('ruleId', 'rule that fired'), text('ruleName', 'its name'), ...agent, text('activityId', 'activity that it fired on'), bool('fired', 'false: it would have fired (rule on trial)'),
];

const access: readonly Column[] = [
  text('row', 'grant, finding, owner, baseline or change'), text('id', 'grant, finding or change'), time('at', 'when: first seen, found, said, approved or changed'), ...agent, ...connection,
  text('documentId', 'document that gives it'), text('grantKind', 'tool, resource, statement, scope...'), text('name', 'of the grant'), text('description', 'as its source has it', 'agentText'), text('effect', 'allow or deny'),
  text('use', 'used, attempted (denied, never used), not_used or cannot_tell'), text('useWhy', 'why it cannot be told, or by what it was joined'), int('times', 'times used since it was first seen'), int('denied', 'times denied'),
  time('firstUsedAt', 'first use'), time('lastUsedAt', 'newest use'), time('lastDeniedAt', 'newest denial'),
  text('reversibility', 'worst that it allows: read_only, reversible, externally_reversible, irreversible or unknown'), json('classes', 'read, write, delete, administer...'), json('actions', 'as the source has them'), json('resources', 'as the source has them'), json('conditions', 'under which it holds'),
  json('notUnderstood', 'what of the source could not be read', 'agentText'), text('understood', 'whole, partly or not'), text('enforcement', 'enforced, declared, log_only or unknown'), text('dataClass', 'as declared'),
  bool('readOnly', 'the server\'s own claim'), bool('destructive', 'the server\'s own claim'), bool('openWorld', 'the server\'s own claim'), bool('idempotent', 'the server\'s own claim'),
  text('credentialId', 'credential that it belongs to'), text('credentialName', 'its name', 'person'), json('alsoHeldBy', 'other agents that hold it, with their use'), text('source', 'where it was read'),
  time('firstSeen', 'first told'), time('lastSeen', 'last told'), time('goneAt', 'no longer told since'), time('expiresAt', 'ends by itself'),
  text('rule', 'rule of the finding'), text('severity', 'info, attention or serious'), text('text', 'finding or change in words', 'mayName'), text('advice', 'what to do'), text('grantId', 'grant of the finding or change'),
  time('dismissedAt', 'finding dismissed'), text('dismissedBy', 'by whom', 'person'), time('dismissedUntil', 'until'), text('dismissedReason', 'why', 'mayName'),
  text('role', 'owner or sponsor'), text('owner', 'name', 'person'), text('ownerSource', 'runtime or person'), bool('ownerGone', 'said to have left'), text('by', 'who said, approved or changed it', 'person'), text('note', 'of the approval', 'mayName'), json('baseline', 'grants as they were approved'),
  text('what', 'added, removed, changed or back'), bool('widening', 'it allows more than before'),
];

const approvals: readonly Column[] = [
  text('id', 'approval'), ...connection, text('connectionKind', 'kind of connection'), ...agent, text('taskId', 'task that waits'), text('state', 'waiting, approved, rejected, responded, expired, withdrawn or answered_elsewhere'),
  text('kind', 'tool_call, input, auth, gate or unknown'), text('title', 'in a line', 'agentText'), time('askedAt', 'when the runtime asked'), time('seenAt', 'when Gatehouse saw it'), time('expiresAt', 'when the runtime drops it'), time('decidedAt', 'when it was decided'),
  text('decidedBy', 'who decided here; null: nobody yet, or elsewhere', 'person'), text('reason', 'in the person\'s words', 'mayName'), json('answers', 'what the runtime accepts'), bool('destructive', 'declared effects; null: not known'), text('onBehalfOf', 'on whose authority', 'person'),
  text('fingerprint', 'SHA-256 of the request as it was shown'), text('question', 'question of the agent', 'agentText'), json('actions', 'calls with their whole parameters', 'agentText'), json('evidence', 'what the runtime tells beside', 'agentText'), text('note', 'why it cannot be answered here, or a warning'), text('raw', 'the whole request', 'agentText'),
];

const cost: readonly Column[] = [
  text('row', 'day, bill or told_twice (of another source of the same agent, which tells the same: leave it out of sums)'), day('day', 'UTC'), ...connection, ...agent, text('sourceAgentId', 'the agent as this connection tells it'), text('model', 'model'),
  int('tasks', 'tasks that began'), int('activities', 'activities'), int('failures', 'of them failed'), int('denials', 'of them denied'), ...tokens,
  micros('cost', 'known part: reported, and computed where nobody reported'), text('currency', 'of all amounts of the row'), text('costProvenance', 'the weakest in it: reported, computed, unpriced, or billed'), int('unpricedActivities', 'activities whose price is not known; their cost is in no sum'),
  micros('reportedCost', 'of cost: told by agents'), int('reportedActivities', 'activities of it'), micros('bookCost', 'what the price book says of all that it knows'), int('bookActivities', 'activities of it'), micros('onlyComputedCost', 'of cost: what nobody reported'), int('onlyComputedActivities', 'activities of it'),
  micros('billed', 'of a bill'), text('billId', 'bill'), text('billName', 'its name'), text('importedBy', 'who imported it', 'person'), time('importedAt', 'when'),
];

const failures: readonly Column[] = [
  text('row', 'group, day, hit or said'), text('failureId', 'group'), day('day', 'of a day or hit, UTC'), time('at', 'when it was said'), ...agent, ...connection, text('kind', 'kind of the activities'), text('name', 'what failed'),
  text('errorType', 'as the agent told it'), text('errorMessage', 'as the agent told it', 'agentText'), time('firstSeen', 'of the group'), time('lastSeen', 'of the group'), int('count', 'group: over all time; day: of that day'),
  int('tasks', 'tasks hit'), text('taskOutcome', 'how they came out'), text('agentVersion', 'as which version they ran'), micros('ownCost', 'of the calls that failed'), micros('lostCost', 'of the rest of tasks that failed with it'), text('currency', 'of both'),
  int('computedTasks', 'tasks with only computed money'), int('unpricedTasks', 'tasks with money that is not known'), text('state', 'what people said: known, resolved or snoozed'), text('by', 'who said it', 'person'), time('until', 'snoozed until'), text('note', 'in their words', 'mayName'),
];

const gaps: readonly Column[] = [
  text('id', 'gap'), text('connectionId', 'connection; null: all of them'), text('connectionName', 'its name'), time('from', 'not seen from'), time('to', 'to; null: still open'), int('durationUs', 'microseconds within the period'), text('reason', 'kind of reason'), text('text', 'in words'),
];

export const columnsOf: Readonly<Record<ReportContent, readonly Column[]>> = { activity, console: consoleColumns, stops, access, approvals, cost, failures, gaps };
