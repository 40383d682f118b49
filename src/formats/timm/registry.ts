import { convnext } from './convnext.ts';
import { eva } from './eva.ts';
import { fastVit } from './fastvit.ts';
import { mobileNetwork } from './mobile-network.ts';
import { resnet } from './resnet.ts';
import type { TimmFamily } from './timm-family.ts';
import { visionTransformer } from './vision-transformer.ts';

/** The families of timm's architectures that are built here. */
const families: readonly TimmFamily[] = [visionTransformer, resnet, convnext, mobileNetwork, fastVit, eva];

/** The family of an architecture; undefined for one that is not built. */
export function findTimmFamily(architecture: string): TimmFamily | undefined {
  return families.find((family) => family.has(architecture));
}

/** The architecture that a name stands for: `hf-hub:timm/vit_tiny_patch16_224.augreg_in21k` without hub, owner and tag. */
export function architectureOf(name: string): string {
  const withoutHub = name.replace(/^(hf[-_]hub:|timm\/)/i, '');
  const last = withoutHub.slice(withoutHub.lastIndexOf('/') + 1);
  return last.split('.')[0] ?? last;
}
