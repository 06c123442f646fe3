/**
 * What one holder's grants and its activity say together: the use of each grant, the cells of the matrix, and what was done without a grant
 * that was found. Pure: the same grants and the same calls give the same answer.
 */
import { accessClasses, reversibilities, type AccessClass, type GrantUse, type Reversibility } from '../../../shared/access.ts';
import { actionsMatching } from '../access/action-catalogue.ts';
import { actionsNeeded, isAwsCall } from '../access/aws-call-names.ts';
import { cedarClasses } from '../access/cedar-reading.ts';
import { effective, type Remaining } from '../access/effective.ts';
import { short, type Facet } from '../access/labels.ts';
import { isNameless, isWithheldName, matchIndex, type MatchIndex } from '../access/match.ts';
import { nameHints } from '../access/name-hints.ts';
import { mergeClasses, type ClassReading } from '../access/worst.ts';
import type { HeldGrant } from './held-grants.ts';
import { normalisedOf, readingOf, type ReadingColumn } from './stored-grant.ts';

/** All calls of one name, by all sources of a holder. */
export interface NameUse { readonly name: string; readonly times: number; readonly denied: number; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null }

/** What depends on the grants alone: kept while they stay as they are. */
export interface Prepared {
  readonly rows: readonly HeldGrant[];
  readonly readings: readonly ReadingColumn[];
  readonly remaining: readonly Remaining[];
  readonly index: MatchIndex;
}

/** By its ARN a policy at a resource tells whether it means this holder; any other name is only told apart. */
const credentialOf = ({ credential, credentialName }: HeldGrant): string | null => (credential === null ? null : credentialName?.startsWith('arn:') === true ? credentialName : String(credential));

export function prepare(rows: readonly HeldGrant[]): Prepared {
  const readings = rows.map(readingOf);
  const reading = (at: number): ReadingColumn => readings[at] as ReadingColumn;
  return {
    rows, readings,
    remaining: effective(rows.map((row, at) => ({ reading: normalisedOf(row, reading(at)), role: row.role, documentId: row.document === 0 ? null : row.document, credential: credentialOf(row), enforcement: row.enforcement }))),
    index: matchIndex(rows.map((row, at) => ({ kind: row.kind, name: row.name, actions: reading(at).actions, understood: row.understood, connectionName: row.connectionName }))),
  };
}

export interface UseOfGrant { readonly state: GrantUse['state']; readonly times: number; readonly denied: number; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null; readonly why: string | null }

export interface Cell {
  readonly grants: number; readonly cannotTell: number; readonly times: number; readonly denied: number; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null;
  readonly irreversible: boolean; readonly shared: boolean; readonly expiresUs: number | null; readonly firstUs: number | null;
}

/** `resource` null: the column of the class. `at`: place in the rows; -1: activity without a grant. */
export interface FacetLine { readonly resource: string | null; readonly class: AccessClass; readonly at: number; readonly rank: number }

export interface Sums {
  /** in the order of the rows. */
  readonly uses: readonly UseOfGrant[];
  readonly facets: readonly FacetLine[];
  /** by `columnKey`. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly ungranted: readonly { readonly use: NameUse; readonly worst: ClassReading }[];
}

export interface SumsInput {
  readonly prepared: Prepared;
  readonly names: readonly NameUse[];
  /** why its calls cannot be seen at all; null: they can. */
  readonly notSeen: string | null;
  /** an agent: what it does without a grant is its own; what is done with a connection's credential is the agents'. */
  readonly isAgent: boolean;
  /** rows that are held by a credential or an offer that others hold too. */
  readonly shared: (row: HeldGrant) => boolean;
}

export const columnKey = (resource: string | null, name: AccessClass): string => `${resource ?? ''}\n${resource === null ? '*' : ''}${name}`;
/** SECURITY: labels are strangers' text, and keys put a line between label and class. */
const inOneLine = (label: string): string => label.replace(/[\r\n]+/gu, ' ');
export const permits = (remaining: Remaining | undefined): boolean => remaining !== undefined && remaining.state !== 'no_permission';

export function sumsOf(input: SumsInput): Sums {
  const { prepared, names, isAgent } = input;
  const seesAws = names.some(({ name }) => isAwsCall(name));
  // A call that keeps its tool's name to itself may be of any tool that is granted: then it is no use without a grant.
  const anyTool = prepared.rows.some((_, at) => permits(prepared.remaining[at]) && prepared.index.matchers[at]?.needs === 'tool_calls');
  const matched: number[][] = prepared.rows.map(() => []);
  const loose: number[] = [];
  const unsaid = new Set<number>();
  for (const [place, { name }] of names.entries()) {
    let granted = false;
    const ats = prepared.index(name);
    if (isOfSeveralServers(prepared, ats)) unsaid.add(place);
    for (const at of ats) {
      matched[at]?.push(place);
      granted ||= permits(prepared.remaining[at]);
    }
    if (!granted && isAgent && !(anyTool && isWithheldName(name))) loose.push(place);
  }
  const withheld = names.some(({ name }, place) => isWithheldName(name) && !loose.includes(place));
  const uses = prepared.rows.map((row, at) => {
    const places = matched[at] ?? [];
    const certain = isOffer(row) ? places.filter((place) => !unsaid.has(place)) : places;
    const use = useOf(input, at, certain.map((place) => names[place] as NameUse), { aws: seesAws, withheld });
    return certain.length === places.length || use.state !== 'not_used' ? use : { ...use, state: 'cannot_tell' as const, why: whichServer };
  });
  const cells = new Cells(input, uses);
  for (const [at, row] of prepared.rows.entries()) cells.grant(at, row, matched[at] ?? []);
  const ungranted = loose.map((place) => ({ use: names[place] as NameUse, worst: cells.ungranted(place) }));
  return { uses, facets: cells.facets, cells: cells.all(), ungranted };
}

