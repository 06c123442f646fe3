/** SECURITY: a connection's token is shown once; the history keeps its SHA-256 only. 32 random bytes need no slow hash. */
import { createHash, randomBytes } from 'node:crypto';

export interface Token {
  readonly token: string;
  readonly hash: Buffer;
  readonly ends: string;
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export function makeToken(): Token {
  const token = `gh_${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashToken(token), ends: token.slice(-4) };
}
