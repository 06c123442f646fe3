/** What the price of a model call depends on besides its model and tokens: who served it, where, in which service tier, and units beyond tokens. */
import type { PriceUnit } from '../../../../shared/cost.ts';
import { tierOf } from '../../cost/names.ts';
import type { Draft } from '../draft.ts';
import type { Attrs } from '../record.ts';
import { genai } from './genai-names.ts';
import { nameOf, text, tokens } from './read.ts';

type Billing = NonNullable<Draft['billing']>;
type Keys = readonly string[];

/** What a response was served in counts before what was asked for. */
const tierKeys: Keys = [
  'openai.response.service_tier', 'anthropic.response.service_tier', 'gen_ai.openai.response.service_tier', 'openai.request.service_tier', 'gen_ai.openai.request.service_tier',
];
/** Anthropic's fast mode has a price of its own. */
const speedKey = 'anthropic.usage.speed';
const keptKeys: Keys = ['anthropic.usage.cache_creation.ephemeral_1h_input_tokens'];
const regionKeys: Keys = ['cloud.region'];

/** Counted beside or inside the tokens; `electron/engine/cost/price.ts` says which. Only names that a source documents. */
const unitKeys: readonly (readonly [PriceUnit, Keys])[] = [
  ['web_search', ['anthropic.usage.server_tool_use.web_search_requests']],
  ['input_audio', ['llm.token_count.prompt_details.audio', 'gen_ai.usage.prompt_tokens_details.audio_tokens']],
  ['output_audio', ['llm.token_count.completion_details.audio', 'gen_ai.usage.completion_tokens_details.audio_tokens']],
];

export const billingWanted: Keys = [...tierKeys, speedKey, ...keptKeys, ...regionKeys, ...unitKeys.flatMap(([, keys]) => keys)];

/** Most calls tell a provider and nothing else: such facts are the same object. SECURITY: strangers choose the names, so few are kept. */
const keptProviders = 256;
const byProvider = new Map<string, Billing>();

function onlyProvider(name: string): Billing {
  const known = byProvider.get(name);
  if (known !== undefined) return known;
  if (byProvider.size >= keptProviders) byProvider.clear();
  const billing: Billing = { provider: name };
  byProvider.set(name, billing);
  return billing;
}

function tierIn(attrs: Attrs): string | undefined {
  if (attrs[speedKey] === 'fast') return 'fast';
  const tier = tierOf(text(attrs, tierKeys));
  return tier === '' ? undefined : nameOf({ tier }, ['tier']);
}

function unitsIn(attrs: Attrs): Billing['units'] {
  let units: Partial<Record<PriceUnit, number>> | undefined;
  for (const [unit, keys] of unitKeys) {
    const count = tokens(attrs, keys);
    if (count !== undefined && count > 0) units = { ...units, [unit]: count };
  }
  return units;
}

/** Undefined when a record tells none of it. */
export function billingOf(attrs: Attrs, providerKeys: Keys): Draft['billing'] {
  const provider = providerKeys.length === 0 ? undefined : nameOf(attrs, providerKeys);
  const region = nameOf(attrs, regionKeys);
  const tier = tierIn(attrs);
  const cacheWrite1h = tokens(attrs, keptKeys);
  const units = unitsIn(attrs);
  if (region === undefined && tier === undefined && cacheWrite1h === undefined && units === undefined) return provider === undefined ? undefined : onlyProvider(provider);
  return { provider, region, tier, cacheWrite1h, units };
}

export function genaiBilling(attrs: Attrs): Draft['billing'] {
  return billingOf(attrs, genai.provider);
}
