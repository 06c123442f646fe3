/**
 * SECURITY: the one place where a report's level of text and of people is applied, to every row of every format. What agents, tools and runtimes wrote
 * is hashed, masked or left; people are left, called by pseudonyms that hold within one report, or taken out.
 */
import { createHmac, hash, randomBytes } from 'node:crypto';
import type { PeopleLevel, TextLevel } from '../../../shared/reports.ts';
import { consoleName } from '../audit-words.ts';
import { maskJson, maskText } from '../ingest/redact.ts';
import type { Cell, Column, Row } from './columns.ts';

/** Cells that a level kept back: they are in no file. */
export interface Withheld { cells: number }

export interface Disclosure {
  readonly withheld: Withheld;
  rows(rows: readonly Row[]): Row[];
}

/** Names of one report: the same person is the same pseudonym in all of its contents, and in no other report. */
export class Pseudonyms {
  private readonly secret: Buffer;

  /** `key`: in hex, where two writers of one report must agree. SECURITY: whoever has it can tell a person by trying names, so it is in no file, log or row. */
  constructor(key: string | null = null) {
    this.secret = key === null ? randomBytes(32) : Buffer.from(key, 'hex');
  }

  of(name: string): string {
    return `person-${createHmac('sha256', this.secret).update(name.toWellFormed().trim().toLowerCase()).digest('hex').slice(0, 12)}`;
  }
}

export function disclosure(columns: readonly Column[], { text, people }: { readonly text: TextLevel; readonly people: PeopleLevel }, pseudonyms: Pseudonyms): Disclosure {
  const persons = columns.filter(({ person }) => person === true).map(({ name }) => name);
  const withheld: Withheld = { cells: 0 };
  const steps = columns.flatMap((column) => {
    const step = rowStep(column, (one) => stepOf(one, text, people, pseudonyms, withheld));
    return step === null ? [] : [{ name: column.name, step }];
  });
  return {
    withheld,
    rows: (rows) => (steps.length === 0 ? [...rows] : rows.map((row) => {
      const shown: Record<string, Cell> = { ...row };
      const names = people === 'names' ? [] : persons.flatMap((name) => (typeof row[name] === 'string' && row[name].trim().length > 1 && !isConsole(row[name]) ? [row[name]] : []));
      for (const { name, step } of steps) {
        const value = row[name];
        if (typeof value === 'string') shown[name] = step(value, names, row);
      }
      return shown;
    })),
  };
}

/** As the audit log and the events of stop orders call it. An account of one of these names tells nobody's. */
const isConsole = (name: string): boolean => name === consoleName || name === 'console';

type Step = (value: string, names: readonly string[], row: Row) => Cell;

/** A column that holds words of agents in some rows only is two columns: one in those, one in the others. */
function rowStep(column: Column, of: (column: Column) => Step | null): Step | null {
  const { agentTextWhere, agentText, ...own } = column;
  if (agentTextWhere === undefined || agentText !== true) return of(column);
  const [there, elsewhere] = [of({ ...own, agentText }), of(own)];
  return (value, names, row) => {
    const step = agentTextWhere.matches.test(String(row[agentTextWhere.column])) ? there : elsewhere;
    return step === null ? value : step(value, names, row);
  };
}

/** null: the cell stays as it is. */
function stepOf(column: Column, text: TextLevel, people: PeopleLevel, pseudonyms: Pseudonyms, withheld: Withheld): Step | null {
  const hidden = people === 'names' ? null : (name: string): string | null => (people === 'pseudonyms' ? pseudonyms.of(name) : null);
  if (column.person === true) return hidden === null ? null : (value) => {
    // The console is no person: as a pseudonym its own acts would read as somebody's.
    if (isConsole(value)) return value;
    if (people === 'removed') withheld.cells += 1;
    return hidden(value);
  };
  // An agent's words that may name somebody cannot be searched for every name: without names they are kept back, whatever the level of text.
  if (column.agentText === true && column.mayName === true && hidden !== null && text !== 'hashes') return () => { withheld.cells += 1; return null; };
  const said = column.agentText === true ? textStep(column, text) : null;
  if (column.mayName !== true || hidden === null || said !== null) return said;
  return (value, names) => withoutNames(value, names, (name) => hidden(name) ?? '(person)');
}

function textStep({ type }: Column, text: TextLevel): Step | null {
  if (text === 'full') return null;
  if (text === 'redacted') return (value) => (type === 'json' ? masked(value) : maskText(value));
  return (value) => hashed(value, type === 'json');
}

const masked = (json: string): string => maskJson(json.toWellFormed()).toString('utf8');

/** What proves which text it was, without telling it. Length in characters; the hash is of its UTF-8. */
function hashed(value: string, json: boolean): string {
  const sha256 = hash('sha256', value.toWellFormed());
  return json ? JSON.stringify({ sha256, length: value.length }) : `sha256:${sha256} (${value.length})`;
}

/** Longest first: a name may begin with another. */
function withoutNames(value: string, names: readonly string[], replacement: (name: string) => string): string {
  let left = value;
  for (const name of names.toSorted((one, two) => two.length - one.length)) left = left.replaceAll(name, () => replacement(name));
  return left;
}
