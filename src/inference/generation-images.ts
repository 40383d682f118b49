import { InvalidInputError, ModelkeepError } from '../errors.ts';
import type { ChatMessage } from '../scheduler/scheduler.ts';
import type { GenerateRequest, WorkRequest } from './generate-work.ts';
import { itemsFailed } from './item-failures.ts';
import type { ImageReader, WantedImage } from './read-images.ts';

/** A request with its images apart from it. */
export interface ShownImages {
  /** Its messages name images by their index. */
  request: WorkRequest;
  /** Those of `input.images`, then those of each message. */
  wanted: WantedImage[];
  /** How an image is called in messages. */
  fieldOf: (index: number) => string;
}

/** Numbers the images of a request. Those of `input.images` belong to what the user says last. Throws INVALID_INPUT. */
export function numberImages({ images = [], messages, ...rest }: GenerateRequest): ShownImages {
  const wanted: WantedImage[] = images.map((image, index) => ({ index, image }));
  const fields = images.map((_, index) => `input.images[${index}]`);
  if (!messages) return { request: rest, wanted, fieldOf: (index) => fields[index] ?? 'input.images' };
  const last = messages.findLastIndex(({ role }) => role === 'USER');
  if (images.length > 0 && last < 0) {
    throw new InvalidInputError({ field: 'input.images', message: 'expected a message of the USER that they belong to.' });
  }
  const numbered = messages.map(({ images: own = [], ...message }, place): ChatMessage => {
    if (own.length > 0 && message.role !== 'USER') {
      throw new InvalidInputError({ field: `input.messages[${place}].images`, message: 'only a message of the USER has them.' });
    }
    const shown = place === last ? [...images.keys()] : [];
    for (const [position, image] of own.entries()) {
      shown.push(wanted.length);
      fields.push(`input.messages[${place}].images[${position}]`);
      wanted.push({ index: wanted.length, image });
    }
    return shown.length > 0 ? { ...message, images: shown } : message;
  });
  return { request: { ...rest, messages: numbered }, wanted, fieldOf: (index) => fields[index] ?? 'input.images' };
}

/** The bytes of all images. Throws the failure of the first that has none, with those of all as `itemErrors`. */
export async function readAllImages(reader: ImageReader, wanted: readonly WantedImage[], signal: AbortSignal): Promise<Uint8Array[]> {
  const read = await reader.read(wanted, signal);
  const failures = read.flatMap((entry, position) =>
    entry instanceof ModelkeepError ? { index: wanted[position]?.index ?? position, error: entry } : [],
  );
  if (failures.length > 0) throw itemsFailed(failures);
  return read.filter((entry) => !(entry instanceof ModelkeepError)) as Uint8Array[];
}
