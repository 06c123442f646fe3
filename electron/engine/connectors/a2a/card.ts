/**
 * The agent card in one shape, whichever of the wild ones it came in: 1.0, 0.3, and 1.0 as the SDK's own server leaks it
 * (`{"scheme":{"$case":...}}`). Pure.
 */
import { createHash } from 'node:crypto';
import { AgentCard } from '@a2a-js/sdk';
import { RuntimeFault } from '../connector.ts';
import { isObject, list, objects, text } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import { sameOrigin } from '../guarded-fetch.ts';
import { SourceRoom } from '../source-text.ts';

export type Binding = 'JSONRPC' | 'HTTP+JSON';

export interface CardInterface {
  readonly url: string;
  /** as the card says it: JSONRPC, HTTP+JSON, GRPC or something unknown. */
  readonly binding: string;
  readonly version: string;
  readonly tenant: string;
}

export interface SecurityScheme {
  readonly name: string;
  readonly kind: 'apiKey' | 'http' | 'oauth2' | 'openIdConnect' | 'mutualTLS' | 'unknown';
  /** the header (or query or cookie name) of an API key, the scheme of HTTP authentication. */
  readonly detail: string | null;
  readonly where: 'header' | 'query' | 'cookie' | null;
}

export interface CardSkill { readonly id: string; readonly name: string; readonly description: string | null; readonly tags: readonly string[]; /** its JSON as the card has it; null: no room. */ readonly source: string | null }

export interface Card {
  readonly url: string;
  /** the form that it came in; only the 1.0 form can carry a signature that verifies. */
  readonly form: '1.0' | '0.3';
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly provider: string | null;
  readonly interfaces: readonly CardInterface[];
  readonly streaming: boolean;
  readonly extended: boolean;
  readonly schemes: readonly SecurityScheme[];
  /** each entry is one way in: all schemes of it together; empty: nothing is needed. */
  readonly requirements: readonly (readonly { readonly scheme: string; readonly scopes: readonly string[] }[])[];
  readonly skills: readonly CardSkill[];
  readonly skillsRefused: number;
  readonly signatures: readonly { readonly protected: string; readonly signature: string }[];
  /** the same card in the SDK's own type, with the leaked shapes put right. */
  readonly core: AgentCard;
}

/** SECURITY: a card with more than these is told as cut, not followed. */
const mostSkills = 500;
const mostInterfaces = 20;
const mostSchemes = 50;

const schemeCases: Readonly<Record<string, SecurityScheme['kind']>> = {
  apiKeySecurityScheme: 'apiKey', httpAuthSecurityScheme: 'http', oauth2SecurityScheme: 'oauth2', openIdConnectSecurityScheme: 'openIdConnect',
  mtlsSecurityScheme: 'mutualTLS', mutualTlsSecurityScheme: 'mutualTLS',
};

/** The one case of a 1.0 scheme, plain or leaked: its name and what stands in it. */
function caseOf(value: Json): readonly [string, Json] | null {
  const leaked = isObject(value['scheme']) ? value['scheme'] : null;
  if (leaked && typeof leaked['$case'] === 'string' && isObject(leaked['value'])) return [leaked['$case'], leaked['value']];
  for (const name of Object.keys(schemeCases)) {
    const inner = value[name];
    if (isObject(inner)) return [name, inner];
  }
  return null;
}

function whereOf(value: unknown): SecurityScheme['where'] {
  return value === 'header' || value === 'query' || value === 'cookie' ? value : null;
}

function readScheme(name: string, value: Json): SecurityScheme {
  const found = caseOf(value);
  // 0.3 is OpenAPI's form: the kind stands in `type`.
  const kind = found ? schemeCases[found[0]] : (['apiKey', 'http', 'oauth2', 'openIdConnect', 'mutualTLS'] as const).find((one) => one === value['type']);
  const inner = found ? found[1] : value;
  if (kind === 'apiKey') return { name, kind, detail: text(inner['name'], 200), where: whereOf(inner['location'] ?? inner['in']) };
  if (kind === 'http') return { name, kind, detail: text(inner['scheme'], 100), where: 'header' };
  return { name, kind: kind ?? 'unknown', detail: null, where: null };
}

