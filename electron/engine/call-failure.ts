/** A failure that a person can act on. Everything else that is thrown becomes `internal`: its text stays in the log. */
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { CallError } from '../../shared/contract.ts';
import type { Log } from './ports.ts';
import { StoreError } from './store/errors.ts';

export class CallFailure extends Error {
  readonly code: CallError['code'];

  constructor(code: CallError['code'], message: string) {
    super(message);
    this.name = 'CallFailure';
    this.code = code;
  }
}

/** The history throws its own errors, in words for people; what each means to a caller. */
const historyCodes: Readonly<Record<string, CallError['code']>> = {
  not_found: 'not_found', bad_request: 'bad_request', conflict: 'conflict', cancelled: 'cancelled',
  disk_full: 'unavailable', locked: 'unavailable', io: 'unavailable', corrupt: 'unavailable', newer: 'unavailable', read_only: 'unavailable', closed: 'unavailable', worker: 'unavailable',
};

function expectedFailure(error: unknown): { code: CallError['code']; message: string } | null {
  if (error instanceof CallFailure) return error;
  if (!(error instanceof StoreError)) return null;
  const code = historyCodes[error.code];
  return code ? { code, message: error.message } : null;
}

/** Gives the failure the id that the log knows. */
export function toCallError(error: unknown, log: Log, what: string): CallError {
  const id = `e-${randomBytes(6).toString('hex')}`;
  const expected = expectedFailure(error);
  if (expected) {
    if (expected.code !== 'cancelled') log.warn(`${what}: ${expected.code}`, { id });
    return { code: expected.code, message: expected.message, id };
  }
  // Made by us from paths and type names: the one message of an unexpected error that is safe to log.
  if (error instanceof StoreError && error.code === 'contract') log.warn(error.message, { id });
  else log.error(what, error, { id });
  return { code: 'internal', message: `The engine failed at this. Its log knows the failure as ${id}.`, id };
}

/** "period.from: Invalid ISO datetime": the path first, so that a person sees which value is meant. */
export function readableIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => `${issue.path.length > 0 ? issue.path.join('.') : 'parameters'}: ${issue.message}`);
  return shown.join('; ') + (error.issues.length > 3 ? `; and ${error.issues.length - 3} more` : '');
}
