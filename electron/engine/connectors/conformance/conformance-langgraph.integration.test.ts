/** The connector of LangGraph against a real runtime that is made to misbehave. */
import { langGraphKits } from './langgraph-kit.ts';
import { conform } from './suite.ts';

conform(langGraphKits);
