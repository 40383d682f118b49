/** A process of its own that prepares images, so that what they take of memory can be told: `node image-process.ts <threads> <file>...`. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openPreprocessor } from '../../src/engines/image/open-preprocessor.ts';
import { ModelkeepError } from '../../src/errors.ts';
import { readOpenClipPreprocessing } from '../../src/formats/preprocessing/open-clip.ts';

const [threads, ...files] = process.argv.slice(2);
const preprocessing = readOpenClipPreprocessing({}, 'open_clip_config.json');
await using preprocessor = await openPreprocessor({ preprocessing, threads: Number(threads) });
const small = readFileSync(new URL('../golden/images/rgb.png', import.meta.url));
await preprocessor.prepare(
  Array.from({ length: 8 }, () => small),
  { firstIndex: 0 },
);
const before = process.resourceUsage().maxRSS;
const outcomes = await preprocessor.prepare(
  files.map((file) => readFileSync(file)),
  { firstIndex: 0 },
);
const report = {
  grownBytes: (process.resourceUsage().maxRSS - before) * 1024,
  outcomes: outcomes.map((outcome, index) => [
    basename(files[index] ?? ''),
    outcome instanceof ModelkeepError ? `${outcome.code} ${outcome.message}` : `${outcome.width} × ${outcome.height}`,
  ]),
};
process.stdout.write(JSON.stringify(report));
