import { useQuery } from '@tanstack/react-query';
import { auditQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { proofLook } from './proof-words.ts';
import classes from './agent.module.css';

/** Whether the records behind it are what came, and where that is held. */
export function ProofLine({ activityId }: { activityId: string }) {
  const { data, error } = useQuery(auditQueries.proof(activityId));
  if (data === undefined) return <span className={classes.second}>{error === null ? 'being read' : 'could not be read'}</span>;
  const { state, word, says, entryId } = proofLook(data);
  return <span className={classes.inline}><StateBadge state={state} word={word} tip={says} />{entryId !== null && <a className={classes.link} href={placeHash({ screen: 'audit', id: entryId, params: { view: 'log' } })}>the entry that holds it</a>}</span>;
}
