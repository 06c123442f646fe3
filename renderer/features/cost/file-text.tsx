/** A text that is pasted, dropped or chosen as a file. Choosing only fills the field: what is sent is what stands there. */
import { Button } from '@mantine/core';
import { useRef, useState, type DragEvent } from 'react';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, plural } from '../../ui/format.ts';
import classes from './cost.module.css';

interface FileTextProps { label: string; value: string; most: number; accept: string; onText: (text: string, fileName: string | null) => void }

export function FileText({ label, value, most, accept, onText }: FileTextProps) {
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const take = async (taken: File | undefined): Promise<void> => {
    if (taken === undefined) return;
    if (taken.size > most) {
      setFault(`${inertString(taken.name, 60)} is longer than ${formatCount(most)} characters.`);
      return;
    }
    setFault(null);
    onText(await taken.text(), taken.name);
  };
  const drop = (event: DragEvent): void => {
    const [taken] = event.dataTransfer.files;
    setOver(false);
    if (taken === undefined) return;
    event.preventDefault();
    void take(taken);
  };
  return (
    <div className={classes.block}>
      <label className={classes.label}>{label}
        <textarea className={`${classes.area} ${classes.source} ${over ? classes.over : ''}`} data-autofocus value={value} spellCheck={false} placeholder="Paste it here, or drop a file" onChange={(event) => onText(event.currentTarget.value, null)} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop} />
      </label>
      <div className={classes.buttons}>
        <Button onClick={() => file.current?.click()}>Choose a file…</Button>
        <input ref={file} type="file" className="gh-visually-hidden" tabIndex={-1} aria-label="Choose a file" accept={accept} onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ''; }} />
        {value !== '' && <span className={classes.hint}>{plural(value.length, 'character')}, read on this machine.</span>}
      </div>
      {fault !== null && <p className={classes.complaint}>{fault}</p>}
    </div>
  );
}
