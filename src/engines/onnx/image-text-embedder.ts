import { InvalidModelFileError, ModelkeepError } from '../../errors.ts';
import type { ImageCheckpoint } from '../../formats/image-checkpoint.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { openPreprocessor } from '../image/open-preprocessor.ts';
import { openImageTower } from './image-tower.ts';
import { openTextTower } from './text-tower.ts';

/**
 * A model of images, or of images and texts in one space, in ONNX Runtime: one engine with one or two networks. Images are decoded
 * and resized beside this thread, so that the next ones are ready when a batch ends.
 */
export async function openImageTextEmbedder(checkpoint: ImageCheckpoint, folder: string, options: EngineOptions): Promise<Engine> {
  const { facts, image, text } = checkpoint;
  const { threads, images } = options;
  await using held = new AsyncDisposableStack();
  const imageTower = held.use(await openImageTower(image, { folder, threads, labelCount: facts.labels.length }));
  const textTower = text && held.use(await openTextTower(text, { folder, threads }));
  const preprocessor = held.use(
    await openPreprocessor({
      preprocessing: image.preprocessing,
      threads,
      ...(images ? { fast: images.fast, limits: images } : {}),
    }),
  );
  const kept = held.move();

  return {
    facts,
    async prepare(work) {
      switch (work.kind) {
        case 'embedTexts':
        case 'tokenizeTexts':
          if (textTower) return textTower.prepare(work);
          break;
        case 'embedImages':
        case 'classifyImages': {
          const output = work.kind === 'embedImages' ? 'FEATURES' : 'LOGITS';
          const prepared = await preprocessor.prepare(work.items, { firstIndex: work.firstIndex });
          return prepared.map((entry) => (entry instanceof ModelkeepError ? entry : { pixels: entry.pixels, output }));
        }
      }
      throw new Error(`A model of ${text ? 'texts and images' : 'images'} was asked for ${work.kind}.`);
    },
    async embed(batch, timing) {
      if (!textTower) throw new InvalidModelFileError({ file: 'model', message: 'The model takes no texts.' });
      return textTower.run(batch, timing);
    },
    runImages: (batch, timing) => imageTower.run(batch, timing),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
