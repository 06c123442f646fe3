/** What the card's signature is worth: JWS over the RFC 8785 form of the 1.0 card, checked against keys that a person pinned. */
import { canonicalizeAgentCard } from '@a2a-js/sdk';
import { base64url, decodeProtectedHeader, flattenedVerify } from 'jose';
import type { JWK } from 'jose';
import { quoted } from '../foreign-json.ts';
import type { Card } from './card.ts';

export interface SignatureState {
  readonly state: 'verified' | 'unverified' | 'invalid' | 'unsigned';
  readonly text: string;
  /** the card names an address for the key. */
  readonly namesKeyAddress: boolean;
}

interface Head { readonly kid: string; readonly jku: boolean }

function headOf(one: Card['signatures'][number]): Head | null {
  try {
    const head = decodeProtectedHeader(one);
    return { kid: typeof head.kid === 'string' ? head.kid.slice(0, 200) : '', jku: head['jku'] !== undefined || head['x5u'] !== undefined };
  } catch {
    // A header that cannot be read signs nothing.
    return null;
  }
}

async function verifies(one: Card['signatures'][number], payload: string, key: JWK): Promise<boolean> {
  try {
    await flattenedVerify({ ...one, payload }, key, { algorithms: [key.alg ?? (key.kty === 'RSA' ? 'RS256' : key.kty === 'OKP' ? 'EdDSA' : 'ES256')] });
    return true;
  } catch {
    // The reason does not matter: it is not signed with this key.
    return false;
  }
}

/** SECURITY: `jku` is written by whoever writes the card; a key from there proves nothing, so it is never fetched. */
export async function checkSignature(card: Card, pinned: readonly JWK[]): Promise<SignatureState> {
  if (card.signatures.length === 0) return { state: 'unsigned', text: 'The agent card carries no signature.', namesKeyAddress: false };
  const heads = card.signatures.flatMap((one) => headOf(one) ?? []);
  const namesKeyAddress = heads.some((one) => one.jku);
  const kids = [...new Set(heads.map((one) => one.kid).filter((kid) => kid !== ''))].slice(0, 3).map((kid) => quoted(kid, 60)).join(', ');
  if (card.form !== '1.0') return { state: 'unverified', text: 'The agent card came in the shape of 0.3, whose signatures cannot be verified.', namesKeyAddress };
  if (pinned.length === 0) return { state: 'unverified', text: `The agent card is signed${kids === '' ? '' : ` (key ${kids})`}, but no key is pinned for this connection, so nothing is proved.`, namesKeyAddress };
  const payload = base64url.encode(canonicalizeAgentCard(card.core));
  for (const one of card.signatures) {
    for (const key of pinned) {
      if (await verifies(one, payload, key)) return { state: 'verified', text: `The agent card is signed with the pinned key${typeof key.kid === 'string' ? ` ${quoted(key.kid, 60)}` : ''}.`, namesKeyAddress };
    }
  }
  return { state: 'invalid', text: `The signature of the agent card does not verify with a pinned key: the card was changed, or it was signed with another key${kids === '' ? '' : ` (${kids})`}.`, namesKeyAddress };
}
