/** Public ids: a prefix that says what it is, and the row id in base 36. Parsed strictly: one spelling a row. */
const PREFIX = { agent: 'agt', task: 'tsk', activity: 'act', failure: 'fal', connection: 'con', gap: 'gap', approval: 'apr', grant: 'grt', audit: 'aud', stop: 'stp', stopEvent: 'sev', rule: 'rul', firing: 'frg', operator: 'opr', document: 'gdc', column: 'col', finding: 'fnd', credential: 'crd', grantChange: 'gch', price: 'prc', bill: 'bil', failureNote: 'fno', alert: 'alt', alertRule: 'alr', target: 'tgt', delivery: 'dlv', budget: 'bud', budgetEvent: 'bev', hold: 'hld', chore: 'cho', erasure: 'ers', seal: 'sea', tombstone: 'tmb', report: 'rep', reportTemplate: 'rpt' } as const;
export type IdKind = keyof typeof PREFIX;

export function publicId(kind: IdKind, rowId: number): string {
  return `${PREFIX[kind]}-${rowId.toString(36)}`;
}

/** null: not an id of this kind. */
export function rowIdOf(kind: IdKind, id: string): number | null {
  const prefix = PREFIX[kind];
  if (!id.startsWith(`${prefix}-`) || id.length > 16) return null;
  const value = parseInt(id.slice(4), 36);
  return Number.isSafeInteger(value) && value > 0 && publicId(kind, value) === id ? value : null;
}
