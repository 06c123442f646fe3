// Writes electron/engine/cost/bundled-prices.json anew from the installed package: node scripts/price-book.mjs <day on which that version was released, YYYY-MM-DD>
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitForUpdate } from '@pydantic/genai-prices';
import { root, say } from './paths.mjs';

/** @typedef {import('@pydantic/genai-prices').MatchLogic} MatchLogic */
/** @typedef {import('@pydantic/genai-prices').ModelPrice} ModelPrice */
/** @typedef {import('@pydantic/genai-prices').ModelInfo} ModelInfo */
/** @typedef {import('@pydantic/genai-prices').TieredPrices} TieredPrices */

/** The package's price keys: our unit, and how many of it one price is for. What is not named here is left out, and counted below. @type {Readonly<Record<string, readonly [string, number]>>} */
const units = {
  input_mtok: ['input', 1e6], output_mtok: ['output', 1e6], output_reasoning_mtok: ['reasoning', 1e6],
  cache_read_mtok: ['cache_read', 1e6], cache_write_mtok: ['cache_write', 1e6], cache_write_1h_mtok: ['cache_write_1h', 1e6],
  input_audio_mtok: ['input_audio', 1e6], output_audio_mtok: ['output_audio', 1e6], cache_audio_read_mtok: ['cache_read_audio', 1e6],
  input_image_mtok: ['input_image', 1e6], output_image_mtok: ['output_image', 1e6], input_video_mtok: ['input_video', 1e6],
  requests_kcount: ['request', 1e3], web_searches_kcount: ['web_search', 1e3], storage_searches_kcount: ['file_search', 1e3],
  audio_hours: ['hour', 1], input_audio_hours: ['hour', 1],
};

const [date] = process.argv.slice(2);
if (!date || !/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error('Say on which day the installed version was released: `npm view @pydantic/genai-prices time` tells it.');
/** @type {{ name: string, version: string, license: string }} */
const { name, version, license } = JSON.parse(readFileSync(path.join(root, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'));
// Without `updatePrices` this is the data that the package carries; nothing is fetched.
const providers = await waitForUpdate();
if (!providers) throw new Error('The package gave no data.');

/** @type {Map<string, number>} */
const leftOut = new Map();

/** The shortest decimal within nine digits. A few of the package's numbers are thirds or carry the rest of a division. @param {number} value */
const decimal = (value) => value.toFixed(9).replace(/\.?0+$/, '');
/** @param {string} text */
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** `=name`, `~pattern with *`, or `/regular expression`. @param {MatchLogic} logic @returns {string[]} */
function matches(logic) {
  if ('or' in logic) return logic.or.flatMap(matches);
  if ('and' in logic) return [`/^${logic.and.map(ahead).join('')}`];
  if ('equals' in logic) return [`=${logic.equals}`];
  if ('starts_with' in logic) return [`~${logic.starts_with}*`];
  if ('ends_with' in logic) return [`~*${logic.ends_with}`];
  return 'contains' in logic ? [`~*${logic.contains}*`] : [`/${logic.regex}`];
}

/** All of several conditions: each looks ahead from the start. @param {MatchLogic} part */
function ahead(part) {
  if ('starts_with' in part) return `(?=${literal(part.starts_with)})`;
  if ('contains' in part) return `(?=.*${literal(part.contains)})`;
  if ('regex' in part && part.regex.startsWith('^(?!')) return part.regex.slice(1);
  throw new Error(`Not known to this script: ${JSON.stringify(part)}`);
}

/** [unit, per, price, from so many input tokens on]. @param {ModelPrice} prices @returns {(string | number)[][]} */
function unitPrices(prices) {
  const told = new Set();
  return Object.entries(prices).flatMap(([key, price]) => {
    const known = units[key];
    // Two keys of the package are one unit of ours where it prices a recording by the hour.
    if (known && told.has(known[0])) return [];
    if (known) told.add(known[0]);
    if (!known || price === undefined) {
      leftOut.set(key, (leftOut.get(key) ?? 0) + 1);
      return [];
    }
    if (typeof price === 'number') return [[...known, decimal(price)]];
    // The package's tiers begin above `start`, ours at their first token.
    return [[...known, decimal(price.base)], ...price.tiers.map((tier) => [...known, decimal(tier.price), tier.start + 1])];
  });
}

/** Models that the package says cost nothing; others without a price are left out, for nobody knows what they cost. @param {ModelInfo} model */
const free = (model) => model.id.endsWith(':free') || /free of charge|included in the subscription/i.test(model.price_comments ?? '');

/** @param {string} text */
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Versions of one model by the day from which they hold. Of prices by the hour of the day, the one that holds for most of it. @param {ModelInfo} model */
function versions(model) {
  if (free(model)) return { list: [{ from: null, prices: { input_mtok: 0, output_mtok: 0 } }], byHour: false };
  if (!Array.isArray(model.prices)) return { list: [{ from: null, prices: model.prices }], byHour: false };
  const byHour = model.prices.filter(({ constraint }) => constraint?.type === 'time_of_date');
  const windows = byHour.reduce((sum, { constraint }) => sum + (constraint?.type === 'time_of_date' ? (minutes(constraint.end_time) - minutes(constraint.start_time) + 1440) % 1440 : 0), 0);
  const list = model.prices.flatMap(({ constraint, prices }) => (constraint?.type === 'time_of_date' ? [] : [{ from: constraint?.start_date ?? null, prices }]));
  const most = byHour[0];
  return windows > 720 && most ? { list: [{ from: null, prices: most.prices }], byHour: true } : { list, byHour: byHour.length > 0 };
}

let models = 0;
const lines = providers.map((provider) => {
  const rows = provider.models.flatMap((model) => {
    const { list, byHour } = versions(model);
    const held = list.map(({ from, prices }) => [from, unitPrices(prices)]).filter(([, prices]) => prices?.length);
    if (held.length === 0) {
      leftOut.set('models without a price', (leftOut.get('models without a price') ?? 0) + 1);
      return [];
    }
    models += 1;
    return [JSON.stringify(byHour ? [model.id, matches(model.match), held, 1] : [model.id, matches(model.match), held])];
  });
  const head = {
    id: provider.id === 'aws' ? 'aws.bedrock' : provider.id, source: provider.pricing_urls?.[0] ?? null,
    match: provider.provider_match ? matches(provider.provider_match) : [], models: provider.model_match ? matches(provider.model_match) : [], fallback: provider.fallback_model_providers ?? [],
  };
  return `{"about":${JSON.stringify(head)},"rows":[\n${rows.join(',\n')}\n]}`;
});
const about = { source: name, version, license, date, models, leftOut: Object.fromEntries([...leftOut].sort(([one], [other]) => (one < other ? -1 : 1))) };
const text = `{"about":${JSON.stringify(about)},\n"providers":[\n${lines.join(',\n')}\n]}\n`;
writeFileSync(path.join(root, 'electron/engine/cost/bundled-prices.json'), text);
say(`Wrote ${models} models of ${lines.length} providers, ${Math.round(text.length / 1024)} kB; left out: ${[...leftOut].map(([key, times]) => `${key} ${times}`).join(', ')}.`);
