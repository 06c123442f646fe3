/**
 * Microsoft Graph permissions, by the published rule of their names: `{resource}.{operation}.{constraint}` ("Overview of Microsoft Graph
 * permissions", permissions reference). ReadWrite includes creating and deleting there; only few resources have a permission to delete of its own.
 */
import type { ClassReading } from './worst.ts';
import type { ScopeReading } from './scope-reading.ts';
import { changing, looking, removing, ruling, running, scope, sending } from './scope-reading.ts';

const operations: Readonly<Record<string, readonly ClassReading[]>> = {
  Read: looking, ReadBasic: looking, ReadAll: looking, ReadHidden: looking, Export: looking, Search: looking, ReadWrite: [...looking, ...changing, ...removing], Write: changing, Create: changing, Edit: changing, Add: changing, Update: changing, UpdatePolicyViolation: changing, Delete: removing, DeleteRestore: removing,
  Send: sending, Invite: sending, Manage: [...looking, ...changing, ...removing, ...ruling], FullControl: [...looking, ...changing, ...removing, ...ruling], EnableDisable: ruling, EnableDisableAccount: ruling, RevokeSessions: ruling, PrivilegedOperations: ruling, AccessAsUser: [...looking, ...changing, ...removing], Initiate: running, InitiateGroupCall: running, JoinGroupCall: running, JoinGroupCallAsGuest: running, AccessMedia: looking, Run: running, Execute: running,
};

/** To write one of these is to decide over who may do what: Entra's directory, roles, applications, consents, policies, sign-in methods, devices. */
const rules = /^(?:Directory|RoleManagement|RoleAssignmentSchedule|RoleEligibilitySchedule|AppRoleAssignment|Application|Policy|DelegatedPermissionGrant|PrivilegedAccess\w*|PrivilegedAssignmentSchedule|PrivilegedEligibilitySchedule|UserAuthenticationMethod|UserAuthMethod\w*|User|Group|GroupMember|Domain|Organization|Identity\w*|EntitlementManagement|CrossTenant\w*|CustomSecAttribute\w*|ConsentRequest|AccessReview|DeviceManagement\w*|Device|Synchronization|AgentIdentity\w*|AgentIdUser|AgentRegistration|CopilotPackages|SecurityActions|Agreement|AdministrativeUnit|ServicePrincipalEndpoint|MultiTenantOrganization|OnPremDirectorySynchronization|Team|TeamMember|TeamsAppInstallation|Sites)$/u;
/** Deciding only where the operation is a writing one on everybody. */
const personal = new Set(['User', 'Group', 'Team', 'Sites', 'Device']);
const people = /^(?:Mail|MailboxSettings|MailboxItem|MailboxFolder|Contacts|Calendars|Chat|ChatMessage|ChannelMessage|User|People|Files|Notes|Presence|OnlineMeeting\w*|CallRecords|Place|Tasks|Family)/u;

const whole: Readonly<Record<string, readonly [string, readonly ClassReading[], string]>> = {
  full_access_as_app: ['Exchange mailboxes', [...looking, ...changing, ...removing, ...sending], 'Everything in every mailbox.'],
  user_impersonation: ['API as the person', [...looking, ...changing, ...removing], 'Everything that the person may do in that API.'],
};

export function microsoftScope(given: string, kind: 'scope' | 'role'): ScopeReading | null {
  const name = given.replace(/^https:\/\/graph\.microsoft\.(?:com|us|cn)\//u, '');
  if (Object.hasOwn(whole, name)) {
    const [resource, classes, says] = whole[name] ?? ['', [], ''];
    return scope(resource, classes, { says, notes: name === 'user_impersonation' ? ['Which API it is for does not stand in the name.'] : [] });
  }
  const parts = name.split('.');
  const [resource = '', operation = '', ...constraint] = parts;
  if (parts.length < 2 || parts.length > 4 || !/^[A-Z][A-Za-z\d-]*$/u.test(resource)) return null;
  if (operation === 'Selected' && ['Sites', 'Files', 'Lists', 'ListItems', 'SharePointTenantSettings'].includes(resource)) return scope(resource, [...looking, ...changing, ...removing], { says: 'Only those that were given to it one by one.', notes: ['Which ones, and whether to read or to write, does not stand in the name.'] });
  if (!Object.hasOwn(operations, operation) || !constraint.every((part) => /^[A-Z][A-Za-z\d-]*$/u.test(part))) return null;
  const base = operations[operation] ?? [];
  const writes = base.some((one) => one.class !== 'read');
  const decides = writes && rules.test(resource) && !(personal.has(resource) && !constraint.includes('All'));
  return scope(resource, decides ? [...base, ...ruling] : base, { says: saysOf(constraint, kind), dataClass: people.test(resource) ? 'personal' : null });
}

function saysOf(constraint: readonly string[], kind: 'scope' | 'role'): string {
  const where = constraint.includes('All') ? 'In the whole organisation' : constraint.includes('Shared') ? 'Also what others share with the person' : constraint.includes('AppFolder') ? 'Only in the folder of the application' : constraint.includes('OwnedBy') ? 'Only those that it owns' : constraint.length > 0 ? `Only ${constraint.join(' ')}` : kind === 'role' ? 'In the whole organisation' : 'What is the person\'s own';
  return kind === 'role' ? `${where}, as the application itself, with nobody signed in.` : `${where}, and never more than the signed-in person may.`;
}
