import { join } from 'node:path';
import { quote, UnsupportedModelError } from '../../errors.ts';
import type { Capability } from '../../formats/checkpoint-facts.ts';
import type { ImageCheckpoint, OnnxFileTower } from '../../formats/image-checkpoint.ts';
import { type OnnxSession, openSession, type ValueFacts } from './session.ts';

/** A repository's own ONNX file with what it is called inside. */
export interface OpenedImageFile {
  readonly session: OnnxSession;
  /** Name of its input. */
  readonly pixels: string;
  readonly features: ValueFacts | null;
  readonly logits: ValueFacts | null;
}

/** Names under which optimum's and torch's exports give one vector for an image, in order of preference. */
const vectorNames = ['image_embeds', 'features', 'pooler_output', 'embeddings'];

/** Opens an image model's ONNX file. Throws `UNSUPPORTED_MODEL` where it wants more than pixels, or gives neither features nor logits. */
export async function openImageOnnxFile(
  { onnxFile }: OnnxFileTower,
  { folder, threads }: { folder: string; threads: number },
): Promise<OpenedImageFile> {
  await using held = new AsyncDisposableStack();
  const session = held.use(await openSession(join(folder, onnxFile), { folder, file: onnxFile, threads }));
  const [pixels, ...others] = session.inputs;
  if (!pixels || others.length > 0 || pixels.type !== 'float32' || pixels.shape.length !== 4) {
    throw new UnsupportedModelError({
      reason: `${onnxFile} has the inputs ${session.inputs.map(({ name, type }) => `${quote(name)} (${type})`).join(', ')}; one of float32 pixels is expected.`,
      remedy: 'Export it with optimum-cli export onnx --model <repository> <folder>.',
    });
  }
  const floats = session.outputs.filter(({ type }) => type === 'float32');
  const vectors = floats.filter(({ shape }) => shape.length === 2);
  const named = (names: readonly string[]): ValueFacts | undefined =>
    names.flatMap((name) => vectors.filter((each) => each.name === name))[0];
  const logits = named(['logits']) ?? null;
  const tokens = floats.find(({ name, shape }) => name === 'last_hidden_state' && shape.length === 3);
  const features = named(vectorNames) ?? tokens ?? null;
  if (!logits && !features) {
    throw new UnsupportedModelError({
      reason: `${onnxFile} has no float32 output of logits or of features of an image.`,
      remedy: `Export it with an output called logits, last_hidden_state, ${vectorNames.join(' or ')}.`,
    });
  }
  held.move();
  return { session, pixels: pixels.name, features, logits };
}

/** A checkpoint with what only its opened ONNX file can tell: what it gives, and how wide that is. One over safetensors is as it was. */
export async function settleImageFile(checkpoint: ImageCheckpoint, folder: string): Promise<ImageCheckpoint> {
  const { facts, image } = checkpoint;
  if (!('onnxFile' in image.network)) return checkpoint;
  const { session, features, logits } = await openImageOnnxFile(image.network, { folder, threads: 1 });
  await using _session = session;
  const dimensions = widthOf(features, image.network);
  const labelCount = widthOf(logits, image.network);
  const capabilities: Capability[] = [...(dimensions ? ['EMBED_IMAGE' as const] : []), ...(labelCount ? ['CLASSIFY_IMAGE' as const] : [])];
  const labels = Array.from({ length: labelCount ?? 0 }, (_, index) => facts.labels[index] ?? `class ${index}`);
  return {
    ...checkpoint,
    facts: { ...facts, capabilities, dimensions, labels },
    image: { ...image, dimensions, hasLogits: labels.length > 0 },
  };
}

function widthOf(value: ValueFacts | null, { onnxFile }: OnnxFileTower): number | null {
  const width = value?.shape.at(-1);
  if (width === undefined || typeof width === 'number') return width ?? null;
  throw new UnsupportedModelError({
    reason: `${onnxFile} does not say how wide its output ${quote(value?.name ?? '')} is.`,
    remedy: 'Export it again with an optimum of today.',
  });
}
