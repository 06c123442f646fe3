/**
 * What bodies told, as it crosses between threads: numbers in one array, texts once each. Copying the objects themselves would cost
 * the receiving thread more than reading the body does. Drafts that say something rare cross as they are.
 */
import type { AgentClaim, Draft, DraftBilling } from '../ingest/draft.ts';
import type { Told, ToldDraft } from './assemble/assembler.ts';
import { KEY_KIND, KIND, keyKindWord, kindWord, OUTCOME, outcomeWord, STATUS, statusWord } from './codes.ts';
import type { TellingIds } from './hash.ts';
import type { Place } from './payloads.ts';

/** Whose records they are. */
interface Origin {
  readonly service: string;
  readonly serviceVersion: string;
  readonly aliases: readonly string[] | undefined;
}

export interface ToldColumns {
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  readonly origins: readonly Origin[];
  readonly rare: readonly ToldDraft[];
}

/** Columns of one telling. Texts are places in `texts`, -1 is none; span, parentSpan and key are the numbers that the history knows them by. */
const AT = {
  bits: 0, origin: 1, place: 2, source: 3, trace: 4, span: 5, parentSpan: 6, key: 7, run: 8, agentId: 9, agentName: 10, agentVersion: 11, agentRun: 12, name: 13, model: 14,
  startUs: 15, endUs: 16, input: 17, output: 18, cacheRead: 19, cacheWrite: 20, reasoning: 21, provider: 22, region: 23, tier: 24, cacheWrite1h: 25,
} as const;
const width = 26;

const BIT = {
  explicit: 1, joins: 2, plain: 4, placeholder: 8, endsSession: 16, usage: 32, billing: 64, agent: 128, rare: 256, role: 9, kind: 11, status: 15, outcome: 19, runKind: 23,
} as const;
const roles = ['activity', 'agent', 'structure'] as const;

type Common = 'source' | 'role' | 'traceId' | 'joins' | 'plain' | 'run' | 'agent' | 'kind' | 'name' | 'namePlaceholder' | 'status' | 'statusExplicit'
  | 'startUs' | 'endUs' | 'model' | 'usage' | 'billing' | 'taskOutcome' | 'endsSession';
/** Every other field of a draft: a new one must be named here, or in the columns. */
const rareFields = Object.keys({ startsRun: 1, identity: 1, reportedCost: 1, error: 1, taskName: 1 } satisfies Record<Exclude<keyof ToldDraft, Common>, 1>) as Exclude<keyof ToldDraft, Common>[];

function isRare(draft: ToldDraft): boolean {
  return rareFields.some((field) => draft[field] !== undefined) || draft.billing?.units !== undefined;
}

class Texts {
  readonly list: string[] = [];
  private readonly known = new Map<string, number>();

