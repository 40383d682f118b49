import type { ImagePreprocessor, PreprocessorOptions } from './image-preprocessor.ts';

/** Starts what prepares images; its threads end with it. */
export async function openPreprocessor(options: PreprocessorOptions): Promise<ImagePreprocessor> {
  throw new Error(`Being written: ${Object.keys(options).join(', ')}`);
}
