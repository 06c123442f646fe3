/** Retention as people choose it. Pure. */
import type { RetentionPeriod } from '../../../shared/retention.ts';

export const offeredDays = [7, 30, 90, 180, 365, 1095] as const;

export interface RetentionOption { value: string; label: string }

const labelOf = (days: number): string => (days === 365 ? '1 year' : days === 1095 ? '3 years' : days === 1 ? '1 day' : `${days} days`);

function daysWith(present: number | null): RetentionOption[] {
  return [...new Set<number>([...offeredDays, ...(present === null ? [] : [present])])].toSorted((a, b) => a - b).map((days) => ({ value: String(days), label: labelOf(days) }));
}

/** The offered periods, and the present one when it is another. */
export const retentionOptions = (present: number | null): RetentionOption[] => [...daysWith(present), { value: 'all', label: 'Everything' }];
export const retentionValue = (days: number | null): string => (days === null ? 'all' : String(days));

export function readRetention(value: string): number | null {
  const days = Number(value);
  return value === 'all' || !Number.isInteger(days) || days < 1 ? null : days;
}

/** Of one connection: as the general one says, so many days, or for ever. */
export function periodOptions(period: RetentionPeriod, generalDays: number | null): RetentionOption[] {
  return [{ value: 'general', label: `General: ${generalDays === null ? 'everything' : labelOf(generalDays)}` }, ...daysWith(typeof period === 'number' ? period : null), { value: 'forever', label: 'For ever' }];
}

/** What means nothing keeps everything. */
export function readPeriod(value: string): RetentionPeriod {
  const days = Number(value);
  return value === 'general' ? value : Number.isInteger(days) && days >= 1 ? days : 'forever';
}

/** Fewer days than now, or any number where everything was kept, deletes something. */
export const isShorter = (present: number | null, next: number | null): boolean => next !== null && (present === null || next < present);

export const daysOf = (period: RetentionPeriod, generalDays: number | null): number | null => (period === 'general' ? generalDays : period === 'forever' ? null : period);
