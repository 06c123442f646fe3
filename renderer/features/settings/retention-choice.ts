/** Retention as people choose it. Pure. */
export const offeredDays = [7, 30, 90, 180, 365] as const;

export interface RetentionOption { value: string; label: string }

/** The offered periods, and the present one when it is another. */
export function retentionOptions(present: number | null): RetentionOption[] {
  const days = [...new Set<number>([...offeredDays, ...(present === null ? [] : [present])])].toSorted((a, b) => a - b);
  return [...days.map((count) => ({ value: String(count), label: count === 365 ? '1 year' : `${count} days` })), { value: 'all', label: 'Everything' }];
}

export const retentionValue = (days: number | null): string => (days === null ? 'all' : String(days));

export function readRetention(value: string): number | null {
  const days = Number(value);
  return value === 'all' || !Number.isInteger(days) || days < 1 ? null : days;
}

/** Fewer days than now, or any number where everything was kept, deletes something. */
export const isShorter = (present: number | null, next: number | null): boolean => next !== null && (present === null || next < present);
