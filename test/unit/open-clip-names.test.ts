import { describe, expect, it } from 'vitest';
import { hubRepository, openClipRepositories } from '../../src/models/open-clip-names.ts';

describe("open_clip's names of checkpoints", () => {
  it('mean a repository where architecture and tag are given, in any case', () => {
    expect(hubRepository('MobileCLIP-S2/datacompdr')).toBe('apple/MobileCLIP-S2-OpenCLIP');
    expect(hubRepository('mobileclip-s2/DATACOMPDR')).toBe('apple/MobileCLIP-S2-OpenCLIP');
    expect(hubRepository('hf-hub:MobileCLIP-B/datacompdr_lt')).toBe('apple/MobileCLIP-B-LT-OpenCLIP');
  });

  it('mean a repository by the architecture alone where it has one', () => {
    expect(hubRepository('MobileCLIP-S2')).toBe('apple/MobileCLIP-S2-OpenCLIP');
    // Two tags of one repository.
    expect(hubRepository('ViT-B-16-plus-240')).toBe('timm/vit_base_patch16_plus_clip_240.laion400m_e31');
  });

  it('list their tags where the architecture alone could mean several', () => {
    expect(() => hubRepository('MobileCLIP-B')).toThrow(
      '"MobileCLIP-B" has several checkpoints; name one of MobileCLIP-B/datacompdr, MobileCLIP-B/datacompdr_lt.',
    );
    expect(openClipRepositories('RN50')).toHaveLength(3);
  });

  it('list their tags where an architecture has not the one that is asked for', () => {
    expect(() => hubRepository('mobileclip-b/other')).toThrow(
      'open_clip has no checkpoint "other" of MobileCLIP-B; name one of MobileCLIP-B/datacompdr, MobileCLIP-B/datacompdr_lt.',
    );
  });

  it('resolve for families that are not built, too', () => {
    expect(hubRepository('ViTamin-S/datacomp1b')).toBe('jienengchen/ViTamin-S');
    expect(hubRepository('CLAP-HTSAT-tiny-Roberta-base')).toBe('laion/clap-htsat-unfused');
  });

  it('leave other names as they are, but for the prefix', () => {
    expect(hubRepository('intfloat/e5-small-v2')).toBe('intfloat/e5-small-v2');
    expect(hubRepository('hf-hub:timm/ViT-B-16-SigLIP')).toBe('timm/ViT-B-16-SigLIP');
    expect(hubRepository('hf_hub:timm/resnet18.a1_in1k')).toBe('timm/resnet18.a1_in1k');
    expect(hubRepository('hf-hub:MobileCLIP-S2/other')).toBe('MobileCLIP-S2/other');
    expect(hubRepository('MobileCLIP-S2/datacompdr/more')).toBe('MobileCLIP-S2/datacompdr/more');
    expect(hubRepository('__proto__/constructor')).toBe('__proto__/constructor');
  });
});
