import { architectureName } from '../architectures/registry.ts';
import { findOnnxFile } from '../checkpoint.ts';
import { readLabels } from '../cross-encoder-labels.ts';
import type { ImageCheckpoint } from '../image-checkpoint.ts';
import { readImageOnnxFile } from '../image-onnx-file.ts';
import { hasFile, type JsonObject } from '../json-file.ts';
import { hasSafetensors } from '../safetensors.ts';
import { findImageProcessor, readImageProcessor } from './image-processor.ts';

/**
 * A model of transformers that sees images and nothing else, run from the ONNX file that its repository brings; null where there is
 * none, or where it runs from its safetensors. That it sees images is told by its processor, and that it reads no texts by the
 * tokenizer that it lacks.
 */
export async function readTransformersImageOnnx(
  folder: string,
  config: JsonObject,
  { isBuilt }: { isBuilt: boolean },
): Promise<ImageCheckpoint | null> {
  const onnxFile = await findOnnxFile(folder, '');
  if (onnxFile === null || (isBuilt && (await hasSafetensors(folder)))) return null;
  if ((await findImageProcessor(folder)) === null || (await hasFile(folder, 'tokenizer.json'))) return null;
  const name = architectureName(config) ?? 'unnamed';
  const labels = /ForImageClassification/.test(name) ? readLabels(config, 'config.json') : [];
  const preprocessing = await readImageProcessor(folder, config, '');
  return readImageOnnxFile(folder, { onnxFile, library: 'TRANSFORMERS', name, labels, preprocessing });
}
