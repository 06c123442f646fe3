/** Answers that are JSON, or events with JSON in them, made into something else. */
import type { Answer, Behaviour, Recorded } from './fault-proxy.ts';

export type Rewrite = (value: unknown, request: Recorded) => unknown;

/** JSON text, or what is to stand in its place as it is. */
type RewriteText = (text: string, request: Recorded) => string;

export function rewriting(rewrite: Rewrite, ask?: (request: Recorded) => Recorded): Behaviour {
  return rewritingText((text, request) => JSON.stringify(rewrite(JSON.parse(text), request)) ?? 'null', ask);
}

export function rewritingText(rewrite: RewriteText, ask?: (request: Recorded) => Recorded): Behaviour {
  return async (exchange) => {
    const answer = await exchange.forward(ask?.(exchange.request));
    exchange.send({ ...answer, body: rewriteBody(answer, exchange.request, rewrite) });
  };
}

function rewriteBody({ headers, body }: Answer, request: Recorded, rewrite: RewriteText): string {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) return body.replace(/^data: ?(.+)$/gm, (line, data: string) => (/^\s*[[{]/.test(data) ? `data: ${rewrite(data, request)}` : line));
  return type.includes('json') && body !== '' ? rewrite(body, request) : body;
}

/** Every value, its own before its parents'. `envelope`: keys of the protocol's own frame stay as they are, or the answer would belong to no question. */
export function mapValues(value: unknown, change: (value: unknown, key: string | null) => unknown, key: string | null = null): unknown {
  if (Array.isArray(value)) return change(value.map((one: unknown) => mapValues(one, change)), key);
  if (typeof value === 'object' && value !== null) return change(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapValues(one, change, name)])), key);
  return change(value, key);
}

const frame: ReadonlySet<string | null> = new Set(['jsonrpc', 'id', 'resultType']);

/** Numbers where texts belong, texts where objects belong, nothing where lists belong. */
export const wrongTypes: Rewrite = (value) => mapValues(value, (one, key) => {
  if (frame.has(key)) return one;
  if (typeof one === 'string') return one.length;
  if (typeof one === 'number') return { number: one };
  if (typeof one === 'boolean') return `${one}`;
  return one;
});

/** The lists themselves are of the right kind, their entries are not. */
export const wrongEntries: Rewrite = (value) => mapValues(value, (one, key) => (Array.isArray(one) && !frame.has(key) ? [null, 7, 'text', [], {}, { id: null }, true] : one));

/** Ids and the words of the protocol stay: only what people write is made into what no text should be. */
export const loneSurrogates: Rewrite = (value) => mapValues(value, (one, key) => (typeof one === 'string' && key !== null && ['name', 'title', 'description', 'text', 'message', 'content', 'value'].includes(key) ? `${one} \u{D800}\u{202E}\u{0}` : one));

const mark = '@@here@@';

const mostMarked = 60;

/** `hostile` into the objects, but not into the protocol's own frame; as text, since JSON.stringify could not write it. */
function intoObjects(text: string, hostile: string): string {
  let marked = 0;
  const into = (one: unknown, key: string | null): boolean => typeof one === 'object' && one !== null && !Array.isArray(one) && (key !== null || !('jsonrpc' in one)) && marked++ < mostMarked;
  const value: unknown = mapValues(JSON.parse(text), (one, key) => (into(one, key) ? { [mark]: 0, ...one as object } : one));
  return JSON.stringify(value).replaceAll(`"${mark}":0`, hostile);
}

export function withProtoKeys(text: string): string {
  return intoObjects(text, '"__proto__":{"polluted":"yes","toString":"x"},"constructor":{"prototype":{"polluted":"yes"}},"prototype":{"polluted":"yes"}');
}

/** Deeper than a stack reaches; parsers do not mind. */
export function nestedDeeply(text: string, depth = 12_000): string {
  return intoObjects(text, `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`);
}

/** In the first entry of a list only, where it is the doing of whoever made that entry: the others must come through. Not in the states of one thread, which stand or fall together. */
export function oneNestedDeeply(text: string, depth = 12_000): string {
  const lists: readonly (string | null)[] = [null, 'tasks', 'tools'];
  const value: unknown = mapValues(JSON.parse(text), (one, key) => {
    if (!Array.isArray(one) || one.length < 2 || !lists.includes(key)) return one;
    const [first, ...others] = one as readonly unknown[];
    return typeof first === 'object' && first !== null && !Array.isArray(first) && !('checkpoint' in first) ? [{ ...first, inputSchema: { [mark]: 0 }, metadata: { ...'metadata' in first ? first.metadata as object : {}, [mark]: 0 } }, ...others] : one;
  });
  return JSON.stringify(value).replaceAll(`"${mark}":0`, `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`);
}

/** Loses values here and there, the same ones for the same `seed`: `null` in their place, or nothing. */
export function losing(seed: number): Rewrite {
  const share = [0.003, 0.01, 0.03][seed % 3] ?? 0;
  let state = seed + 1;
  // A small generator is enough to scatter, and gives the same again.
  const next = (): number => { state = (state * 1_103_515_245 + 12_345) % 2_147_483_648; return state / 2_147_483_648; };
  return (value) => mapValues(value, (one, key) => (frame.has(key) || next() >= share ? one : seed % 2 === 0 ? null : undefined));
}
