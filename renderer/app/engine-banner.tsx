import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { favours, useEngineState } from '../api/client.ts';
import { announce } from '../ui/announce.ts';
import { StateShape } from '../ui/state-shapes.tsx';
import { attempt } from './notices.ts';
import classes from './engine-banner.module.css';

/** While the engine is away: said on every screen. What was read before stays where it is. */
export function EngineBanner() {
  const engine = useEngineState();
  const { state, restarts } = engine;
  useEffect(() => {
    if (state === 'away' || state === 'stopped') announce(state === 'away' ? 'The engine is away' : 'The engine has stopped', { urgent: state === 'stopped' });
    else if (state === 'ready' && restarts > 0) announce('The engine is back');
  }, [state, restarts]);
  if (engine.state === 'ready' || engine.state === 'starting') return null;
  const stopped = engine.state === 'stopped';
  return (
    <div className={`${classes.banner} ${stopped ? classes.stopped : ''}`}>
      <StateShape state={stopped ? 'broken' : 'attention'} className={classes.shape} />
      <div className={classes.text}>
        <strong>{stopped ? 'The engine has stopped.' : 'The engine is away and starts again by itself.'}</strong> {engine.text}
        <span className={classes.muted}> Nothing is received meanwhile: that time will be shown as not seen.</span>
      </div>
      <Button onClick={() => attempt('The engine was not started.', favours.restartEngine())}>{stopped ? 'Start the engine' : 'Restart now'}</Button>
    </div>
  );
}
