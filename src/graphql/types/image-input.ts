import type { ImageSource } from '../../inference/image-source.ts';
import { builder } from '../builder.ts';

const HeaderInput = builder.inputType('HeaderInput', {
  description: 'A header of the request that fetches an image.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    value: t.string({ required: true, description: 'Its value.' }),
  }),
});

/** Exactly one of its three sources; `inference/image-source.ts` says so where it is not. */
export const ImageInput = builder.inputRef<ImageSource>('ImageInput').implement({
  description:
    'An image (JPEG, PNG, WebP, GIF, TIFF, AVIF): give exactly one of `url`, `base64` and `upload`. ' +
    'Of an animation the first frame counts; the orientation that EXIF names is not applied, as in the reference libraries.',
  fields: (t) => ({
    url: t.string({ description: 'Address to fetch it from, http or https, within 30 seconds. Redirects are not followed.' }),
    base64: t.string({ description: 'Its bytes as base64, or as a data URI `data:image/…;base64,…`.' }),
    upload: t.field({ type: 'Upload', description: 'A file that comes with the request.' }),
    headers: t.field({ type: [HeaderInput], description: 'Headers for fetching `url`.' }),
  }),
});
