/** The OCSF classes that rows of a report become, with their activities as the schema names them. Checked against both published versions by the tests. */

export const ocsfVersions = ['1.8.0', '1.9.0'] as const;
export type OcsfVersion = (typeof ocsfVersions)[number];

export interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly category: number;
  readonly categoryName: string;
  readonly activities: Readonly<Record<number, string>>;
  /** profiles that it takes in each version, of those that are used here. */
  readonly profiles: Readonly<Record<OcsfVersion, readonly OcsfProfile[]>>;
  /** its `actor` comes with the host profile only. */
  readonly actorByHost?: true;
}

export type OcsfProfile = 'ai_operation' | 'host' | 'record_integrity' | 'security_control';

const categories = { 0: 'Uncategorized', 2: 'Findings', 3: 'Identity & Access Management', 6: 'Application Activity' } as const;

function ocsfClass(uid: number, name: string, activities: Readonly<Record<number, string>>, { ai18 = false, ai19 = true, actorByHost = false } = {}): OcsfClass {
  const category = Math.floor(uid / 1_000) as keyof typeof categories;
  const usual: readonly OcsfProfile[] = ['host', 'security_control'];
  return {
    uid, name, category, categoryName: categories[category], activities: { 0: 'Unknown', ...activities, 99: 'Other' },
    profiles: { '1.8.0': ai18 ? ['ai_operation', ...usual] : usual, '1.9.0': [...(ai19 ? ['ai_operation' as const] : []), ...usual, 'record_integrity'] },
    ...(actorByHost ? { actorByHost } : {}),
  };
}

export const classes = {
  base: ocsfClass(0, 'Base Event', {}, { ai19: false, actorByHost: true }),
  detection: ocsfClass(2004, 'Detection Finding', { 1: 'Create', 2: 'Update', 3: 'Close' }, { ai19: false, actorByHost: true }),
  accessFinding: ocsfClass(2008, 'IAM Analysis Finding', { 1: 'Create', 2: 'Update', 3: 'Close' }, { ai19: false, actorByHost: true }),
  authentication: ocsfClass(3002, 'Authentication', { 1: 'Logon', 2: 'Logoff' }),
  authorize: ocsfClass(3003, 'Authorize Session', { 1: 'Assign Privileges' }),
  entity: ocsfClass(3004, 'Entity Management', { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 8: 'Enable', 9: 'Disable', 12: 'Suspend', 13: 'Resume' }),
  /** deprecated since 1.9.0, where `users` stands for it. */
  userAccess: ocsfClass(3005, 'User Access Management', { 1: 'Assign Privileges', 2: 'Revoke Privileges' }),
  /** since 1.9.0. */
  users: ocsfClass(3007, 'User Management', { 2: 'Update', 14: 'Assign Privileges', 15: 'Remove Privileges' }),
  lifecycle: ocsfClass(6002, 'Application Lifecycle', { 3: 'Start', 4: 'Stop', 6: 'Enable', 7: 'Disable' }, { actorByHost: true }),
  api: ocsfClass(6003, 'API Activity', { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' }, { ai18: true }),
  datastore: ocsfClass(6005, 'Datastore Activity', { 1: 'Read', 2: 'Update', 5: 'Write', 7: 'Delete' }, { ai18: true }),
  scan: ocsfClass(6007, 'Scan Activity', {}, { actorByHost: true }),
  failure: ocsfClass(6008, 'Application Error', { 1: 'General Error' }, { actorByHost: true }),
} as const satisfies Readonly<Record<string, OcsfClass>>;

export const severities = { 1: 'Informational', 2: 'Low', 3: 'Medium', 4: 'High', 5: 'Critical' } as const;
export type Severity = keyof typeof severities;

/** Of `security_control`. */
export const actions = { 0: 'Unknown', 1: 'Allowed', 2: 'Denied', 3: 'Observed', 99: 'Other' } as const;
export const dispositions = { 0: 'Unknown', 2: 'Blocked', 8: 'Approved', 14: 'Delayed', 15: 'Detected', 16: 'No Action', 17: 'Logged', 25: 'Rejected', 26: 'Unauthorized', 99: 'Other' } as const;