function readSchemes(value: unknown): readonly SecurityScheme[] {
  if (!isObject(value)) return [];
  return Object.entries(value).slice(0, mostSchemes).flatMap(([name, one]) => (isObject(one) ? [readScheme(name.slice(0, 200), one)] : []));
}

/** `[{bearer:[]}]` of 0.3, `[{schemes:{bearer:{list:[]}}}]` of 1.0. */
function readRequirements(value: unknown): Card['requirements'] {
  return objects(value).slice(0, mostSchemes).map((one) => {
    const schemes = isObject(one['schemes']) ? one['schemes'] : one;
    return Object.entries(schemes).slice(0, mostSchemes).map(([scheme, scopes]) => ({
      scheme: scheme.slice(0, 200),
      scopes: list(isObject(scopes) ? scopes['list'] : scopes).flatMap((scope) => text(scope, 200) ?? []),
    }));
  });
}

/** Leaked shapes as the protocol says them: the SDK's reader and the signature need that. */
function repaired(wire: Json): Json {
  if (!isObject(wire['securitySchemes'])) return wire;
  const schemes = Object.entries(wire['securitySchemes']).map(([name, one]) => {
    const found = isObject(one) ? caseOf(one) : null;
    return [name, found ? { [found[0]]: found[1] } : one];
  });
  return { ...wire, securitySchemes: Object.fromEntries(schemes) };
}

function interfacesOf10(wire: Json): CardInterface[] {
  return objects(wire['supportedInterfaces']).slice(0, mostInterfaces).flatMap((one) => {
    const url = text(one['url'], 2_048);
    return url === null ? [] : [{ url, binding: text(one['protocolBinding'], 40) ?? 'JSONRPC', version: text(one['protocolVersion'], 20) ?? '1.0', tenant: text(one['tenant'], 200) ?? '' }];
  });
}

function interfacesOf03(wire: Json): CardInterface[] {
  const version = text(wire['protocolVersion'], 20) ?? '0.3';
  const main = text(wire['url'], 2_048);
  const found: CardInterface[] = main === null ? [] : [{ url: main, binding: text(wire['preferredTransport'], 40) ?? 'JSONRPC', version, tenant: '' }];
  for (const one of objects(wire['additionalInterfaces']).slice(0, mostInterfaces)) {
    const url = text(one['url'], 2_048);
    const binding = text(one['transport'], 40) ?? 'JSONRPC';
    if (url !== null && !found.some((other) => other.url === url && other.binding === binding)) found.push({ url, binding, version, tenant: '' });
  }
  return found;
}

function readSkills(value: unknown): { readonly skills: readonly CardSkill[]; readonly refused: number } {
  const all = list(value);
  const room = new SourceRoom();
  const skills = all.slice(0, mostSkills).flatMap((one) => {
    if (!isObject(one)) return [];
    const id = text(one['id'], 200);
    const name = text(one['name'], 200) ?? id;
    return name === null ? [] : [{ id: id ?? name, name, description: text(one['description'], 4_000), tags: list(one['tags']).slice(0, 50).flatMap((tag) => text(tag, 100) ?? []), source: room.take(one) }];
  });
  return { skills, refused: all.length - skills.length };
}

function coreOf(wire: Json, form: Card['form'], interfaces: readonly CardInterface[]): AgentCard {
  try {
    const core = AgentCard.fromJSON(repaired(wire));
    return { ...core, supportedInterfaces: form === '1.0' && core.supportedInterfaces.length > 0 ? core.supportedInterfaces : interfaces.map((one) => ({ url: one.url, protocolBinding: one.binding, protocolVersion: one.version, tenant: one.tenant })) };
  } catch (error) {
    throw new RuntimeFault('garbage', 'Its agent card has fields of the wrong kind.', { cause: error });
  }
}