  at(text: string | undefined): number {
    if (text === undefined) return -1;
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

function bitsOf(draft: ToldDraft): number {
  return (draft.statusExplicit ? BIT.explicit : 0) | (draft.joins === undefined ? 0 : BIT.joins) | (draft.plain === true ? BIT.plain : 0) | (draft.namePlaceholder === true ? BIT.placeholder : 0)
    | (draft.endsSession === true ? BIT.endsSession : 0) | (draft.usage === undefined ? 0 : BIT.usage) | (draft.billing === undefined ? 0 : BIT.billing) | (draft.agent === undefined ? 0 : BIT.agent)
    | (roles.indexOf(draft.role) << BIT.role) | (KIND[draft.kind] << BIT.kind) | (STATUS[draft.status] << BIT.status)
    | ((draft.taskOutcome === undefined ? 0 : OUTCOME[draft.taskOutcome]) << BIT.outcome) | ((draft.run === undefined ? 0 : KEY_KIND[draft.run.kind]) << BIT.runKind);
}

function put(to: Float64Array, row: number, draft: ToldDraft, texts: Texts): void {
  to[row + AT.bits] = bitsOf(draft);
  to[row + AT.source] = texts.at(draft.source);
  to[row + AT.trace] = texts.at(draft.traceId);
  to[row + AT.run] = texts.at(draft.run?.id);
  to[row + AT.agentId] = texts.at(draft.agent?.id);
  to[row + AT.agentName] = texts.at(draft.agent?.name);
  to[row + AT.agentVersion] = texts.at(draft.agent?.version);
  to[row + AT.agentRun] = texts.at(draft.agent?.runId);
  to[row + AT.name] = texts.at(draft.name);
  to[row + AT.model] = texts.at(draft.model);
  to[row + AT.startUs] = draft.startUs;
  to[row + AT.endUs] = draft.endUs ?? Number.NaN;
  if (draft.billing !== undefined) putBilling(to, row, draft.billing, texts);
  const { usage } = draft;
  if (usage === undefined) return;
  to[row + AT.input] = usage.inputTokens;
  to[row + AT.output] = usage.outputTokens;
  to[row + AT.cacheRead] = usage.cacheReadTokens;
  to[row + AT.cacheWrite] = usage.cacheWriteTokens;
  to[row + AT.reasoning] = usage.reasoningTokens;
}

function putBilling(to: Float64Array, row: number, billing: DraftBilling, texts: Texts): void {
  to[row + AT.provider] = texts.at(billing.provider);
  to[row + AT.region] = texts.at(billing.region);
  to[row + AT.tier] = texts.at(billing.tier);
  to[row + AT.cacheWrite1h] = billing.cacheWrite1h ?? Number.NaN;
}

/** `placeOf` gives a record's place as a number that `fromColumns` is given back; -1: the draft has none. */
export function toColumns(told: readonly Told[], placeOf: (place: Place) => number): ToldColumns {
  const numbers = new Float64Array(told.length * width);
  const texts = new Texts();
  const origins: Origin[] = [];
  const rare: ToldDraft[] = [];
  let origin: Told | null = null;
  told.forEach((one, at) => {
    const row = at * width;
    if (origin === null || origin.service !== one.service || origin.serviceVersion !== one.serviceVersion || origin.aliases !== one.aliases) {
      origin = one;
      origins.push({ service: one.service, serviceVersion: one.serviceVersion, aliases: one.aliases });
    }
    numbers[row + AT.origin] = origins.length - 1;
    numbers[row + AT.span] = one.ids.span;
    numbers[row + AT.parentSpan] = one.ids.parentSpan;
    numbers[row + AT.key] = one.ids.key;
    numbers[row + AT.place] = one.payload === null ? -1 : placeOf(one.payload);
    if (isRare(one.draft)) {
      numbers[row + AT.bits] = BIT.rare;
      numbers[row + AT.source] = rare.push(one.draft) - 1;
    } else put(numbers, row, one.draft, texts);
  });
  return { count: told.length, numbers, texts: texts.list, origins, rare };
}

export interface Circumstances {
  readonly connection: number;
  readonly receivedUs: number;
  readonly placeAt: (place: number) => Place;
}

export function fromColumns(columns: ToldColumns, { connection, receivedUs, placeAt }: Circumstances): Told[] {
  const { numbers, origins, rare } = columns;
  const told: Told[] = [];
  for (let at = 0; at < columns.count; at++) {
    const row = at * width;
    const { service, serviceVersion, aliases } = origins[numbers[row + AT.origin] as number] as Origin;
    const place = numbers[row + AT.place] as number;
    const isWhole = numbers[row + AT.bits] === BIT.rare;
    const draft = isWhole ? (rare[numbers[row + AT.source] as number] as ToldDraft) : draftAt(columns, row);
    const payload = place < 0 ? null : placeAt(place);
    const ids: TellingIds = { span: numbers[row + AT.span] as number, parentSpan: numbers[row + AT.parentSpan] as number, key: numbers[row + AT.key] as number };
    told.push(aliases === undefined ? { connection, service, serviceVersion, draft, ids, payload, receivedUs } : { connection, service, serviceVersion, draft, ids, payload, receivedUs, aliases });
  }
  return told;
}

/** Every field is written, in one order: the engine keeps one hidden class for all drafts. */
function draftAt(columns: ToldColumns, row: number): ToldDraft {
  const { numbers } = columns;
  const bits = numbers[row + AT.bits] as number;
  const endUs = numbers[row + AT.endUs] as number;
  const runKind = (bits >> BIT.runKind) & 7;
  const outcome = (bits >> BIT.outcome) & 15;
  return {
    source: textAt(columns, row + AT.source) ?? '',
    role: roles[(bits >> BIT.role) & 3] as Draft['role'],
    traceId: textAt(columns, row + AT.trace) ?? '',
    joins: (bits & BIT.joins) === 0 ? undefined : 'parent',
    plain: (bits & BIT.plain) === 0 ? undefined : true,
    run: runKind === 0 ? undefined : { kind: keyKindWord(runKind) as 'session', id: textAt(columns, row + AT.run) ?? '' },
    startsRun: undefined,
    agent: (bits & BIT.agent) === 0 ? undefined : claimAt(textAt(columns, row + AT.agentId), textAt(columns, row + AT.agentName), textAt(columns, row + AT.agentVersion), textAt(columns, row + AT.agentRun)),
    identity: undefined,
    kind: kindWord((bits >> BIT.kind) & 15),
    name: textAt(columns, row + AT.name) ?? '',
    namePlaceholder: (bits & BIT.placeholder) === 0 ? undefined : true,
    status: statusWord((bits >> BIT.status) & 15),
    statusExplicit: (bits & BIT.explicit) !== 0,
    startUs: numbers[row + AT.startUs] as number,
    endUs: Number.isNaN(endUs) ? undefined : endUs,
    model: textAt(columns, row + AT.model),
    usage: (bits & BIT.usage) === 0 ? undefined : usageAt(numbers, row),
    billing: (bits & BIT.billing) === 0 ? undefined : billingAt(columns, row),
    reportedCost: undefined,
    error: undefined,
    taskOutcome: outcome === 0 ? undefined : outcomeWord(outcome),
    taskName: undefined,
    endsSession: (bits & BIT.endsSession) === 0 ? undefined : true,
  };
}

function textAt({ numbers, texts }: ToldColumns, at: number): string | undefined {
  const text = numbers[at] as number;
  return text < 0 ? undefined : texts[text];
}

function claimAt(id: string | undefined, name: string | undefined, version: string | undefined, runId: string | undefined): AgentClaim {
  return { id, name, version, runId };
}

function billingAt(columns: ToldColumns, row: number): DraftBilling {
  const cacheWrite1h = columns.numbers[row + AT.cacheWrite1h] as number;
  return { provider: textAt(columns, row + AT.provider), region: textAt(columns, row + AT.region), tier: textAt(columns, row + AT.tier), cacheWrite1h: Number.isNaN(cacheWrite1h) ? undefined : cacheWrite1h };
}

function usageAt(numbers: Float64Array, row: number): Draft['usage'] {
  return {
    inputTokens: numbers[row + AT.input] as number,
    outputTokens: numbers[row + AT.output] as number,
    cacheReadTokens: numbers[row + AT.cacheRead] as number,
    cacheWriteTokens: numbers[row + AT.cacheWrite] as number,
    reasoningTokens: numbers[row + AT.reasoning] as number,
  };
}
