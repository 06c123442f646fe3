/** A list of tools as MCP shapes them: `[{name, description, annotations}]`, also `{tools: [...]}`, and an allow-list of names alone. */
import type { DocumentReading, GrantReading } from '../../../shared/access.ts';
import { clipped, MOST_READINGS, uniqueNames } from './bounds.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { readOffer } from './read-offer.ts';
import { asDocument, unreadableDocument } from './unreadable.ts';

export function readTools(text: string): DocumentReading {
  const { value, problems } = parseDocument(text);
  const list = isObject(value) ? value['tools'] ?? value['allow'] ?? value['allowedTools'] : value;
  if (!Array.isArray(list)) return unreadableDocument('tool', text, [...problems, 'This is no list of tools.']);
  if (list.length > MOST_READINGS) problems.push(`${list.length - MOST_READINGS} tools beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  const readings = list.slice(0, MOST_READINGS).map((entry) => readTool(entry, nameOf));
  return asDocument(readings, problems);
}

function readTool(entry: Json, nameOf: (kind: string, name: string) => string): GrantReading {
  const parts: { [key: string]: Json } = isObject(entry) ? entry : {};
  const said = typeof entry === 'string' ? entry : parts['name'];
  const annotations = isObject(parts['annotations']) ? parts['annotations'] : {};
  const flag = (key: string): boolean | null => (typeof annotations[key] === 'boolean' ? annotations[key] : null);
  const claims = { readOnly: flag('readOnlyHint'), destructive: flag('destructiveHint'), openWorld: flag('openWorldHint'), idempotent: flag('idempotentHint') };
  const description = typeof parts['description'] === 'string' ? clipped(parts['description'], 4_000) : null;
  const common = { kind: 'tool' as const, description, dataClass: null, expiresAt: null, ...claims, source: JSON.stringify(entry, null, 2) };
  if (typeof said !== 'string' || said.trim() === '') return { ...common, name: nameOf('tool', 'A tool without a name'), effect: 'allow', understood: 'not', notUnderstood: ['It has no name.'], classes: [{ class: 'not_understood', reversibility: 'unknown' }], reversibility: 'unknown', actions: [], resources: [], conditions: [] };
  const odd = Object.entries(annotations).filter(([key, value]) => key.endsWith('Hint') && typeof value !== 'boolean').map(([key]) => `Its ${clipped(key, 60)} is neither true nor false.`);
  const offer = readOffer({ kind: 'tool', name: said, description, ...claims });
  return { ...common, ...offer, name: nameOf('tool', said), understood: odd.length > 0 ? 'partly' : offer.understood, notUnderstood: [...odd, ...offer.notUnderstood] };
}
