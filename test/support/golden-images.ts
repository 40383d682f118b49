import { readFileSync } from 'node:fs';

/** `expected.json` of a golden case of images, as far as a whole server can be held to it. */
export interface GoldenImages {
  tolerance: Record<string, number>;
  logit_scale?: number;
  /** Of CLIP models. */
  texts?: { text: string; text_features: number[]; input_ids_from_tokenizer_json?: number[] }[];
  image_items?: { image: string; image_features: number[]; error?: string }[];
  zero_shot?: { texts: number[]; logits?: number[][]; logits_per_image?: number[][]; probabilities: number[][] };
  /** Of timm models. */
  items?: {
    image: string;
    logits: number[];
    probabilities: number[];
    features: number[];
    top5: [number, number][];
    top5_labels: string[];
  }[];
}

/** What the reference libraries give for a golden case of images. */
export function goldenImages(name: string): GoldenImages {
  return JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenImages;
}

/** The encoded bytes of one of the golden images. */
export function goldenImage(name: string): Buffer {
  return readFileSync(new URL(`../golden/images/${name}`, import.meta.url));
}

/** A golden image as an item of `embed`. */
export function imageItem(name: string): { image: { base64: string } } {
  return { image: { base64: goldenImage(name).toString('base64') } };
}
