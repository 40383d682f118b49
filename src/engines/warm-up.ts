import { ModelkeepError } from '../errors.ts';
import { type Engine, leastWork, type PreparedItem } from './engine.ts';

/**
 * Runs a model once before anybody waits for it: the first run lays out memory and costs more than others, and a model that
 * cannot answer at all is refused here, by name, and not request by request. Disposes the engine when it throws.
 */
export async function warmUp(engine: Engine): Promise<Engine> {
  await using undo = new AsyncDisposableStack();
  undo.use(engine);
  const { facts } = engine;
  await runOnce(engine, await prepareOne(engine, facts));
  // A model of texts and images has two networks: the least work is for the first.
  const images = facts.capabilities.filter((capability) => capability !== 'EMBED_TEXT' && capability !== 'RERANK');
  if (engine.runImages && images.length < facts.capabilities.length) {
    await runOnce(engine, await prepareOne(engine, { capabilities: images }));
  }
  undo.move();
  return engine;
}

async function prepareOne(engine: Engine, facts: Parameters<typeof leastWork>[0]): Promise<PreparedItem | undefined> {
  const [prepared] = await engine.prepare(leastWork(facts));
  if (prepared instanceof ModelkeepError) throw prepared;
  return prepared;
}

async function runOnce(engine: Engine, item: PreparedItem | undefined): Promise<void> {
  if (!item) return;
  const timing = { inputNs: 0, inferenceNs: 0, outputNs: 0 };
  const { outputs = [] } = engine.facts;
  if ('pixels' in item) await engine.runImages?.([item], timing);
  else if (outputs.some((output) => output !== 'DENSE')) await engine.embedOutputs?.([item], { outputs, withWords: false, timing });
  else await engine.embed([item], timing);
}
