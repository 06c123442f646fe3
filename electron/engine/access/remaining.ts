import type { Facet } from './labels.ts';

export interface Remaining {
  /** whole: as its source says. limited: something else takes a part away, or may. nothing: nothing of it remains. no_permission: it permits nothing by itself (a deny, a boundary, a gate). */
  readonly state: 'whole' | 'limited' | 'nothing' | 'no_permission';
  readonly facets: readonly Facet[];
  /** false: some of it hangs on the moment (a condition, a variable) or on a part that could not be read. */
  readonly certain: boolean;
  /** what limits it, or what could at the moment of use: one sentence each. */
  readonly why: readonly string[];
}

export const noPermission: Remaining = { state: 'no_permission', facets: [], certain: true, why: [] };
