/**
 * For AWS: each statement with only the actions that its observed calls need, its resources and conditions as they were; explicit denies and
 * what cannot be told stay as they stand. Boundaries and policies at resources are not the agent's own policy: they are not touched.
 */
import { actionsMatching } from './action-catalogue.ts';
import { actionsNeeded, isAwsCall } from './aws-call-names.ts';
import { actionFits } from './iam-decide.ts';
import { statementOf } from './iam-write.ts';
import type { Statement } from './iam-write.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { fileNameOf, keptLately, sorted } from './proposing.ts';
import type { ProposalDraft, ProposalInput, ProposedGrant, Sorted } from './proposing.ts';
import { readIam } from './read-iam.ts';

/** Of a managed policy, without white space (IAM and STS quotas). */
const MOST_POLICY = 6_144;

export function proposeIam({ agentName, grants, observed }: ProposalInput): ProposalDraft {
  const { used, unused, untold } = sorted({ grants, observed: observed.filter(({ name }) => isAwsCall(name)) });
  const denies = grants.filter(({ reading, role }) => reading.effect === 'deny' && (role === 'identity' || role === null));
  const asTheyAre = [...untold, ...denies].flatMap(whole);
  const statements = ownSids([...used.flatMap(narrowed), ...asTheyAre]);
  const policy = { Version: '2012-10-17', Statement: statements };
  const text = `${JSON.stringify(policy, null, 2)}\n`;
  const permits = keptPermits(text);
  const size = JSON.stringify(policy).length;
  return {
    form: 'iam', text, mediaType: 'application/json', fileName: fileNameOf(agentName, 'policy.json'), keeps: observed.filter(({ name }) => permits(name)), drops: unused.map(({ id }) => id), cannotTell: untold.map(({ id }) => id),
    warnings: [
      ...(untold.length > 0 ? ['Statements whose use cannot be seen are kept as they are.'] : []), ...(statements.length === 0 ? ['It permits nothing: no call of AWS was seen. IAM takes no policy without a statement.'] : []),
      ...(size > MOST_POLICY ? [`It is ${size} characters long without white space; a managed policy may have ${MOST_POLICY}.`] : []), ...(grants.some(({ role }) => role === 'resource') ? ['Policies at resources permit beside this one; they are not changed by it.'] : []),
      ...unknownCalls(used), 'Names of calls tell actions, not resources: resources and conditions are those that were granted.',
    ],
    concerns: isAwsCall, permits,
  };
}

function narrowed({ grant, names }: Sorted): Statement[] {
  if (grant.reading.understood === 'not') return whole(grant);
  const needed = names.flatMap(({ name }) => actionsNeeded(name)).filter((action) => actionFits(grant.reading.actions, action) === 'yes');
  return needed.length === 0 ? [] : [statementOf({ ...grant.reading, actions: [...new Set(needed)].sort() }, sidOf(grant))];
}

/** As it stands. What could not be read is kept word for word. */
function whole(grant: ProposedGrant): Statement[] {
  if (grant.reading.understood !== 'not') return [statementOf(grant.reading, sidOf(grant))];
  const source = parsed(grant.reading.source);
  return source ? [source] : [];
}

function sidOf({ reading }: ProposedGrant): string | null {
  const sid = parsed(reading.source)?.['Sid'];
  return typeof sid === 'string' && sid !== '' ? sid : null;
}

const unknownCalls = (used: readonly Sorted[]): string[] => [...new Set(used.flatMap(({ names }) => names.flatMap(({ name }) => actionsNeeded(name))))].filter((action) => actionsMatching(action).length === 0).slice(0, 20).map((action) => `${action} was called, and the catalogue knows no such action: what permits it may be called otherwise.`);

/** Within one policy a Sid stands once; statements of several documents may share one. */
function ownSids(statements: readonly Statement[]): Statement[] {
  const seen = new Set<Json>();
  return statements.map(({ Sid, ...rest }) => {
    if (Sid === undefined || seen.has(Sid)) return rest;
    seen.add(Sid);
    return { Sid, ...rest };
  });
}

function parsed(source: string): Statement | null {
  const { value } = parseDocument(source);
  return isObject(value) ? value : null;
}

/** By what the text itself says, read again: a call passes if an allow is for all that it needs, and no deny without conditions is for it everywhere. */
function permitsOf(text: string): (activityName: string) => boolean {
  const { readings } = readIam(text, 'identity');
  const allows = readings.filter(({ effect }) => effect === 'allow');
  const denies = readings.filter(({ effect, conditions, resources, understood }) => effect === 'deny' && conditions.length === 0 && understood !== 'not' && resources.includes('*'));
  const passes = (action: string): boolean => allows.some(({ actions }) => actionFits(actions, action) !== 'no') && !denies.some(({ actions }) => actionFits(actions, action) === 'yes');
  return (name) => isAwsCall(name) && actionsNeeded(name).every(passes);
}

/** A proposal is asked for again and again, of other days or to be saved, and its text is mostly the same. */
const keptPermits = keptLately(permitsOf);
