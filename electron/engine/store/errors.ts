/** What can go wrong with the history, in sentences for people: what happened, what was kept, what to do. */
export type StoreErrorCode =
  | 'disk_full' | 'locked' | 'io' | 'corrupt' | 'newer' | 'read_only' | 'not_found' | 'bad_request' | 'conflict' | 'closed' | 'cancelled' | 'worker' | 'contract' | 'internal';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

const SENTENCES: readonly (readonly [RegExp, StoreErrorCode, string])[] = [
  [/^SQLITE_FULL|^ENOSPC/, 'disk_full', 'The disk with the history is full. Everything acknowledged so far was kept; new data is refused until there is room. Free space on that disk or shorten the retention.'],
  [/^SQLITE_(BUSY|LOCKED)/, 'locked', 'The history file is locked by another program. Nothing was changed. Close other programs that use it (backup, a second Gatehouse); it is tried again by itself.'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'corrupt', 'The history file is damaged. It was not changed further. Restart Gatehouse: the damaged file is kept aside and a new one is begun.'],
  [/^SQLITE_(READONLY|PERM|AUTH)|^E(ACCES|PERM|ROFS)/, 'read_only', 'The history file cannot be written. What it holds was kept. Check the permissions of the data folder.'],
  [/^SQLITE_(IOERR|CANTOPEN|PROTOCOL|NOLFS)|^EIO/, 'io', 'The disk answered with an error. Everything acknowledged so far was kept; new data is refused. Check the disk and the data folder.'],
];

/** Turns what SQLite or the file system threw into a typed error; a StoreError passes through. */
export function storeError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  for (const [pattern, kind, sentence] of SENTENCES) {
    if (pattern.test(code)) return new StoreError(kind, sentence, { cause });
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StoreError('internal', `The history met an unexpected error (${detail.slice(0, 300)}). Nothing of this step was stored.`, { cause });
}
