import { inspectCheckpoint, openEngine } from '../engines/open.ts';
import { runRunner } from './run.ts';

runRunner({ inspect: inspectCheckpoint, open: openEngine });
