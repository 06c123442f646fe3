import { CopyButton } from './copy-button.tsx';
import { cutMiddle } from './format.ts';
import { inertString } from './agent-text.ts';
import classes from './id.module.css';

interface IdProps {
  id: string;
  /** how it is written when something wider knows better (cutApart); the copy is always whole. */
  shown?: string | undefined;
  whole?: boolean;
  copy?: boolean;
}

/** An identifier: mono, middle cut, whole on hover and focus, copied whole. */
export function Id({ id, shown, whole = false, copy = true }: IdProps) {
  const clean = inertString(id, 400);
  const text = shown ?? (whole ? clean : cutMiddle(clean));
  return (
    <span className={classes.id}>
      <bdi dir="ltr" className={classes.text} data-tip={text === clean ? undefined : clean}>{text}</bdi>
      {copy && <CopyButton value={id} label={`Copy identifier ${text}`} />}
    </span>
  );
}
