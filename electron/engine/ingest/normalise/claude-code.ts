import type { Adapter } from '../draft.ts';
import { resourceWanted } from './build.ts';
import { claudeLog } from './claude-code-logs.ts';
import { claudeWanted } from './claude-code-shared.ts';
import { claudeSpan } from './claude-code-spans.ts';

export const claudeCodeAdapter: Adapter = { id: 'claude-code', wanted: [...claudeWanted, ...resourceWanted, 'decision_type'], span: claudeSpan, log: claudeLog };
