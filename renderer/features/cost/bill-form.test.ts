import { describe, expect, it } from 'vitest';
import type { Bill } from '../../../shared/cost.ts';
import { emptyBill, guessBillFormat, missingOfBill, replacedBy } from './bill-form.ts';

const bill = (changes: Partial<Bill>): Bill => ({ id: 'b', connectionId: 'c', connectionName: 'c', name: 'n', format: 'csv', currency: 'USD', from: '2026-11-01', to: '2026-11-10', micros: 1, lines: 1, refused: [], importedAt: '2026-11-11T00:00:00.000Z', importedBy: 'a', ...changes });

describe('a bill that is given', () => {
  it('is known by its head line', () => {
    expect(guessBillFormat('"BilledCost","ChargePeriodStart"\n1,2')).toBe('focus');
    expect(guessBillFormat('day;amount;currency\r\n')).toBe('csv');
    expect(guessBillFormat('hello')).toBeNull();
  });
  it('names what is missing, in the order of the form', () => {
    expect(missingOfBill(emptyBill)).toEqual(['the bill', 'the connection that it bills', 'a name']);
    expect(missingOfBill({ ...emptyBill, text: 'day', connectionId: 'c', name: 'n' })).toEqual([]);
  });
  it('takes days only of the same connection, both ends included', () => {
    const known = [bill({ id: 'touches', from: '2026-11-10', to: '2026-11-30' }), bill({ id: 'after', from: '2026-11-11', to: '2026-11-30' }), bill({ id: 'other', connectionId: 'd' })];
    expect(replacedBy(bill({}), known).map((one) => one.id)).toEqual(['touches']);
  });
});
