/**
 * By which names agents are known to other sources. Stitching compares them; docs/data-flow.md says the rules in words. Pure.
 *
 * `langgraph.assistant:<uuid>`  `a2a.card:<url>`  `service:<service.name>/<agent name>`  `service.name:<service.name>`
 */

/** SECURITY: aliases are strangers' text. */
const longestAlias = 1_024;
export const mostAliases = 32;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One spelling for each alias; null: it names nothing. */
export function normalAlias(alias: string): string | null {
  const at = alias.indexOf(':');
  if (at <= 0 || alias.length > longestAlias) return null;
  const kind = alias.slice(0, at);
  const rest = alias.slice(at + 1).trim();
  if (rest === '') return null;
  if (kind === 'a2a.card') {
    const url = cardUrl(rest);
    return url === null ? null : `a2a.card:${url}`;
  }
  return kind === 'langgraph.assistant' ? `${kind}:${rest.toLowerCase()}` : `${kind}:${rest}`;
}

/** Card, agent and base address of an A2A agent lead to the same one. */
function cardUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const path = url.pathname.replace(/\/\.well-known\/agent(-card)?\.json$/, '').replace(/\/+$/, '');
  return `${url.protocol}//${url.host}${path}`;
}

/** What telemetry tells of an agent by its id and its service. `named`: some record named the agent; it is not the service as a whole. */
export function telemetryAliases(agent: { readonly key: string; readonly name: string; readonly service: string; readonly named: boolean }): string[] {
  const found: (string | null)[] = [];
  if (uuid.test(agent.key)) found.push(normalAlias(`langgraph.assistant:${agent.key}`));
  if (agent.service !== '' && agent.named) found.push(normalAlias(`service:${agent.service}/${agent.name}`));
  if (agent.service !== '' && agent.name === agent.service) found.push(normalAlias(`service.name:${agent.service}`));
  return found.filter((alias) => alias !== null);
}

/** Resource attributes that name the agent which a process runs. */
export const aliasAttributes = ['langgraph.assistant_id', 'gatehouse.agent.url', 'a2a.agent.card_url'] as const;

export function resourceAliases(attributes: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  for (const key of aliasAttributes) {
    const value = attributes[key];
    if (typeof value !== 'string' || value === '') continue;
    const alias = normalAlias(`${key === 'langgraph.assistant_id' ? 'langgraph.assistant' : 'a2a.card'}:${value}`);
    if (alias !== null) found.push(alias);
  }
  return found;
}