/** Throws RuntimeFault `garbage` for what is no agent card. */
export function readCard(url: string, wire: unknown): Card {
  if (!isObject(wire)) throw new RuntimeFault('garbage', 'What it serves as its agent card is no JSON object.');
  const name = text(wire['name'], 200);
  // A compat answer to a question without a version carries both shapes: its signatures are those of 0.3.
  const form = text(wire['url']) !== null || !Array.isArray(wire['supportedInterfaces']) ? '0.3' : '1.0';
  const declared = interfacesOf10(wire);
  const interfaces = form === '1.0' || declared.length > 0 ? declared : interfacesOf03(wire);
  if (name === null || interfaces.length === 0) throw new RuntimeFault('garbage', 'What it serves as its agent card names no agent or no way to reach it.');
  const abilities = isObject(wire['capabilities']) ? wire['capabilities'] : {};
  const { skills, refused } = readSkills(wire['skills']);
  return {
    url, form, name, interfaces, skills, skillsRefused: refused,
    version: text(wire['version'], 100), description: text(wire['description'], 4_000),
    provider: isObject(wire['provider']) ? text(wire['provider']['organization'], 200) : null,
    streaming: abilities['streaming'] === true,
    extended: abilities['extendedAgentCard'] === true || wire['supportsAuthenticatedExtendedCard'] === true,
    schemes: readSchemes(wire['securitySchemes']),
    requirements: readRequirements(wire['securityRequirements'] ?? wire['security']),
    signatures: objects(wire['signatures']).slice(0, 20).flatMap((one) => {
      const head = text(one['protected'], 8_192);
      const signature = text(one['signature'], 8_192);
      return head === null || signature === null ? [] : [{ protected: head, signature }];
    }),
    core: coreOf(wire, form, interfaces),
  };
}

/** One spelling for the same card: it is the agent's id. */
export function agentId(card: Card): string {
  const url = new URL(card.url);
  const id = `${url.origin}${url.pathname}`;
  return id.length <= 200 ? id : `${url.origin}/#${createHash('sha256').update(id).digest('hex')}`;
}

export interface Chosen { readonly face: CardInterface; readonly binding: Binding; readonly speaks: '1.0' | '0.3' }
export type NoWay = 'elsewhere' | 'grpc_only' | 'unknown_version';

/** 1.0 before 0.3, JSON-RPC before HTTP+JSON; only where the credential may go. */
export function chooseInterface(card: Card, base: URL): { readonly t: 'found'; readonly chosen: Chosen } | { readonly t: 'none'; readonly why: NoWay } {
  const spoken = card.interfaces.flatMap((face): Chosen[] => {
    const binding = (['JSONRPC', 'HTTP+JSON'] as const).find((one) => one === face.binding.toUpperCase());
    const speaks = /^1(\.|$)/.test(face.version) ? '1.0' as const : /^0\.[23](\.|$)/.test(face.version) ? '0.3' as const : null;
    return binding && speaks ? [{ face, binding, speaks }] : [];
  });
  const near = spoken.filter(({ face }) => URL.canParse(face.url) && sameOrigin(new URL(face.url), base));
  const rank = (one: Chosen): number => (one.speaks === '1.0' ? 0 : 2) + (one.binding === 'JSONRPC' ? 0 : 1);
  const best = near.toSorted((a, b) => rank(a) - rank(b))[0];
  if (best) return { t: 'found', chosen: best };
  if (spoken.length > 0) return { t: 'none', why: 'elsewhere' };
  return { t: 'none', why: card.interfaces.every((one) => one.binding.toUpperCase() === 'GRPC') ? 'grpc_only' : 'unknown_version' };
}
