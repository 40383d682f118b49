import { hasFile, type JsonObject, readOptionalJsonObject } from '../json-file.ts';
import type { ImagePreprocessing } from '../preprocessing/image-preprocessing.ts';
import { readTransformersPreprocessing } from '../preprocessing/transformers.ts';
import { readPair } from './vit-network.ts';

/** The later one wins. */
const processorFiles = ['processor_config.json', 'preprocessor_config.json'];

/** The name of the file that says how images are prepared; null where the folder has none. */
export async function findImageProcessor(folder: string): Promise<string | null> {
  let found: string | null = null;
  for (const name of processorFiles) if (await hasFile(folder, name)) found = name;
  return found;
}

/** How images are prepared: as the processor's file says; where there is none, as `defaultProcessor` does it. */
export async function readImageProcessor(folder: string, config: JsonObject, defaultProcessor: string): Promise<ImagePreprocessing> {
  const file = (await findImageProcessor(folder)) ?? 'preprocessor_config.json';
  const { height } = readPair(config, 'image_size', 224, 'config.json');
  return readTransformersPreprocessing(await readOptionalJsonObject(folder, file), file, { imageSize: height, defaultProcessor });
}
