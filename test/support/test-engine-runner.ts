import { runRunner } from '../../src/runner/run.ts';
import { testEngineOpener } from './test-engine.ts';

runRunner(testEngineOpener);
