import { Button } from '@mantine/core';
import { ErrorBlock } from '../ui/blocks.tsx';
import { dismissNotice, useNotice } from './notices.ts';
import classes from './engine-banner.module.css';

export function NoticeBanner() {
  const notice = useNotice();
  if (notice === null) return null;
  return (
    <div className={classes.notice}>
      <ErrorBlock error={notice.error} what={notice.what} kept="Nothing else was changed." />
      <Button onClick={dismissNotice}>Dismiss</Button>
    </div>
  );
}
