import { downloadBench } from './download.ts';
import { embedBench } from './embed.ts';
import { generateBench } from './generate.ts';
import { imagesBench } from './images.ts';
import { resampleBench } from './resample.ts';
import { visionBench } from './vision.ts';

/** Runs one bench by name: `npm run bench -- embed`. */
const benches: Readonly<Record<string, (options: readonly string[]) => Promise<void>>> = {
  download: downloadBench,
  embed: embedBench,
  generate: generateBench,
  images: imagesBench,
  resample: resampleBench,
  vision: visionBench,
};

const [name = '', ...options] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(options);
else {
  process.stderr.write(`Usage: npm run bench -- <name>. There are: ${Object.keys(benches).join(', ')}.\n`);
  process.exitCode = 2;
}
