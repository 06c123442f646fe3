/** One entry of a list to one grant. Claims are carried over exactly as they were made; what was not claimed stays unknown. */
import { createHash } from 'node:crypto';
import type { FoundGrant } from '../connector.ts';
import { isObject, text } from '../foreign-json.ts';
import { SourceRoom } from '../source-text.ts';
import { hasHiddenText } from './hidden-text.ts';
import { limits } from './limits.ts';
import type { Refusals } from './refusals.ts';

/** A grant with what is needed to see later that it changed. */
export interface Offered {
  readonly grant: FoundGrant;
  /** digest of everything else that steers a model: parameters, results. */
  readonly shape: string;
  /** description or title carries characters that a person does not see. */
  readonly hidden: boolean;
}

export type OfferedKind = 'tool' | 'resource' | 'template' | 'prompt';

const nameField: Readonly<Record<OfferedKind, string>> = { tool: 'name', resource: 'uri', template: 'uriTemplate', prompt: 'name' };
const listedBy: Readonly<Record<OfferedKind, string>> = { tool: 'tools/list', resource: 'resources/list', template: 'resources/templates/list', prompt: 'prompts/list' };

/** `whole` false: an entry could not be read, so that something that was offered before may still be. */
export function readOffers(kind: OfferedKind, items: readonly unknown[], refusals: Refusals, room = new SourceRoom()): { readonly offers: readonly Offered[]; readonly whole: boolean } {
  const offers = new Map<string, Offered>();
  let whole = true;
  for (const item of items) {
    const offer = readOffer(kind, item, refusals, room);
    whole &&= offer !== null;
    if (offer === null) continue;
    // The first one counts; clients differ in which they take, so the second is a trap worth telling.
    if (offers.has(offer.grant.name)) refusals.add(`${listedBy[kind]}: a name that is offered twice`, offer.grant.name);
    else offers.set(offer.grant.name, offer);
  }
  return { offers: [...offers.values()], whole };
}

function readOffer(kind: OfferedKind, item: unknown, refusals: Refusals, room: SourceRoom): Offered | null {
  const refuse = (reason: string, sample: string | null = null): null => {
    refusals.add(`${listedBy[kind]}: ${reason}`, sample);
    return null;
  };
  if (!isObject(item)) return refuse('an entry that is no object');
  const name = item[nameField[kind]];
  if (typeof name !== 'string' || name.trim() === '') return refuse('an entry without a name');
  if (name.length > limits.name) return refuse(`a name longer than ${limits.name} characters`, name);
  const shape = digestOf(item);
  if (shape === null) return refuse(`an entry nested deeper than ${limits.depth} levels`, name);
  const annotations = kind === 'tool' && isObject(item['annotations']) ? item['annotations'] : {};
  const description = describe(kind, item, annotations);
  const source = room.take(item);
  return {
    grant: {
      kind: kind === 'template' ? 'resource' : kind,
      name: name.toWellFormed(),
      description,
      readOnly: claim(annotations['readOnlyHint'], refusals),
      destructive: claim(annotations['destructiveHint'], refusals),
      openWorld: claim(annotations['openWorldHint'], refusals),
      idempotent: claim(annotations['idempotentHint'], refusals),
      from: listedBy[kind],
      ...(source === null ? {} : { source: { format: 'mcp', text: source } }),
    },
    shape,
    hidden: hasHiddenText(name) || (description !== null && hasHiddenText(description)),
  };
}

function claim(value: unknown, refusals: Refusals): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value !== undefined && value !== null) refusals.add('tools/list: an annotation that is neither true nor false');
  return null;
}

/** A tool's description is its own; a resource is named by an address, so its name and title belong to the description. */
function describe(kind: OfferedKind, item: Readonly<Record<string, unknown>>, annotations: Readonly<Record<string, unknown>>): string | null {
  const said = text(item['description'], limits.description);
  const title = text(item['title'], 500) ?? text(annotations['title'], 500);
  if (kind === 'tool' || kind === 'prompt') return said ?? title;
  const parts = [title ?? text(item['name'], 500), said].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(': ');
}

/** Parameters and results, whatever the order of keys; claims and description are compared by themselves. null: nested too deeply. */
function digestOf(item: Readonly<Record<string, unknown>>): string | null {
  const part = { inputSchema: item['inputSchema'], outputSchema: item['outputSchema'], arguments: item['arguments'], mimeType: item['mimeType'] };
  const canonical = canonicalText(part, 0);
  return canonical === null ? null : shortDigest(canonical);
}

export function shortDigest(said: string): string {
  return createHash('sha256').update(said).digest('base64url').slice(0, 10);
}

function canonicalText(value: unknown, depth: number): string | null {
  if (depth > limits.depth) return null;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const parts: string[] = [];
  const entries = Array.isArray(value) ? value.map((one: unknown) => ['', one] as const) : Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [key, one] of entries) {
    const inner = canonicalText(one, depth + 1);
    if (inner === null) return null;
    parts.push(`${JSON.stringify(key)}:${inner}`);
  }
  return `${Array.isArray(value) ? '[' : '{'}${parts.join(',')}]`;
}
