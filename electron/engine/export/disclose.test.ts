/** Levels of text and of people, over every column of every content. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportContents, textLevels } from '../../../shared/reports.ts';
import type { PeopleLevel, ReportContent, TextLevel } from '../../../shared/reports.ts';
import { columnsOf } from './columns.ts';
import type { Cell, Row } from './columns.ts';
import { disclosure, Pseudonyms } from './disclose.ts';

/** Of the shape of a token, made here so that nobody takes it for one. */
const token = `ghp_${'a1B2'.repeat(9)}`;
const secret = `The agent said: key ${token}, mail to dana@example.com`;
const person = 'Dana Doe';

/** Each cell holds what its column may hold: a secret where agents write, a person where people are named. */
function rowOf(content: ReportContent): Row {
  return Object.fromEntries(columnsOf[content].map((column): [string, Cell] => {
    if (column.name === 'action') return [column.name, 'approvals.decide'];
    if (column.person === true) return [column.name, person];
    if (column.agentText === true) return [column.name, column.type === 'json' ? JSON.stringify({ said: secret }) : secret];
    if (column.mayName === true) return [column.name, `${person} did it`];
    return [column.name, column.type === 'int' || column.type === 'micros' ? 1 : column.type === 'bool' ? true : 'plain'];
  }));
}

const shown = (content: ReportContent, text: TextLevel, people: PeopleLevel, pseudonyms = new Pseudonyms()): Row => disclosure(columnsOf[content], { text, people }, pseudonyms).rows([rowOf(content)])[0] as Row;

describe.each(reportContents)('disclosure of %s', (content) => {
  it('leaves everything as it is at full text with names', () => expect(shown(content, 'full', 'names')).toEqual(rowOf(content)));

  it('tells no word of agents with hashes, but what proves which they were', () => {
    const row = shown(content, 'hashes', 'names');
    expect(JSON.stringify(row)).not.toContain('agent said');
    for (const { name, type } of columnsOf[content].filter(({ agentText }) => agentText === true)) {
      const original = String(rowOf(content)[name]);
      const sha256 = createHash('sha256').update(original).digest('hex');
      expect(row[name]).toBe(type === 'json' ? JSON.stringify({ sha256, length: original.length }) : `sha256:${sha256} (${original.length})`);
    }
  });

  it('masks secrets and addresses of mail where text is redacted', () => {
    const cells = shown(content, 'redacted', 'names');
    const row = JSON.stringify(cells);
    expect(row).not.toContain(token);
    expect(row).not.toContain('dana@example.com');
    for (const { name } of columnsOf[content].filter(({ type, agentText }) => type === 'json' && agentText === true)) expect(JSON.parse(String(cells[name]))).toHaveProperty('said');
  });

  it.each(textLevels)('names nobody with pseudonyms or without people, at %s text', (text) => {
    for (const people of ['pseudonyms', 'removed'] as const) expect(JSON.stringify(shown(content, text, people))).not.toContain(person);
  });

  it('counts what it keeps back', () => {
    const all = disclosure(columnsOf[content], { text: 'full', people: 'removed' }, new Pseudonyms());
    const [row] = all.rows([rowOf(content)]);
    const gone = columnsOf[content].filter(({ name }) => row?.[name] === null).map(({ name }) => name);
    expect(all.withheld.cells).toBe(gone.length);
    for (const { name } of columnsOf[content].filter((column) => column.person === true)) expect(gone).toContain(name);
  });
});

it('calls the same person the same within one report, and otherwise in another', () => {
  const one = new Pseudonyms();
  expect(one.of('Dana Doe')).toBe(one.of(' dana doe '));
  expect(one.of('Dana Doe')).not.toBe(one.of('Dana'));
  expect(one.of('Dana Doe')).not.toBe(new Pseudonyms().of('Dana Doe'));
  expect(one.of('Dana Doe')).toMatch(/^person-[0-9a-f]{12}$/);
});

it('takes a person out of the sentences of the row, the longest name first', () => {
  const columns = [{ name: 'actor', type: 'text', note: '', person: true }, { name: 'second', type: 'text', note: '', person: true }, { name: 'text', type: 'text', note: '', mayName: true }] as const;
  const [row] = disclosure(columns, { text: 'full', people: 'removed' }, new Pseudonyms()).rows([{ actor: 'Ann', second: 'Anna', text: 'Ann asked Anna.' }]);
  expect(row).toEqual({ actor: null, second: null, text: '(person) asked (person).' });
});

it('leaves the sentences of Gatehouse where it quotes nobody, with names replaced', () => {
  const entry = (action: string, text: TextLevel, people: PeopleLevel): Cell | undefined => disclosure(columnsOf.console, { text, people }, new Pseudonyms()).rows([{ ...rowOf('console'), action, text: `${person} changed the retention.` }])[0]?.['text'];
  expect(entry('settings.change', 'hashes', 'names')).toBe(`${person} changed the retention.`);
  expect(entry('settings.change', 'full', 'removed')).toBe('(person) changed the retention.');
  expect(entry('approvals.decide', 'hashes', 'names')).toMatch(/^sha256:/);
  expect(entry('approvals.decide', 'full', 'removed')).toBe(null);
});

it.each(['pseudonyms', 'removed'] as const)('calls the console by its name with %s: it is no person', (people) => {
  const row = { ...rowOf('console'), actor: 'Gatehouse', actorKind: 'engine', text: 'Gatehouse sealed the log.' };
  const made = disclosure(columnsOf.console, { text: 'full', people }, new Pseudonyms());
  expect(made.rows([{ ...row, action: 'audit.key' }])[0]).toMatchObject({ actor: 'Gatehouse', text: 'Gatehouse sealed the log.' });
  expect(JSON.stringify(made.rows([{ ...row, actor: person, action: 'settings.change', text: `${person} did it` }]))).toMatch(people === 'removed' ? /"actor":null/ : /"actor":"person-/);
});
