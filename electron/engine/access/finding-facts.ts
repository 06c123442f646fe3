import type { AccessClass, DocumentRole, Enforcement, FindingRule, GrantKind, Reversibility } from '../../../shared/access.ts';
import type { IdentityKind } from '../../../shared/domain.ts';

export interface FactGrant {
  readonly id: number;
  readonly kind: GrantKind;
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly role: DocumentRole | null;
  readonly understood: 'whole' | 'partly' | 'not';
  readonly notUnderstood: readonly string[];
  /** what remains of it (`effective`), not what its source says alone. */
  readonly classes: readonly { readonly class: AccessClass; readonly reversibility: Reversibility }[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly string[];
  readonly enforcement: Enforcement;
  readonly firstUs: number;
  readonly expiresUs: number | null;
  readonly use: { readonly state: 'used' | 'not_used' | 'cannot_tell'; readonly times: number; readonly lastUsedUs: number | null };
}

export interface AccessFacts {
  readonly holder: { readonly kind: 'agent' | 'connection'; readonly id: number; readonly name: string };
  /** null: not an agent. `sinceUs`: when the evidence was first seen. */
  readonly identity: { readonly kind: IdentityKind; readonly of: string | null; readonly sinceUs: number } | null;
  /** the best word there is on each; null: nobody is named. */
  readonly owner: { readonly name: string; readonly gone: boolean; readonly atUs: number } | null;
  readonly sponsor: { readonly name: string; readonly gone: boolean; readonly atUs: number } | null;
  readonly firstSeenUs: number;
  /** with who else holds each. */
  readonly credentials: readonly { readonly id: number; readonly kind: string; readonly name: string; readonly sinceUs: number; readonly others: readonly { readonly id: number; readonly name: string }[] }[];
  readonly grants: readonly FactGrant[];
  /** used with no grant that was found, by name of the tool or action. Only where its grants are listed at all. */
  readonly ungranted: readonly { readonly name: string; readonly class: AccessClass; readonly reversibility: Reversibility; readonly times: number; readonly firstUs: number; readonly lastUs: number }[];
  /** ways in that ask for no credential. */
  readonly entries: readonly { readonly kind: 'a2a' | 'other'; readonly where: string; readonly sinceUs: number }[];
  /** against the baseline that an administrator approved; empty where there is none. */
  readonly widened: readonly { readonly grantId: number; readonly name: string; readonly text: string; readonly sinceUs: number }[];
  readonly nowUs: number;
  readonly unusedDays: number;
}

export interface FoundFinding {
  /** the rule and what it is about: the same finding is found again by it. Of one holder. */
  readonly subject: string;
  readonly rule: FindingRule;
  readonly severity: 'info' | 'attention' | 'serious';
  readonly grantId: number | null;
  readonly text: string;
  readonly advice: string;
  readonly sinceUs: number;
}
