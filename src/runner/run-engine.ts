import type { BatchTiming, Engine } from '../engines/engine.ts';
import type { Row, WaitingText } from './parcel.ts';

/** Runs one batch for all that its requests ask for together; answers one row per text, in order. */
export async function runEngine(engine: Engine, batch: readonly WaitingText[], timing: BatchTiming): Promise<Row[]> {
  const texts = batch.map(({ text }) => text);
  const works = [...new Set(batch.map(({ parcel }) => parcel.work))];
  const outputs = [...new Set(works.flatMap((work) => (work.kind === 'embedTexts' ? (work.outputs ?? ['DENSE' as const]) : [])))];
  if (outputs.every((output) => output === 'DENSE')) {
    const vectors = await engine.embed(texts, timing);
    return vectors.map((vector) => ({ vector, sparse: null, tokens: null }));
  }
  if (!engine.embedOutputs) throw new Error(`The engine gives nothing but a vector; it was asked for ${outputs.join(', ')}.`);
  const withWords = works.some((work) => work.kind === 'embedTexts' && work.withWords === true);
  return engine.embedOutputs(texts, { outputs, withWords, timing });
}
