/**
 * Words of money: the price book, what work cost and how that is known, cost of a finished task, bills.
 * Money is integer micro-units of a currency; days are UTC days, `YYYY-MM-DD`. Prices are decimal texts, never floating sums.
 */
import { z } from 'zod';
import { cost, isoTime, provenance } from './domain.ts';

const day = z.iso.date();

/** Billed units. Tokens are told apart as usage tells them: `input` is uncached input, `output` holds reasoning unless `reasoning` has a price of its own. */
export const priceUnits = [
  'input', 'output', 'reasoning', 'cache_read', 'cache_write', 'cache_write_1h', 'input_audio', 'output_audio', 'cache_read_audio', 'input_image', 'output_image', 'input_video',
  'request', 'web_search', 'file_search', 'image', 'hour',
] as const;
export const priceUnit = z.enum(priceUnits);
export type PriceUnit = z.infer<typeof priceUnit>;

/** `per` units cost `price`: a decimal text with at most 9 digits after the point, e.g. 1,000,000 `input` cost "3.00". `from`: this price holds from so many input tokens of one call on (all of that call). */
export const unitPrice = z.object({ unit: priceUnit, per: z.int().min(1).max(1_000_000_000), price: z.string().regex(/^\d{1,9}(\.\d{1,9})?$/), fromInputTokens: z.int().min(1).optional() });
export type UnitPrice = z.infer<typeof unitPrice>;

/** How a model's name is compared, without regard to case. `*` stands for any rest in `like`. */
export const modelMatch = z.union([
  z.object({ equals: z.string().min(1).max(200) }), z.object({ like: z.string().min(1).max(200) }), z.object({ regex: z.string().min(1).max(500) }),
]);
export type ModelMatch = z.infer<typeof modelMatch>;