const whichServer = 'Several servers offer a tool of this name, and its calls do not say which of them was called: it cannot be told which.';
const isOffer = ({ kind, agent, document }: HeldGrant): boolean => kind === 'tool' && agent === 0 && document === 0;

/** The call fits what more than one server offers: none of them is known to have been called. */
function isOfSeveralServers({ rows, remaining }: Prepared, ats: readonly number[]): boolean {
  const servers = new Set(ats.flatMap((at) => { const row = rows[at]; return row !== undefined && isOffer(row) && permits(remaining[at]) ? [row.connection] : []; }));
  return servers.size > 1;
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));
const most = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

function useOf({ prepared, notSeen }: SumsInput, at: number, calls: readonly NameUse[], told: { readonly aws: boolean; readonly withheld: boolean }): UseOfGrant {
  const sum = { times: 0, denied: 0, firstUsedUs: null as number | null, lastUsedUs: null as number | null, lastDeniedUs: null as number | null };
  const open = permits(prepared.remaining[at]);
  for (const call of calls) {
    sum.denied += call.denied;
    sum.lastDeniedUs = most(sum.lastDeniedUs, call.lastDeniedUs);
    if (!open) continue;
    sum.times += call.times;
    sum.firstUsedUs = least(sum.firstUsedUs, call.firstUsedUs);
    sum.lastUsedUs = most(sum.lastUsedUs, call.lastUsedUs);
  }
  if (!open) return { ...sum, state: 'cannot_tell', why: 'It permits nothing by itself; what was refused by its name is counted.' };
  if (sum.times > 0) return { ...sum, state: 'used', why: severalResources(prepared, at) ? 'Joined by the name of the action: which of its resources were touched is not told.' : null };
  const matcher = prepared.index.matchers[at];
  const row = prepared.rows[at];
  if (row !== undefined && isNameless({ actions: prepared.readings[at]?.actions ?? [], understood: row.understood })) return { ...sum, state: 'cannot_tell', why: 'It could not be read: which calls would be uses of it is not known.' };
  if (matcher === undefined || !matcher.canTell) return { ...sum, state: 'cannot_tell', why: 'Its use leaves no activity of its own.' };
  if (matcher.needs === 'tool_calls' && told.withheld) return { ...sum, state: 'cannot_tell', why: 'Some of its calls were told without the name of their tool: this may be among them.' };
  // Who was refused by name was seen trying.
  if (sum.denied > 0) return { ...sum, state: 'not_used', why: null };
  if (matcher.needs === 'aws_calls' && !told.aws) return { ...sum, state: 'cannot_tell', why: 'No call of AWS was ever told of it.' };
  return notSeen === null ? { ...sum, state: 'not_used', why: null } : { ...sum, state: 'cannot_tell', why: notSeen };
}

function severalResources(prepared: Prepared, at: number): boolean {
  return prepared.rows[at]?.kind === 'statement' && new Set(prepared.remaining[at]?.facets.map((facet) => facet.resource)).size > 1;
}

interface Building { grants: Set<number>; calls: Set<number>; cannotTell: number; irreversible: boolean; shared: boolean; expiresUs: number | null; firstUs: number | null }

export const rankOf = (reversibility: Reversibility): number => reversibilities.indexOf(reversibility);
/** `unknown` is treated as the worst. */
const cannotBeUndone = rankOf('irreversible');

class Cells {
  readonly facets: FacetLine[] = [];
  private readonly building = new Map<string, Building>();
  private readonly input: SumsInput;
  private readonly uses: readonly UseOfGrant[];
  private readonly classes = new Map<string, readonly ClassReading[] | null>();

  constructor(input: SumsInput, uses: readonly UseOfGrant[]) {
    this.input = input;
    this.uses = uses;
  }

