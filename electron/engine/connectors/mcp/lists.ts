/** The lists that a server keeps. */

export interface ListKind {
  readonly method: string;
  /** the name of the array in the answer. */
  readonly field: string;
  readonly capability: 'tools' | 'resources' | 'prompts';
}

export const lists = {
  tools: { method: 'tools/list', field: 'tools', capability: 'tools' },
  resources: { method: 'resources/list', field: 'resources', capability: 'resources' },
  templates: { method: 'resources/templates/list', field: 'resourceTemplates', capability: 'resources' },
  prompts: { method: 'prompts/list', field: 'prompts', capability: 'prompts' },
} as const satisfies Readonly<Record<string, ListKind>>;
