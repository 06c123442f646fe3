/** What a body names, in the words of the history: read only for the bodies that are asked for (`BodyJob.sample`). */
import type { AgentClaim } from '../ingest/draft.ts';
import type { ResourceInfo } from '../ingest/record.ts';
import { mostSampled, type BodySample, type SampledResource } from '../processes/body-sample.ts';
import type { Told } from './assemble/assembler.ts';
import { agentKey, serviceKey } from './assemble/agents.ts';

/** Resource attributes by which a process says which one it is. */
export const sampledAttributes = ['process.pid', 'host.name', 'service.instance.id'] as const;

export class BodySampler {
  private readonly agents = new Map<string, { readonly service: string; readonly key: string }>();
  private readonly services = new Set<string>();
  private readonly unnamed = new Set<string>();
  private readonly resources = new Map<string, SampledResource>();
  private lastResource: ResourceInfo | null = null;
  /** The claim looked at last: neighbours share it, and making its key is felt. */
  private lastClaim: AgentClaim | null = null;
  private lastService = '';
  private more = false;

  /** A record, and what was told because of it: `told` from `first` on. */
  take(resource: ResourceInfo, told: readonly Told[], first: number): void {
    if (resource !== this.lastResource) this.takeResource(resource, serviceKey(resource.service));
    this.lastResource = resource;
    for (let at = first; at < told.length; at++) {
      const { draft } = told[at] as Told;
      if (draft.plain !== true) this.takeClaim(draft.agent, resource.service);
    }
  }

  private takeClaim(claim: AgentClaim | undefined, service: string): void {
    const { lastClaim } = this;
    if (claim !== undefined && lastClaim !== null && claim.id === lastClaim.id && claim.name === lastClaim.name && service === this.lastService) return;
    this.lastClaim = claim ?? null;
    this.lastService = service;
    const key = claim === undefined ? null : agentKey(claim, service);
    if (key === null) this.keep(this.unnamed, serviceKey(service));
    else if (!this.agents.has(key)) {
      if (this.agents.size < mostSampled) this.agents.set(key, { service: serviceKey(service), key });
      else this.more = true;
    }
  }

  sample(): BodySample {
    return { agents: [...this.agents.values()], services: [...this.services], unnamed: [...this.unnamed], resources: [...this.resources.values()], more: this.more };
  }

  private takeResource({ attrs }: ResourceInfo, service: string): void {
    this.keep(this.services, service);
    const [pid, host, instance] = sampledAttributes.map((name) => attrs[name]);
    const resource: SampledResource = { pid: processNumber(pid), host: short(host), instance: short(instance) };
    const key = JSON.stringify(resource);
    if (this.resources.has(key)) return;
    if (this.resources.size < mostSampled) this.resources.set(key, resource);
    else this.more = true;
  }

  private keep(set: Set<string>, value: string): void {
    if (set.has(value)) return;
    if (set.size < mostSampled) set.add(value);
    else this.more = true;
  }
}

/** SECURITY: strangers' text, compared only. */
const short = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 256) : '');

/** JSON bodies bring 64-bit numbers as text. Null: none is told. */
function processNumber(value: unknown): number | null {
  if (value === undefined) return null;
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  // Told, but no number of a process: it is nobody's here.
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
