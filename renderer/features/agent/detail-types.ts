import type { Result } from '../../../shared/contract.ts';

export type ActivityDetail = Result<'activity.get'>;
