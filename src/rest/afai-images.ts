import type { ImageTextRequest } from './afai-requests.ts';
import type { ImageInput } from './operations.generated.ts';

/** The images of a request, files before links: what is an address is fetched, all else is base64. */
export function imageInputs({
  image_files: files,
  image_links: links,
}: Pick<ImageTextRequest, 'image_files' | 'image_links'>): ImageInput[] {
  return [...files, ...links].map((image) => (typeof image === 'string' ? fromText(image) : { base64: image.bytes.toString('base64') }));
}

/** Base64 has no colon; a scheme that is not fetched is an address too, so that the refusal names it. */
function fromText(text: string): ImageInput {
  const isAddress = /^\s*[a-z][a-z0-9+.-]*:/i.test(text.slice(0, 100)) && !/^\s*data:/i.test(text.slice(0, 100));
  return isAddress ? { url: text } : { base64: text };
}
