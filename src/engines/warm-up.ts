import { ModelkeepError } from '../errors.ts';
import type { Engine, Work } from './engine.ts';

/**
 * Runs a model once before anybody waits for it: the first run lays out memory and costs more than others, and a model that
 * cannot answer at all is refused here, by name, and not request by request. Disposes the engine when it throws.
 */
export async function warmUp(engine: Engine): Promise<Engine> {
  await using undo = new AsyncDisposableStack();
  undo.use(engine);
  const [prepared] = await engine.prepare(leastWork(engine));
  if (prepared instanceof ModelkeepError) throw prepared;
  const timing = { inputNs: 0, inferenceNs: 0, outputNs: 0 };
  const { outputs = [] } = engine.facts;
  if (prepared && outputs.some((output) => output !== 'DENSE'))
    await engine.embedOutputs?.([prepared], { outputs, withWords: false, timing });
  else if (prepared) await engine.embed([prepared], timing);
  undo.move();
  return engine;
}

function leastWork({ facts }: Engine): Work {
  const least = { texts: ['ready'], firstIndex: 0, truncate: 'END' as const };
  if (facts.capabilities.includes('RERANK')) return { kind: 'scorePairs', query: 'ready', ...least };
  return { kind: 'embedTexts', prompt: '', normalization: 'NONE', dimensions: null, ...least };
}
