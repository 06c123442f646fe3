import { isObject } from '../foreign-json.ts';
/** What of the runtime's records may be kept: a copy without what opens doors. */

/**
 * SECURITY: the server copies request headers and the whole authenticated user into a run's configuration, and people put keys of models
 * and tools there. Names that look like one are left out with their values, wherever they stand.
 */
const secretName = /^(x-.*|cookie|set-cookie|.*authorization.*|.*(api|access|private|secret)[-_]?key.*|.*(secret|passw|credential|bearer|session[-_]?id|jwt).*|(.*[-_])?token|.*[a-z]Token|(access|refresh|id|auth|bearer)[-_]?tokens?)$/i;
const leftOut = '[left out by Gatehouse]';
/** what is kept of the user that a server's own sign-in returned: its fields are the author's, often with the token. */
const userFields: readonly string[] = ['identity', 'display_name', 'is_authenticated', 'kind'];
const deepest = 40;

export function safeCopy(value: unknown, depth = 0): unknown {
  if (depth > deepest) return leftOut;
  if (Array.isArray(value)) return value.map((one) => safeCopy(one, depth + 1));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') continue;
    if (name === 'langgraph_auth_user' && isObject(inner)) copy[name] = Object.fromEntries(userFields.filter((field) => field in inner).map((field) => [field, inner[field]]));
    else if (name === 'webhook' && typeof inner === 'string') copy[name] = withoutQuery(inner);
    else copy[name] = secretName.test(name) ? leftOut : safeCopy(inner, depth + 1);
  }
  return copy;
}

export const safeJson = (value: unknown): string => JSON.stringify(safeCopy(value)) ?? 'null';

function withoutQuery(address: string): string {
  const url = URL.parse(address);
  return url === null ? leftOut : `${url.origin}${url.pathname}`;
}
