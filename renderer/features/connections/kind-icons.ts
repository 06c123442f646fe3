import { IconArrowsExchange, IconBroadcast, IconRoute, IconTerminal2, IconTools, type TablerIcon } from '@tabler/icons-react';
import type { AddKind } from './kind-words.ts';

export const kindIcons: Record<AddKind, TablerIcon> = { otlp: IconBroadcast, langgraph: IconRoute, a2a: IconArrowsExchange, 'mcp-http': IconTools, 'mcp-stdio': IconTerminal2 };
