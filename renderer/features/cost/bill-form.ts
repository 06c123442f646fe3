/** What a person gives to import a bill, and whether it can be sent. Pure. */
import type { Bill } from '../../../shared/cost.ts';

export const mostBillCharacters = 20_000_000;
export type BillFormat = Bill['format'];
export const billFormatWords: Record<BillFormat, { word: string; says: string }> = {
  focus: { word: 'FOCUS (CSV)', says: 'The open format of cloud bills. Its charge periods are taken as days; credits and taxes as it has them.' },
  csv: { word: 'Plain CSV', says: 'Columns day, amount and currency, and model where it is told. Days are UTC days.' },
};

/** A guess by the head line; the person sees it and may choose otherwise. */
export function guessBillFormat(text: string): BillFormat | null {
  const [head = ''] = text.slice(0, 4_000).split(/\r?\n/, 1);
  const columns = head.toLowerCase().split(/[,;\t]/).map((one) => one.replaceAll('"', '').trim());
  if (columns.some((one) => one === 'billedcost' || one === 'chargeperiodstart')) return 'focus';
  return (columns.includes('day') || columns.includes('date')) && (columns.includes('amount') || columns.includes('cost')) ? 'csv' : null;
}

export interface BillForm { connectionId: string; name: string; format: BillFormat; text: string }
export const emptyBill: BillForm = { connectionId: '', name: '', format: 'csv', text: '' };

export function missingOfBill(form: BillForm): string[] {
  return [
    ...(form.text.trim() === '' ? ['the bill'] : form.text.length > mostBillCharacters ? ['a shorter bill: at most 20,000,000 characters'] : []),
    ...(form.connectionId === '' ? ['the connection that it bills'] : []),
    ...(form.name.trim() === '' ? ['a name'] : []),
  ];
}

/** Bills of the same connection whose days the new one would take. */
export const replacedBy = (bill: Pick<Bill, 'connectionId' | 'from' | 'to'>, bills: readonly Bill[]): Bill[] => bills.filter((one) => one.connectionId === bill.connectionId && one.from <= bill.to && one.to >= bill.from);
