/** The part of the price book that comes with the product: `bundled-prices.json`, written by `scripts/price-book.mjs` from a maintained package. */
import { readFileSync } from 'node:fs';
import type { ModelMatch, PriceEntry, PriceUnit, UnitPrice } from '../../../shared/cost.ts';
import { fitOf } from './match.ts';
import type { Fit } from './match.ts';
import { plain } from './names.ts';

interface About { readonly source: string; readonly version: string; readonly license: string; readonly date: string; readonly models: number }
type UnitRow = readonly [PriceUnit, number, string, number?];
/** model, how it is matched, its versions by first day, 1: its price changes with the hour of the day. */
type Row = readonly [string, readonly string[], readonly (readonly [string | null, readonly UnitRow[]])[], 1?];
interface ProviderFile {
  readonly about: { readonly id: string; readonly source: string | null; readonly match: readonly string[]; readonly models: readonly string[]; readonly fallback: readonly string[] };
  readonly rows: readonly Row[];
}
interface File { readonly about: About; readonly providers: readonly ProviderFile[] }

export interface BundledModel {
  readonly fit: Fit;
  /** newest first. */
  readonly entries: readonly PriceEntry[];
}

export interface BundledProvider {
  readonly id: string;
  readonly named: Fit;
  readonly serves: Fit;
  readonly fallback: readonly string[];
  readonly models: readonly BundledModel[];
}

let file: File | null = null;
let providers: readonly BundledProvider[] | null = null;
const byId = new Map<string, BundledProvider>();

/** Beside this file in the source, beside the program where it is built. */
function theFile(): File {
  file ??= JSON.parse(readFileSync(new URL('./bundled-prices.json', import.meta.url), 'utf8')) as File;
  return file;
}

export const bundledAbout = (): About => theFile().about;

export function bundledProviders(): readonly BundledProvider[] {
  if (providers === null) {
    providers = theFile().providers.map(provider);
    for (const one of providers) byId.set(one.id, one);
    const aws = byId.get('aws.bedrock');
    if (aws !== undefined) byId.set('aws', aws);
  }
  return providers;
}

export function bundledProvider(id: string): BundledProvider | undefined {
  bundledProviders();
  return byId.get(id);
}

/** Names that neither are an id of the package nor fit its patterns. */
const otherNames: Readonly<Record<string, string>> = {
  'gcp.gen_ai': 'google', az: 'azure', azure_openai: 'azure', 'azure-openai': 'azure', azure_ai: 'azure', x_ai: 'x-ai', xai: 'x-ai', togetherai: 'together', together_ai: 'together',
  fireworks_ai: 'fireworks', 'fireworks-ai': 'fireworks', moonshot: 'moonshotai', github_copilot: 'github-copilot', z_ai: 'zai', perplexity_ai: 'perplexity',
};

/** The bundled provider that telemetry means by `aws.bedrock`, `openai.responses`, `gcp.vertex_ai`...; undefined: none of them. */
export function providerNamed(text: string): BundledProvider | undefined {
  const name = plain(text);
  if (name === '') return undefined;
  const first = name.split(/[.:/]/, 1)[0] ?? '';
  const other = otherNames[name] ?? otherNames[first];
  return bundledProvider(other ?? name) ?? bundledProvider(first) ?? bundledProviders().find((one) => one.named(name) >= 0);
}

/** Who makes models of that name, where nobody says who served it. */
export function providerServing(name: string): BundledProvider | undefined {
  return bundledProviders().find((one) => one.serves(name) >= 0);
}

function provider({ about, rows }: ProviderFile): BundledProvider {
  const models = rows.map((row): BundledModel => {
    const match = row[1].map(modelMatch);
    return { fit: fitOf(match, 'apart'), entries: entriesOf(about.id, about.source, row, match) };
  });
  return { id: about.id, named: fitOf(about.match.map(modelMatch)), serves: fitOf(about.models.map(modelMatch)), fallback: about.fallback, models };
}

function modelMatch(text: string): ModelMatch {
  const rest = text.slice(1);
  if (text.startsWith('=')) return { equals: rest };
  return text.startsWith('~') ? { like: rest } : { regex: rest };
}

function entriesOf(id: string, source: string | null, [model, , versions, byHour]: Row, match: ModelMatch[]): readonly PriceEntry[] {
  const { about } = theFile();
  return versions.map(([from, units], at): PriceEntry => ({
    id: `${id}/${model}${from === null ? '' : `@${from}`}`, origin: 'bundled', provider: id, model, match, region: null, tier: null, currency: 'USD',
    units: units.map(unitPrice), from, to: versions[at + 1]?.[0] ?? null,
    source: source === null ? `${about.source} ${about.version}` : `${source} (by ${about.source} ${about.version})`, sourceDate: about.date, changedAt: null, changedBy: null,
    note: byHour === 1 ? 'This provider has another price at some hours of the day. This is the one that holds for most of it.' : null,
  })).reverse();
}

function unitPrice([unit, per, price, from]: UnitRow): UnitPrice {
  return from === undefined ? { unit, per, price } : { unit, per, price, fromInputTokens: from };
}
