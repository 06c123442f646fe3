/**
 * What an AWS action does, by its access level in AWS's service authorization reference (List, Read, Write, Tagging, Permissions
 * management) and its verb, and how far it can be taken back (OWASP AISVS 9.2.3).
 *
 * Class. List and Read are `read`. Permissions management is `administer`; so are taking on another identity and passing a role, which
 * AWS files under Write. A Write is `delete`, `execute` or `write` by its verb; what writes in batches may also delete. `network`, `spend`, and
 * `administer` for what changes identities and organisations, are added, never put in the place of another.
 *
 * Reversibility. Read: `read_only`. Tagging: `reversible`. What deletes: `irreversible`, unless the same service has an Undelete of the same thing.
 * What sends or publishes: `irreversible`, nobody takes back a message. What buys: `externally_reversible`, only the seller can.
 * What the same service has the opposite of (Create and Delete, Attach and Detach): `reversible`. Everything else: `unknown`: an update
 * overwrites what was there, and the catalogue does not say whether the service keeps it.
 */
import type { Reversibility } from '../../../shared/access.ts';
import type { ClassReading } from './worst.ts';

/** List, Read, Write, Tagging, Permissions management. */
export type AccessLevel = 'L' | 'R' | 'W' | 'T' | 'P';

const deletes = /^(?:Batch)?(?:Delete|Terminate|Purge|Drop|Destroy|Erase|Expunge|Release|Forget|Expire)|^Schedule\w*Deletion$|^PartiQLDelete$/u;
/** Deletes too, unless the same service has what puts it back. */
const removes = /^(?:Batch)?(?:Remove|Deregister)/u;
const executes = /^(?:Batch)?(?:Invoke|Run|Execute|Call|Evaluate)(?![a-z])|^(?:Start|Send|Submit|Trigger|Retry|Redrive)(?:[A-Za-z]*)(?:Execution|Command|Commands|Query|Session|Job|Jobs|Run|Build|Workflow|Task|Pipeline|Automation|Statement)s?$|^(?:ECSExec|ExecuteCommand|Eval)/u;
/** AWS files these under Read, but they run something at somebody's cost. */
const runsThoughRead = /^(?:Invoke|Converse|RetrieveAndGenerate|GenerateQuery|Run|Execute)(?![a-z])/u;
const sends = /^(?:Send|Publish|Post|Notify|Broadcast|Deliver)(?![a-z])/u;
const buys = /^(?:Purchase|Buy|Redeem|AcceptAgreementRequest|CreateAgreementRequest|CreateSavingsPlan|ModifyReservedInstances|RequestSpot|RunInstances|CreateFleet|CreateCapacityReservation|Subscribe$)/u;
const takesIdentity = /^(?:Assume|PassRole|GetFederationToken|GetSessionToken|GetServiceBearerToken|GetWorkloadAccessToken|GetResourceOauth2Token|GetResourceApiKey)/u;
const networkServices = new Set(['directconnect', 'globalaccelerator', 'network-firewall', 'networkmanager', 'route53', 'route53resolver', 'route53domains', 'vpc-lattice', 'elasticloadbalancing', 'cloudfront', 'ram-network', 'vpce', 'client-vpn']);
const networkNames = /SecurityGroup|NetworkAcl|Route|Vpc|Vpn|Gateway|NetworkInterface|TransitGateway|Subnet|Peering|PrefixList|NetworkInsights/u;
const models = new Set(['bedrock', 'bedrock-agentcore', 'bedrock-mantle', 'sagemaker']);

/** Services whose every change decides over who may do what. */
const governing = new Set(['iam', 'organizations', 'sso', 'sso-directory', 'sso-admin', 'identitystore', 'rolesanywhere', 'ram', 'account']);
/** One call of these may carry deletions. */
const batches = /^(?:BatchWriteItem|BatchExecuteStatement|ExecuteTransaction|TransactWriteItems)$/u;

