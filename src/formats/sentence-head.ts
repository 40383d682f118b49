import { UnsupportedModelError } from '../errors.ts';
import { readDense } from './modules/dense.ts';
import type { VectorModule } from './modules/module.ts';
import { normalizeModule } from './modules/normalize.ts';
import { type Pooling, readPooling } from './modules/pooling.ts';
import type { ModuleEntry } from './sentence-modules.ts';

/** What follows the encoder: pooling, then modules over the pooled vector. */
export interface SentenceHead {
  readonly pooling: Pooling;
  readonly modules: readonly VectorModule[];
}

/** A head with the folder and the config of the encoder before it. */
export interface SentenceParts extends SentenceHead {
  /** Folder of the encoder's files inside the model's folder; '' for the model's folder itself. */
  readonly transformerPath: string;
}

/** Reads the modules after the Transformer. */
export async function readHead(folder: string, entries: readonly ModuleEntry[], hiddenSize: number): Promise<SentenceHead> {
  const [first, ...rest] = entries;
  if (first?.kind !== 'Pooling' || rest.some(({ kind }) => kind === 'Pooling')) {
    throw new UnsupportedModelError({
      reason: 'Pooling does not follow the Transformer, so texts get no single vector.',
      remedy: 'Models with one Pooling module right after the Transformer are supported.',
    });
  }
  const pooling = await readPooling(folder, first.path, hiddenSize);
  const modules: VectorModule[] = [];
  let dimensions = hiddenSize * pooling.modes.length;
  for (const { kind, path } of rest) {
    const made = kind === 'Dense' ? await readDense(folder, path, dimensions) : normalizeModule(dimensions);
    modules.push(made);
    dimensions = made.dimensions;
  }
  return { pooling, modules };
}