  grant(at: number, row: HeldGrant, calls: readonly number[]): void {
    const { prepared, names } = this.input;
    const facets = prepared.remaining[at]?.facets ?? [];
    const ofClass = new Map<AccessClass, number>();
    for (const facet of facets) ofClass.set(facet.class, Math.max(ofClass.get(facet.class) ?? 0, rankOf(facet.reversibility)));
    const lines: FacetLine[] = [...mergedFacets(facets), ...[...ofClass].map(([name, rank]) => ({ resource: null, class: name, rank }))].map((one) => ({ ...one, at }));
    for (const line of lines) {
      this.facets.push(line);
      const cell = this.cell(line);
      cell.grants.add(at);
      if (this.uses[at]?.state === 'cannot_tell') cell.cannotTell += 1;
      cell.irreversible ||= line.rank >= cannotBeUndone;
      cell.shared ||= this.input.shared(row);
      cell.expiresUs = least(cell.expiresUs, row.expiresUs);
      cell.firstUs = most(cell.firstUs, row.firstUs);
      for (const place of calls) if (this.isUseOf(at, row, names[place]?.name ?? '', line)) cell.calls.add(place);
    }
  }

  /** Nothing permits it that was found: what it does is read from its name alone. Answers the worst of it. */
  ungranted(place: number): ClassReading {
    const name = this.input.names[place]?.name ?? '';
    const aws = this.awsClasses(name);
    const resource = aws === null ? inOneLine(short(name)) : `${name.split(':')[0] ?? ''} unknown`;
    const hints = aws ?? nameHints(name);
    const classes: readonly ClassReading[] = hints.length > 0 ? hints : [{ class: 'not_understood', reversibility: 'unknown' }];
    for (const one of classes) {
      for (const facet of [resource, null]) {
        const line: FacetLine = { resource: facet, class: one.class, at: -1, rank: rankOf(one.reversibility) };
        const cell = this.cell(line);
        this.facets.push(line);
        cell.calls.add(place);
        cell.irreversible ||= line.rank >= cannotBeUndone;
      }
    }
    return classes.reduce((worst, one) => (rankOf(one.reversibility) > rankOf(worst.reversibility) ? one : worst));
  }

  all(): Map<string, Cell> {
    const { names } = this.input;
    const cells = new Map<string, Cell>();
    for (const [key, { grants, calls, ...rest }] of this.building) {
      let times = 0;
      let denied = 0;
      let lastUsedUs: number | null = null;
      let lastDeniedUs: number | null = null;
      for (const place of calls) {
        const call = names[place] as NameUse;
        times += call.times;
        denied += call.denied;
        lastUsedUs = most(lastUsedUs, call.lastUsedUs);
        lastDeniedUs = most(lastDeniedUs, call.lastDeniedUs);
      }
      cells.set(key, { ...rest, grants: grants.size, times, denied, lastUsedUs, lastDeniedUs });
    }
    return cells;
  }

  private cell(line: FacetLine): Building {
    const key = columnKey(line.resource, line.class);
    let cell = this.building.get(key);
    if (cell === undefined) {
      cell = { grants: new Set(), calls: new Set(), cannotTell: 0, irreversible: false, shared: false, expiresUs: null, firstUs: null };
      this.building.set(key, cell);
    }
    return cell;
  }

  /** A call of a tool is of all that the tool does; of a policy with several actions only of what its own action does. */
  private isUseOf(at: number, row: HeldGrant, name: string, line: FacetLine): boolean {
    if (row.kind === 'statement') return this.isOf(name, line);
    if (row.kind !== 'policy') return true;
    const actions = (this.input.prepared.readings[at]?.actions ?? []).filter((action) => name.endsWith(/"((?:[^"\\]|\\.)*)"$/u.exec(action)?.[1] ?? action));
    return actions.length === 0 || cedarClasses(actions).classes.some((one) => one.class === line.class);
  }

  /** A call of AWS is of the classes and the service that the catalogue says; one that it does not know could be of any. */
  private isOf(name: string, { resource, class: of }: FacetLine): boolean {
    const classes = this.awsClasses(name);
    if (resource !== null && !resource.startsWith('AWS ') && !actionsNeeded(name).some((needed) => resource.startsWith(`${needed.split(':')[0] ?? ''} `))) return false;
    return classes === null || of === 'not_understood' || classes.some((one) => one.class === of);
  }

  private awsClasses(name: string): readonly ClassReading[] | null {
    let found = this.classes.get(name);
    if (found === undefined) {
      const classes = isAwsCall(name) ? mergeClasses(actionsNeeded(name).flatMap((needed) => actionsMatching(needed)[0]?.classes ?? [])) : [];
      found = classes.length === 0 ? null : classes;
      this.classes.set(name, found);
    }
    return found;
  }
}

function mergedFacets(facets: readonly Facet[]): { resource: string; class: AccessClass; rank: number }[] {
  const merged = new Map<string, { resource: string; class: AccessClass; rank: number }>();
  for (const { resource: label, class: name, reversibility } of facets) {
    const resource = inOneLine(label);
    const key = columnKey(resource, name);
    const rank = rankOf(reversibility);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { resource, class: name, rank });
    else known.rank = Math.max(known.rank, rank);
  }
  return [...merged.values()];
}

export const classColumn = (name: AccessClass): number => -1 - accessClasses.indexOf(name);
