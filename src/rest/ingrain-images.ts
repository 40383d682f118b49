import type { ErrorCode } from '../errors.ts';
import { type InferenceRequest, listOf } from './ingrain-inference-request.ts';
import type { ImageInput } from './operations.generated.ts';
import type { Answer, Failure } from './route.ts';

/** What Ingrain sends where a client gives no headers; headers that are given take its place. */
const defaultHeaders = { 'User-Agent': 'ingrain-server' };

/** Images as Ingrain reads them: what is an address is fetched, all else is base64, with or without a data URI's head. */
export function imageInputs({ image, image_download_headers: given }: InferenceRequest): ImageInput[] {
  const headers = Object.entries(given ?? defaultHeaders).map(([name, value]) => ({ name, value }));
  return listOf(image).map((text) => (isAddress(text) ? { url: text, headers } : { base64: withoutHead(text) }));
}

/** Schemes that are not fetched are addresses too, so that the refusal names them. Base64 has no colon. */
function isAddress(text: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text.slice(0, 100));
}

/** Whatever kind of image a data URI says it is. */
function withoutHead(text: string): string {
  return text.startsWith('data:image') ? text.slice(text.indexOf(',') + 1) : text;
}

/** One image that cannot be used, as it is told beside the documented text. */
interface ImageProblem {
  /** Which image of the request. */
  index: number;
  code: ErrorCode;
  message: string;
}

/** The documented refusal of an image, with each that is at fault; null where the failure is another. `textCount` items came before the images. */
export function invalidImages({ fields }: Partial<Pick<Failure, 'fields'>>, textCount: number): Answer | null {
  const problems = fields?.itemErrors;
  if (!Array.isArray(problems)) return null;
  const errors = problems.map(({ index, code, message }: ImageProblem) => ({ index: index - textCount, code, message }));
  return { status: 400, body: { detail: 'Invalid image. Please provide a valid image URL or a base64 encoded image.', errors } };
}
