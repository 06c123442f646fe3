import { useEffect, useState } from 'react';
import { onAnnounce } from '../ui/announce.ts';

/** The one place from which a screen reader hears what changed by itself. */
export function LiveRegion() {
  const [polite, setPolite] = useState('');
  const [urgent, setUrgent] = useState('');
  useEffect(() => onAnnounce((sentence, isUrgent) => (isUrgent ? setUrgent : setPolite)(sentence)), []);
  return (
    <>
      <div className="gh-visually-hidden" role="status" aria-live="polite">{polite}</div>
      <div className="gh-visually-hidden" role="alert" aria-live="assertive">{urgent}</div>
    </>
  );
}
