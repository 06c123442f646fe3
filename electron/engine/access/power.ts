import type { AccessClass, Reversibility } from '../../../shared/access.ts';

/** What is serious in the wrong hands: what cannot be taken back, and deciding over others. `unknown` is treated as the worst (OWASP AISVS 9.2.3). */
export const isPower = (one: { readonly class: AccessClass; readonly reversibility: Reversibility }): boolean => one.class === 'administer' || (one.class !== 'read' && (one.reversibility === 'irreversible' || one.reversibility === 'unknown'));
