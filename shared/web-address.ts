/**
 * SECURITY: an address is kept in the history, shown on screens and told in the audit log, which nobody can take back. So it holds no secret: neither a user
 * and a password, nor a parameter whose name says that it is one. Checked where a person gives an address, and not where one is read: what was kept before this
 * was checked goes on working. A secret under a name that does not say so, or in a path, cannot be told from what is none.
 */

/** Where a webhook's credential is put, for receivers that want it in the address: behind the host, so that it never says which host that is. */
export const credentialPlace = '{credential}';

/** As a browser reads it: any number of slashes, of either kind, stand before the host. */
const withUser = /^[a-z]+:[/\\]*[^/\\?#]*@/i;
/** The last word of a name: `tavilyApiKey`, `X-Amz-Signature`, `subscription-key`, `access_token`. */
const secretName = /(?:^|[^a-z])(?:[a-z]*key|[a-z]*token|[a-z]*secret|pass|password|passwd|passphrase|pwd|pin|sig|signature|hmac|auth|authorization|authentication|credentials?|creds?|code|sas|jwt|bearer|session|sessionid|sid)$/;
const parameter = /([?#&;])([^=&#;]*)=([^&#;]*)/g;

function named(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // Half an escape: it is looked at as it stands.
    return text;
  }
}

const saysSecret = (name: string): boolean => secretName.test(named(name).trim().replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().replace(/\d+$/, ''));
const holds = (value: string): boolean => value !== '' && value !== credentialPlace;

/** Blanks around it and line ends in it are nothing to whoever reads an address. */
const plainOf = (address: string): string => address.replaceAll(/[\t\r\n]/g, '').trim();

/** Why this address cannot be kept; null: it can. `elsewhere`: how such a secret is given instead. */
export function addressProblem(address: string, elsewhere: string): string | null {
  const plain = plainOf(address);
  if (withUser.test(plain)) return `An address carries no user or password, since it is kept and shown in the clear: ${elsewhere}.`;
  const secret = [...plain.matchAll(parameter)].find(([, , name = '', value = '']) => saysSecret(name) && holds(value));
  return secret === undefined ? null : `"${named(secret[2] ?? '').trim().slice(0, 60)}" in the address looks like a secret, which would be kept and shown in the clear: ${elsewhere}.`;
}

/** As it is told in the audit log: of an address that was kept before it was checked, without what may be secret. */
export const shownAddress = (address: string): string => plainOf(address).replace(/^([a-z]+:[/\\]*)[^/\\?#]*@/i, '$1…@').replaceAll(parameter, (all, mark: string, name: string, value: string) => (saysSecret(name) && holds(value) ? `${mark}${name}=…` : all));