export const priceOrigins = ['bundled', 'import', 'local'] as const;
/** One version of one price. Of several that fit the most exact counts: local over import over bundled; then the one that names provider, region, tier; then the latest start. */
export const priceEntry = z.object({
  id: z.string(),
  origin: z.enum(priceOrigins),
  /** as in `gen_ai.provider.name`, e.g. `anthropic`, `openai`, `aws.bedrock`; null: whoever serves the model. */
  provider: z.string().nullable(),
  model: z.string(),
  match: z.array(modelMatch).min(1).max(50),
  region: z.string().nullable(),
  /** service tier as told, e.g. `batch`, `priority`, `flex`; null: the usual one. */
  tier: z.string().nullable(),
  currency: z.string().length(3),
  units: z.array(unitPrice).min(1).max(60),
  /** first day on which it holds; null: as long as the model has been. */
  from: day.nullable(),
  /** first day on which it holds no longer; null: still. */
  to: day.nullable(),
  /** where the price was read: a URL or a sentence. */
  source: z.string(),
  /** when that source was read. */
  sourceDate: day.nullable(),
  changedAt: isoTime.nullable(),
  changedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type PriceEntry = z.infer<typeof priceEntry>;

/** What a person or a file gives for an entry. */
export const priceDraft = priceEntry.pick({ provider: true, model: true, region: true, tier: true, currency: true, units: true, from: true, to: true, source: true, note: true }).extend({
  /** left out: the model's own name exactly. */
  match: z.array(modelMatch).min(1).max(50).optional(),
  model: z.string().trim().min(1).max(200), source: z.string().trim().min(1).max(500), note: z.string().trim().max(1_000).nullable().default(null),
});
export type PriceDraft = z.infer<typeof priceDraft>;

/** One line of a computation: `units` of `unit` at `price` per `per`. `amount` is an exact decimal text in currency units. */
export const costPart = z.object({ unit: priceUnit, units: z.int().nonnegative(), per: z.int(), price: z.string(), amount: z.string() });
/** Why an activity shows the cost that it shows. */
export const costExplained = z.object({
  shown: cost,
  /** as the agent told it. */
  reported: z.object({ amountMicros: z.int(), currency: z.string() }).nullable(),
  computed: z.object({ amountMicros: z.int(), currency: z.string(), entry: priceEntry, parts: z.array(costPart) }).nullable(),
  /** why nothing could be computed; null: it was. */
  whyNot: z.string().nullable(),
  /** circumstances that its price depends on, as told: provider, region, tier. */
  billing: z.object({ provider: z.string().nullable(), region: z.string().nullable(), tier: z.string().nullable() }),
});
export type CostExplained = z.infer<typeof costExplained>;

/** A model that was used and has no price. Provider and tier are those of its newest such call: of a tier that costs otherwise (`priority`), the usual price is no price. */
export const unpricedModel = z.object({ model: z.string(), provider: z.string().nullable(), tier: z.string().nullable(), activities: z.int(), inputTokens: z.int(), outputTokens: z.int(), cacheReadTokens: z.int(), cacheWriteTokens: z.int(), firstSeen: isoTime, lastSeen: isoTime, /** the nearest entry, offered as a start. */ like: z.string().nullable() });
export type UnpricedModel = z.infer<typeof unpricedModel>;

export const priceBook = z.object({
  /** package and version that the bundled part was made from, and when its data was made. */
  bundled: z.object({ source: z.string(), version: z.string(), date: day, entries: z.int() }),
  /** entries of persons and imports. */
  own: z.int(),
  /** set while history is computed anew: what is done and what there is to do. */
  repricing: z.object({ done: z.int(), of: z.int() }).nullable(),
  unpricedModels: z.int(),
});
export type PriceBook = z.infer<typeof priceBook>;

/** Money of one day (or of the whole), side by side. What is shown is billed where a bill covers the day and connection, else reported, else computed. Null: not one figure of that kind. */
export const moneyBySide = z.object({
  billedMicros: z.int().nullable(), reportedMicros: z.int().nullable(), computedMicros: z.int().nullable(),
  /** shown: the sum of the best figure of each activity (or the bill). */
  shown: cost,
  /** of `shown`: what is reported, what is only computed. Billed days have one side only. */
  shownReportedMicros: z.int(), shownComputedMicros: z.int(), shownBilledMicros: z.int(),
  unpriced: z.int(),
});
export type MoneyBySide = z.infer<typeof moneyBySide>;

export const costDay = moneyBySide.extend({ day, /** share of connection time that was seen, 0 to 1; null: nothing was connected. */ seen: z.number().nullable() });
export type CostDay = z.infer<typeof costDay>;

export const costGroups = ['agent', 'owner', 'model', 'kind', 'version', 'connection'] as const;
export type CostGroup = (typeof costGroups)[number];

/** Where money of tasks that began in a period went, by how they came out. Of one row they are its `shown` together; days of the summary tell when it was spent, and bills where there are some. */
export const spendByOutcome = z.object({
  /** spent in tasks that finished, without failed calls. */
  finishedMicros: z.int(),
  /** spent on calls that failed inside tasks that finished. */
  retriedMicros: z.int(),
  /** all of tasks that failed or were cancelled. */
  failedMicros: z.int(),
  /** spent after a stop command was sent for their agent or task. */
  afterStopMicros: z.int(),
  openMicros: z.int(),
  unknownMicros: z.int(),
});

/** Cost per finished task of one group. */
export const costRow = z.object({
  id: z.string(), name: z.string(),
  /** set when the row stands for an agent. */
  agentId: z.string().nullable(),
  finished: z.int(), failed: z.int(), open: z.int(), unknown: z.int(),
  /** Of the tasks of the row: bills know no tasks, so nothing of it is billed, and computed is only what nobody reported. */
  money: moneyBySide,
  spent: spendByOutcome,
  /** all known money of ended tasks by the number that finished; null: none finished, or no money is known. */
  perTaskMicros: z.int().nullable(),
  /** the same if everything that rests on an estimate is off by its error; null with `perTaskMicros`. */
  lowMicros: z.int().nullable(), highMicros: z.int().nullable(),
  /** share of the money of ended tasks (and of what was spent after a stop) that brought no finished task, 0 to 1; null: none known. */
  wasted: z.number().nullable(),
  /** change of `perTaskMicros` against the 14 days before, 1 = doubled; null: nothing to compare with. */
  change: z.number().nullable(),
  /** known money against the bill of the same days and connections, 0.01 = ours is 1 % above it; null: no bill, or rows of what a bill does not tell apart. */
  againstBill: z.number().nullable(),
});
export type CostRow = z.infer<typeof costRow>;

export const costSummary = z.object({
  currency: z.string(),
  /** money in other currencies, never added. */
  others: z.array(cost),
  money: moneyBySide, spent: spendByOutcome,
  finished: z.int(), perTaskMicros: z.int().nullable(), lowMicros: z.int().nullable(), highMicros: z.int().nullable(),
  /** median of the 14 days before the period; null: too few days. */
  medianPerTaskMicros: z.int().nullable(),
  days: z.array(costDay).max(400),
  /** calendar month so far and what it comes to if it goes on so; null: too little to say. */
  month: z.object({ cost, forecastMicros: z.int().nullable(), lowMicros: z.int().nullable(), highMicros: z.int().nullable() }),
  book: priceBook,
  newestBill: z.object({ day, connection: z.string() }).nullable(),
  /** of billed days: how far ours is from the bill, over the days where both are known. */
  agreement: z.object({ days: z.int(), within: z.number() }).nullable(),
  age: isoTime,
});
export type CostSummary = z.infer<typeof costSummary>;

/** One day of one connection with its bill beside what we know, and what explains the difference. */
export const reconciliation = z.object({
  day, connectionId: z.string(), connectionName: z.string(), currency: z.string(),
  billedMicros: z.int().nullable(), reportedMicros: z.int().nullable(), computedMicros: z.int().nullable(),
  /** known to us minus billed; null without a bill. */
  differenceMicros: z.int().nullable(),
  /** each sentence with the part of the difference it may explain, where that can be said. */
  reasons: z.array(z.object({ id: z.enum(['unpriced', 'not_seen', 'reported_differs', 'late', 'not_in_bill', 'unexplained']), text: z.string(), micros: z.int().nullable() })),
});
export type Reconciliation = z.infer<typeof reconciliation>;

/** Bills come as files: FOCUS (CSV), or a CSV with the columns day, amount, currency and, if wanted, model. */
export const billFormats = ['focus', 'csv'] as const;
export const bill = z.object({ id: z.string(), connectionId: z.string(), connectionName: z.string(), name: z.string(), format: z.enum(billFormats), currency: z.string(), from: day, to: day, micros: z.int(), lines: z.int(), /** lines that were not taken, with the reason. */ refused: z.array(z.object({ line: z.int(), reason: z.string() })), importedAt: isoTime, importedBy: z.string() });
export type Bill = z.infer<typeof bill>;

export { provenance };
