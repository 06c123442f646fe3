/** The connector of A2A against a real runtime that is made to misbehave. */
import { a2aKits } from './a2a-kit.ts';
import { conform } from './suite.ts';

conform(a2aKits);
