/** GitHub's scopes ("Scopes for OAuth apps"). They are bare words: the name alone does not say whose they are. */
import type { ClassReading } from './worst.ts';
import type { ScopeReading } from './scope-reading.ts';
import { changing, looking, removing, ruling, running, scope } from './scope-reading.ts';

const both: readonly ClassReading[] = [...looking, ...changing];
const all: readonly ClassReading[] = [...both, ...removing];
const gone: readonly ClassReading[] = [{ class: 'delete', reversibility: 'irreversible' }];

const scopes: Readonly<Record<string, readonly [string, readonly ClassReading[], string]>> = {
  repo: ['repositories', [...all, ...ruling], 'Code, settings and collaborators of every repository, private ones too.'], 'repo:status': ['commit statuses', both, 'Statuses of commits, no code.'], repo_deployment: ['deployments', both, 'Statuses of deployments.'], public_repo: ['public repositories', [...all, ...ruling], 'Code and settings of public repositories.'], 'repo:invite': ['repository invitations', [...both, ...ruling], 'Accepts and declines invitations.'], security_events: ['code scanning', both, 'Security events of code scanning.'],
  'admin:repo_hook': ['repository hooks', [...all, ...ruling], 'Hooks of repositories: who is told of what.'], 'write:repo_hook': ['repository hooks', both, 'Hooks of repositories.'], 'read:repo_hook': ['repository hooks', looking, 'Hooks of repositories.'], 'admin:org': ['organisation', [...all, ...ruling], 'Organisation, teams and memberships.'], 'write:org': ['organisation', both, 'Membership and projects of the organisation.'], 'read:org': ['organisation', looking, 'Membership and teams.'],
  'admin:public_key': ['SSH keys', [...all, ...ruling], 'Keys that log in as the person.'], 'write:public_key': ['SSH keys', [...both, ...ruling], 'Adds keys that log in as the person.'], 'read:public_key': ['SSH keys', looking, 'Lists keys.'], 'admin:org_hook': ['organisation hooks', [...all, ...ruling], 'Hooks of the organisation.'], gist: ['gists', all, 'Gists.'], notifications: ['notifications', both, 'Notifications and watching.'],
  user: ['profile', both, 'The profile of the person.'], 'read:user': ['profile', looking, 'The profile of the person.'], 'user:email': ['profile', looking, 'E-mail addresses of the person.'], 'user:follow': ['profile', both, 'Whom the person follows.'], project: ['projects', all, 'Projects.'], 'read:project': ['projects', looking, 'Projects.'], delete_repo: ['repositories', gone, 'Deletes repositories.'], 'write:packages': ['packages', both, 'Publishes packages.'], 'read:packages': ['packages', looking, 'Packages.'], 'delete:packages': ['packages', gone, 'Deletes packages.'],
  'admin:gpg_key': ['GPG keys', [...all, ...ruling], 'Keys that sign as the person.'], 'write:gpg_key': ['GPG keys', [...both, ...ruling], 'Adds keys that sign as the person.'], 'read:gpg_key': ['GPG keys', looking, 'Lists keys.'], codespace: ['codespaces', [...all, ...running], 'Creates and runs codespaces.'], workflow: ['workflows', [...both, ...running], 'Changes the files that Actions run.'], 'read:audit_log': ['audit log', looking, 'The audit log.'], 'admin:enterprise': ['enterprise', [...all, ...ruling], 'The enterprise.'], 'manage_runners:org': ['runners', [...both, ...ruling], 'Runners of the organisation.'], 'manage_runners:enterprise': ['runners', [...both, ...ruling], 'Runners of the enterprise.'], 'write:discussion': ['discussions', both, 'Team discussions.'], 'read:discussion': ['discussions', looking, 'Team discussions.'], 'admin:ssh_signing_key': ['SSH signing keys', [...all, ...ruling], 'Keys that sign as the person.'],
};
/** Words that others use as well. */
const common = new Set(['user', 'project', 'notifications', 'workflow', 'codespace']);

export function githubScope(name: string): ScopeReading | null {
  const [resource, classes, says] = Object.hasOwn(scopes, name) ? scopes[name] ?? [] : [];
  if (resource === undefined || classes === undefined) return null;
  return scope(`GitHub ${resource}`, classes, { says: says ?? null, notes: common.has(name) ? ['It is read as a scope of GitHub; the name alone does not say whose it is.'] : [], dataClass: resource === 'profile' ? 'personal' : null });
}
