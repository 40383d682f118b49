import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelLibrary } from './checkpoint-facts.ts';
import type { ImageCheckpoint } from './image-checkpoint.ts';
import { baseMemoryBytes } from './network-size.ts';
import type { ImagePreprocessing } from './preprocessing/image-preprocessing.ts';

/**
 * A model of images that runs from its repository's own ONNX file, as optimum exports it. Whether it gives features, logits or both,
 * and how wide they are, is settled when the runtime opens it; until then it has neither.
 */
export async function readImageOnnxFile(
  folder: string,
  {
    onnxFile,
    library,
    name,
    labels,
    preprocessing,
  }: { onnxFile: string; library: ModelLibrary; name: string; labels: string[]; preprocessing: ImagePreprocessing },
): Promise<ImageCheckpoint> {
  const sizes = await Promise.all(
    [onnxFile, `${onnxFile}_data`, `${onnxFile}.data`].map((file) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return {
    facts: {
      library,
      architecture: name,
      capabilities: [],
      description: `${name}, run from ${onnxFile}.`,
      parameterCount: null,
      quantization: null,
      dimensions: null,
      outputs: ['DENSE'],
      maxTokens: null,
      labels,
      prompts: {},
      defaultPromptName: null,
      similarity: 'COSINE',
      memoryBytes: baseMemoryBytes + 2 * sizes.reduce((sum, size) => sum + size, 0),
      int8MemoryBytes: null,
    },
    image: { network: { onnxFile }, preprocessing, dimensions: null, hasLogits: false },
    text: null,
  };
}
