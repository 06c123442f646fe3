/** What a refusal says about how to be let in: `WWW-Authenticate` (RFC 9110, RFC 6750, RFC 9728). Every word of it is the server's. */

export interface Challenge {
  readonly scheme: string;
  readonly scope: string | null;
  readonly error: string | null;
  /** as it was said; whether it is asked is decided elsewhere. */
  readonly resourceMetadata: string | null;
}

const most = 4_096;

/** The first challenge of a kind that we know, else the first of any kind; null: none that can be read. */
export function readChallenge(header: string | null): Challenge | null {
  if (header === null || header.length > most) return null;
  const all = split(header);
  return all.find(({ scheme }) => scheme === 'bearer' || scheme === 'dpop') ?? all[0] ?? null;
}

/** One header may hold several challenges; their parameters are told from a new challenge by the `=`. */
function split(header: string): Challenge[] {
  const found: { scheme: string; params: Map<string, string> }[] = [];
  // A token with `=` and a value is a parameter of the challenge before it; a token alone begins a new one.
  for (const [, key, quotedValue, plainValue, scheme] of header.matchAll(/([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+)/g)) {
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), params: new Map() });
    else if (key !== undefined) found.at(-1)?.params.set(key.toLowerCase(), quotedValue?.replace(/\\(.)/g, '$1') ?? plainValue ?? '');
  }
  return found.map(({ scheme, params }) => ({
    scheme,
    scope: shortOrNull(params.get('scope')),
    error: shortOrNull(params.get('error')),
    resourceMetadata: params.get('resource_metadata') ?? null,
  }));
}

function shortOrNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value.slice(0, 500).toWellFormed();
}
