/**
 * What llama.cpp can load, by the name in `general.architecture`; other names are UNSUPPORTED_MODEL here before it would say so.
 * Reference: llama.cpp, `LLM_ARCH_NAMES`, at the revision that node-llama-cpp 3.22 brings.
 */
const generative =
  `llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bloom stablelm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe
qwen3next qwen3vl qwen3vlmoe qwen35 qwen35moe qwen4exp phi2 phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm minicpm3 gemma gemma2
gemma3 gemma3n gemma4 starcoder2 mamba mamba2 jamba falcon-h1 xverse command-r cohere2 cohere2moe dbrx olmo olmo2 olmoe muse-glimmer openelm arctic
deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4 chatglm glm4 glm4moe glm-dsa bitnet jais jais2 nemotron nemotron_h nemotron_h_moe exaone
exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7 arwkv7 granite granitemoe granitehybrid graniteswitch granite_swa chameleon plm bailingmoe bailingmoe2
bailingmoe3 dots1 dots3note arcee afmoe laguna ernie4_5 ernie4_5-moe hunyuan-moe hunyuan-dense hunyuan_vl hy_v3 smollm3 gpt-oss lfm2 lfm2moe
smallthinker seed_oss grovemoe apertus minimax-01 minimax-m2 minimax-m3 cogvlm pangu-embedded mistral3 mistral4 paddleocr mimo2 step35 maincoder
kimi-linear kimi-k3 talkie mellum nanbeige`.split(/\s+/);

/** Encoders: they make vectors, and write nothing. */
const embedding =
  `bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert gemma-embedding llama-embed t5encoder`.split(
    /\s+/,
  );

/** Layers without attention: they have no heads, and a state in place of a cache. */
const recurrent = ['mamba', 'mamba2', 'rwkv6', 'rwkv6qwen2', 'rwkv7', 'arwkv7'];

export type LlamaArchitectureKind = 'GENERATIVE' | 'EMBEDDING' | 'UNKNOWN';

export function kindOfArchitecture(name: string): LlamaArchitectureKind {
  if (generative.includes(name)) return 'GENERATIVE';
  return embedding.includes(name) ? 'EMBEDDING' : 'UNKNOWN';
}

export function isRecurrent(name: string): boolean {
  return recurrent.includes(name);
}
