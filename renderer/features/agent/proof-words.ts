/** What proves that an activity was in the history as it stood, in a word and a sentence. Pure. */
import type { ActivityProof } from '../../../shared/audit.ts';
import { plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

type Standing = ActivityProof['records'][number]['state'];
export interface ProofLook { state: State; word: string; says: string; /** the audit entry that holds the digest. */ entryId: string | null }

/** The first that one record is in says how the activity stands: what is worst is said. */
const looks: readonly (readonly [Standing, State, string, (records: string) => string])[] = [
  ['does_not_match', 'broken', 'Does not match', (records) => `${records} not what was digested when it came: changed since.`],
  ['before_digests', 'unknown', 'Before digests', (records) => `${records} from before digests were kept: nothing proves it.`],
  ['open_hour', 'idle', 'Hour is open', (records) => `${records} in an hour whose digest is not closed yet.`],
  ['erased', 'suspended', 'Erased', (records) => `${records} erased; what it was stands in the digest as a hash.`],
  ['holds', 'healthy', 'Holds', (records) => `${records} in a digest that the audit log holds.`],
];

export function proofLook({ records }: Pick<ActivityProof, 'records'>): ProofLook {
  const worst = looks.find(([standing]) => records.some((record) => record.state === standing));
  if (worst === undefined) return { state: 'unknown', word: 'Not known', says: 'Nothing is kept of the records that made it.', entryId: null };
  const [standing, state, word, says] = worst;
  const hit = records.filter((record) => record.state === standing);
  return { state, word, says: says(`${plural(hit.length, 'record')}${hit.length === records.length ? '' : ` of ${String(records.length)}`} ${hit.length === 1 ? 'is' : 'are'}`), entryId: hit.find((record) => record.entryId !== null)?.entryId ?? null };
}
