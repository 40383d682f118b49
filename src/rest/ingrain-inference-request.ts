import type { z } from 'zod';
import type { inferRequest } from './ingrain-requests.ts';
import type { Checkpoint } from './ingrain-title.ts';

/** Any inference request; what an endpoint does not know is absent. */
export type InferenceRequest = Partial<z.infer<typeof inferRequest>> & { name: string };

/** How an endpoint's messages name the model: the `/infer` family says the checkpoint, `None` where none was sent. */
export interface NamedModel {
  name: string;
  checkpoint?: Checkpoint | undefined;
}

/** What an endpoint answers of a request: `/embed_text` says so also where there is no text. */
export type Modality = 'text' | 'image';

/** Whether a model with these capabilities takes texts, or images, at all. */
export function takes(capabilities: readonly string[], modality: Modality): boolean {
  if (modality === 'text') return capabilities.includes('EMBED_TEXT');
  return capabilities.includes('EMBED_IMAGE') || capabilities.includes('CLASSIFY_IMAGE');
}

/** One or many, or none. */
export function listOf(value: string | string[] | null | undefined): string[] {
  if (value == null) return [];
  return Array.isArray(value) ? value : [value];
}
