import type { BatchTiming, Engine, PreparedItem, PreparedText } from '../engines/engine.ts';
import type { Row, WaitingItem } from './parcel.ts';

/** Items that share a lane can run in one pass. */
export function laneOf(item: PreparedItem): 'TEXT' | 'FEATURES' | 'LOGITS' {
  return 'pixels' in item ? item.output : 'TEXT';
}

/** Runs one batch of a lane for all that its requests ask for together; answers one row per item, in order. */
export async function runEngine(engine: Engine, batch: readonly WaitingItem[], timing: BatchTiming): Promise<Row[]> {
  const images = batch.flatMap(({ item }) => ('pixels' in item ? item : []));
  if (images.length === 0) return runTexts(engine, batch, timing);
  if (!engine.runImages) throw new Error('A model that takes no images was given one.');
  return (await engine.runImages(images, timing)).map(vectorRow);
}

async function runTexts(engine: Engine, batch: readonly WaitingItem[], timing: BatchTiming): Promise<Row[]> {
  const texts = batch.map(({ item }) => item as PreparedText);
  const works = [...new Set(batch.map(({ parcel }) => parcel.work))];
  const outputs = [...new Set(works.flatMap((work) => (work.kind === 'embedTexts' ? (work.outputs ?? ['DENSE' as const]) : [])))];
  if (outputs.every((output) => output === 'DENSE')) return (await engine.embed(texts, timing)).map(vectorRow);
  if (!engine.embedOutputs) throw new Error(`The engine gives nothing but a vector; it was asked for ${outputs.join(', ')}.`);
  const withWords = works.some((work) => work.kind === 'embedTexts' && work.withWords === true);
  return engine.embedOutputs(texts, { outputs, withWords, timing });
}

function vectorRow(vector: Float32Array): Row {
  return { vector, sparse: null, tokens: null };
}