/** An action and what undoes it, both ways round. */
const opposites: readonly (readonly [string, string])[] = [
  ['Create', 'Delete'], ['Create', 'Terminate'], ['Put', 'Delete'], ['Add', 'Remove'], ['Attach', 'Detach'], ['Associate', 'Disassociate'], ['Start', 'Stop'], ['Enable', 'Disable'], ['Register', 'Deregister'], ['Grant', 'Revoke'],
  ['Authorize', 'Revoke'], ['Tag', 'Untag'], ['Lock', 'Unlock'], ['Activate', 'Deactivate'], ['Suspend', 'Resume'], ['Pause', 'Resume'], ['Allocate', 'Release'], ['Assign', 'Unassign'], ['Subscribe', 'Unsubscribe'], ['Link', 'Unlink'], ['Archive', 'Unarchive'], ['Provision', 'Deprovision'], ['Start', 'Cancel'], ['Share', 'Unshare'],
];
/** Puts what was there in the place of what was there before: that its opposite exists does not bring the old one back. */
const overwrites = new Set(['Put']);

export function classesOf(service: string, name: string, level: AccessLevel, all: ReadonlySet<string>): ClassReading[] {
  const main = mainClass(service, name, level, all);
  const extra: ClassReading[] = [];
  if (level !== 'L' && level !== 'R' && (networkServices.has(service) || (service === 'ec2' && networkNames.test(name)))) extra.push({ class: 'network', reversibility: main.reversibility });
  if (level === 'W' && governing.has(service) && main.class !== 'administer') extra.push({ class: 'administer', reversibility: main.reversibility });
  if (batches.test(name)) extra.push({ class: 'delete', reversibility: 'irreversible' });
  if (buys.test(name) && level !== 'L') extra.push({ class: 'spend', reversibility: 'externally_reversible' });
  if (models.has(service) && runsThoughRead.test(name)) extra.push({ class: 'spend', reversibility: 'irreversible' });
  return [main, ...extra];
}

function mainClass(service: string, name: string, level: AccessLevel, all: ReadonlySet<string>): ClassReading {
  if (takesIdentity.test(name) && (service === 'sts' || service === 'iam' || service === 'bedrock-agentcore')) return { class: 'administer', reversibility: 'reversible' };
  if (level === 'R' && runsThoughRead.test(name)) return { class: 'execute', reversibility: 'unknown' };
  if (level === 'L' || level === 'R') return { class: 'read', reversibility: 'read_only' };
  // It shows what was hidden, and changes nothing; AWS files it under Write.
  if (service === 'kms' && name === 'Decrypt') return { class: 'read', reversibility: 'read_only' };
  if (level === 'T') return { class: 'write', reversibility: 'reversible' };
  if (level === 'P') return { class: 'administer', reversibility: undoing(name, all) };
  if (deletes.test(name)) return { class: 'delete', reversibility: restores(name, all) ? 'reversible' : 'irreversible' };
  if (removes.test(name) && undoing(name, all) === 'unknown') return { class: 'delete', reversibility: 'irreversible' };
  if (executes.test(name)) return { class: 'execute', reversibility: 'unknown' };
  if (sends.test(name)) return { class: 'write', reversibility: 'irreversible' };
  return { class: 'write', reversibility: undoing(name, all) };
}

function undoing(name: string, all: ReadonlySet<string>): Reversibility {
  for (const [one, other] of opposites) {
    if (name.startsWith(one) && !overwrites.has(one) && all.has(other + name.slice(one.length))) return 'reversible';
    // What undoes can be done again, unless it ended the thing.
    if (name.startsWith(other) && !deletes.test(name) && all.has(one + name.slice(other.length))) return 'reversible';
  }
  return 'unknown';
}

/** A Restore is no proof: `s3:RestoreObject` fetches from an archive, and others restore backups into something new. */
const restores = (name: string, all: ReadonlySet<string>): boolean => all.has(`Undelete${name.replace(/^(?:Batch)?[A-Z][a-z]+/u, '')}`);
