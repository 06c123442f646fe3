import { useEffect, useState } from 'react';
import { onAnnounce } from '../ui/announce.ts';

/** The one place from which a screen reader hears what changed by itself. */
export function LiveRegion() {
  const [polite, setPolite] = useState('');
  // What is urgent is said again where it happens again: the same words alone would be no change that is read out.
  const [urgent, setUrgent] = useState({ sentence: '', times: 0 });
  useEffect(() => onAnnounce((sentence, isUrgent) => {
    if (isUrgent) setUrgent(({ times }) => ({ sentence, times: times + 1 }));
    else setPolite(sentence);
  }), []);
  return (
    <>
      <div className="gh-visually-hidden" role="status" aria-live="polite">{polite}</div>
      <div className="gh-visually-hidden" role="alert" aria-live="assertive"><span key={urgent.times}>{urgent.sentence}</span></div>
    </>
  );
}
