/**
 * What a runtime offers and says of itself: tools, resources, prompts, skills, gates. A claim is a claim: it is read as it stands, and a name
 * may add a class to it, never take one away.
 *
 * MCP's defaults hold for what a tool does not say (specification, ToolAnnotations): readOnlyHint false, destructiveHint true, openWorldHint
 * true. Reversibility (OWASP AISVS 9.2.3) from the same claims: a tool that only reads is `read_only`; destructive is `irreversible`; what
 * only adds is `reversible` in a closed world and `externally_reversible` where it reaches strangers: then it is they who must undo it.
 */
import type { GrantKind, GrantReading } from '../../../shared/access.ts';
import { nameHints } from './name-hints.ts';
import { readScope } from './scope-table.ts';
import { mergeClasses, worstOf } from './worst.ts';
import type { ClassReading } from './worst.ts';

export interface Offer {
  readonly kind: GrantKind;
  readonly name: string;
  readonly description: string | null;
  readonly readOnly: boolean | null;
  readonly destructive: boolean | null;
  readonly openWorld: boolean | null;
  readonly idempotent: boolean | null;
}

export type OfferReading = Pick<GrantReading, 'effect' | 'understood' | 'notUnderstood' | 'classes' | 'reversibility' | 'actions' | 'resources' | 'conditions'>;

export function readOffer(offer: Offer): OfferReading {
  switch (offer.kind) {
    case 'tool': return readTool(offer);
    case 'resource': return made([{ class: 'read', reversibility: 'read_only' }], [], { actions: ['read'], resources: [offer.name] });
    case 'prompt': return made([{ class: 'read', reversibility: 'read_only' }], [], { actions: ['get'], resources: [offer.name] });
    // A gate stands before a permission and is none: it has no class.
    case 'gate': return { ...made([], [], { actions: [], resources: [] }), reversibility: 'read_only' };
    case 'skill': return made([{ class: 'execute', reversibility: 'unknown' }, ...nameHints(offer.name)], ['A skill says nothing of what it does to others; only that it runs is known.'], { actions: [offer.name], resources: [] });
    case 'network': return made([{ class: 'network', reversibility: 'unknown' }], ['It is not said what it may do there.'], { actions: [], resources: [offer.name] });
    case 'budget': return made([{ class: 'spend', reversibility: 'externally_reversible' }], [], { actions: [], resources: [offer.name] });
    case 'scope':
    case 'role': {
      const known = readScope(offer.name, offer.kind);
      return known ? made(known.classes, known.notes, { actions: [offer.name], resources: [known.resource] }) : made([{ class: 'not_understood', reversibility: 'unknown' }], ['This name is in no table of scopes that is known here.'], { actions: [offer.name], resources: [] });
    }
    default: return made([{ class: 'not_understood', reversibility: 'unknown' }], ['The runtime gives its name only.'], { actions: [], resources: [offer.name] });
  }
}

function readTool({ name, readOnly, destructive, openWorld }: Offer): OfferReading {
  const hints = nameHints(name);
  const said: string[] = [];
  if (readOnly === null && destructive === null && openWorld === null) said.push('It claims nothing about itself; the worst is assumed.');
  else {
    if (readOnly === null) said.push('It does not say whether it only reads; that it changes things is assumed.');
    if (readOnly !== true && destructive === null) said.push('It does not say whether it destroys; that it does is assumed.');
    if (readOnly === true && destructive === true) said.push('It claims to read only and to destroy; both cannot be, and the worse is held.');
    if (openWorld === null) said.push('It does not say whether it reaches beyond its own system; that it does is assumed.');
  }
  const against = hints.filter(({ class: name_ }) => name_ !== 'read' && name_ !== 'network');
  if (readOnly === true && against.length > 0) said.push(`It claims to read only, and its name speaks of more: ${against.map((hint) => hint.class).join(', ')}.`);
  return made(mergeClasses([...claimedClasses(readOnly, destructive, openWorld), ...hints]), said, { actions: [name], resources: [] });
}

function claimedClasses(readOnly: boolean | null, destructive: boolean | null, openWorld: boolean | null): ClassReading[] {
  const open = openWorld !== false;
  if (readOnly === true && destructive !== true) return [{ class: 'read', reversibility: 'read_only' }, ...(open ? [{ class: 'network', reversibility: 'read_only' } as const] : [])];
  if (destructive === false) {
    const reversibility = open ? 'externally_reversible' : 'reversible';
    return [{ class: 'write', reversibility }, ...(open ? [{ class: 'network', reversibility } as const] : [])];
  }
  return [{ class: 'write', reversibility: 'irreversible' }, { class: 'delete', reversibility: 'irreversible' }, ...(open ? [{ class: 'network', reversibility: 'irreversible' } as const] : [])];
}

function made(classes: readonly ClassReading[], notUnderstood: string[], { actions, resources }: { actions: string[]; resources: string[] }): OfferReading {
  const merged = mergeClasses(classes);
  return { effect: 'allow', understood: notUnderstood.length === 0 ? 'whole' : 'partly', notUnderstood, classes: merged, reversibility: worstOf(merged.map((one) => one.reversibility)), actions, resources, conditions: [] };
}
