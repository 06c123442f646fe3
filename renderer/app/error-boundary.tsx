import { Button } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { inertString } from '../ui/agent-text.ts';
import { ScreenHead } from './screen-head.tsx';
import classes from './error-boundary.module.css';

interface Props { children: ReactNode; title: string; /** another place is another try. */ place: string }
interface State { error: Error | null; id: string; at: string; place: string }

const newId = (): string => `ui-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/** One per route: a screen that fails leaves the rest of the console standing. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, id: '', at: '', place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)), id: newId(), at: new Date().toISOString() };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { error: null, place: props.place };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(`screen failed ${this.state.id}`, error, info.componentStack);
  }

  override render(): ReactNode {
    const { error, id, at, place } = this.state;
    const { title } = this.props;
    if (error === null) return this.props.children;
    const report = `${id}\n${at}\n${place}\n${error.stack ?? error.message}`;
    return (
      <>
        <ScreenHead title={title} />
        <div className={classes.screen} role="alert">
          <h2 className={classes.title}>This screen failed</h2>
          <p>The page could not draw this screen: {inertString(error.message, 300)}</p>
          <p className={classes.muted}>Only the drawing failed: the engine and the history were not touched, and other screens work.</p>
          <p className={classes.id}>Error <code>{id}</code><CopyButton value={report} label="Copy error report" /></p>
          <div className={classes.actions}>
            <Button variant="filled" onClick={() => this.setState({ error: null })}>Draw it again</Button>
            {place.startsWith('#/overview') ? <Button component="a" href="#/agents">Go to Agents</Button> : <Button component="a" href="#/overview">Go to Overview</Button>}
          </div>
        </div>
      </>
    );
  }
}
