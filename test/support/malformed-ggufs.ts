import { i32s, text, texts, u32 } from '../../src/formats/gguf/metadata-values.ts';
import { ggufBytes, patched, placeOf, withMetadata, withoutTensors } from './gguf-bytes.ts';
import { randomLlama } from './gguf-models.ts';

export interface MalformedGguf {
  what: string;
  bytes: Buffer;
  /** What the refusal says. */
  says: RegExp;
}

/** Files that llama.cpp, or its reader in JavaScript, refuses, aborts at or never comes back from: one fault each. */
export async function malformedGgufs(): Promise<MalformedGguf[]> {
  const model = randomLlama({ tied: true });
  const whole = await ggufBytes(model);
  const [tokensKey, scoresKey] = ['tokenizer.ggml.tokens', 'tokenizer.ggml.scores'];
  const tokens = [...model.metadata].find(([key]) => key === tokensKey)?.[1];
  if (tokens?.type !== 'array' || tokens.of !== 'string') throw new Error('the model has no vocabulary');
  const metadata = async (changes: Parameters<typeof withMetadata>[1]) => ggufBytes(withMetadata(model, changes));
  // Behind a key lie its type, then for a list the type of its entries and their number.
  const listLength = placeOf(whole, tokensKey) + tokensKey.length + 8;
  const firstTensor = placeOf(whole, 'token_embd.weight') + 'token_embd.weight'.length;
  const secondTensor = placeOf(whole, 'blk.0.attn_norm.weight') + 'blk.0.attn_norm.weight'.length;
  const twice = { ...model, metadata: [...model.metadata, ['general.name', text('again')] as const] };
  const tensorTwice = { ...model, tensors: [...model.tensors, ...model.tensors.slice(0, 1)] };
  return [
    { what: 'an empty file', bytes: Buffer.alloc(0), says: /fewer than a GGUF header/ },
    { what: 'a file of something else', bytes: Buffer.from('PK'.padEnd(4096, '\x03')), says: /begins with/ },
    { what: 'a file that ends in its counts', bytes: whole.subarray(0, 20), says: /fewer than/ },
    { what: 'a file that ends in its metadata', bytes: whole.subarray(0, 600), says: /ends inside/ },
    { what: 'a file that ends in its tensor entries', bytes: whole.subarray(0, firstTensor + 6), says: /ends inside/ },
    { what: 'a file that ends in its data', bytes: whole.subarray(0, whole.length - 4096), says: /cut short/ },
    { what: 'version 1', bytes: patched(whole, 4, 1), says: /version 1/ },
    { what: 'version 99', bytes: patched(whole, 4, 99), says: /version 99/ },
    { what: 'a big-endian file', bytes: patched(whole, 4, 0x0300_0000), says: /big endian/ },
    { what: '2^60 tensors', bytes: patched(whole, 8, 2n ** 60n), says: /tensors/ },
    { what: '2^60 keys', bytes: patched(whole, 16, 2n ** 60n), says: /keys/ },
    { what: 'a key of 2^62 bytes', bytes: patched(whole, 24, 2n ** 62n), says: /key 0 claims/ },
    { what: '2^40 tokens', bytes: patched(whole, listLength, 2n ** 40n), says: /claims \d+ texts/ },
    { what: 'an unknown type of value', bytes: patched(whole, listLength - 8, 77), says: /unknown type 77/ },
    { what: 'a list of lists', bytes: patched(whole, listLength - 4, 9), says: /list of lists/ },
    { what: 'five dimensions', bytes: patched(whole, firstTensor, 5), says: /5 dimensions/ },
    { what: 'a dimension of 0', bytes: patched(whole, firstTensor + 4, 0n), says: /is 0/ },
    { what: 'a tensor larger than any file', bytes: patched(whole, firstTensor + 4, 2n ** 61n), says: /larger than any file/ },
    { what: 'an unknown storage type', bytes: patched(whole, firstTensor + 20, 99), says: /storage type 99/ },
    { what: 'an offset beyond the file', bytes: patched(whole, secondTensor + 16, 2n ** 40n), says: /begins at/ },
    { what: 'no architecture', bytes: await metadata({ 'general.architecture': null }), says: /names no architecture/ },
    { what: 'an unknown architecture', bytes: await metadata({ 'general.architecture': text('mystery') }), says: /mystery/ },
    { what: 'no heads', bytes: await metadata({ 'llama.attention.head_count': null }), says: /head_count must be.*missing/ },
    { what: '0 heads', bytes: await metadata({ 'llama.attention.head_count': u32(0) }), says: /head_count must be above 0/ },
    { what: 'no width of the feed-forward', bytes: await metadata({ 'llama.feed_forward_length': null }), says: /feed_forward_length/ },
    { what: 'no context length', bytes: await metadata({ 'llama.context_length': null }), says: /context_length/ },
    { what: 'no epsilon', bytes: await metadata({ 'llama.attention.layer_norm_rms_epsilon': null }), says: /rms_epsilon/ },
    { what: 'more blocks than tensors', bytes: await metadata({ 'llama.block_count': u32(3) }), says: /block_count is 3/ },
    { what: 'fewer blocks than tensors', bytes: await metadata({ 'llama.block_count': u32(1) }), says: /block_count is 1/ },
    { what: 'a rope scaling of no known kind', bytes: await metadata({ 'llama.rope.scaling.type': text('spiral') }), says: /spiral/ },
    {
      what: 'experts that are used and are not there',
      bytes: await metadata({ 'llama.expert_used_count': u32(2) }),
      says: /expert_used_count/,
    },
    { what: 'groups of no experts', bytes: await metadata({ 'llama.expert_group_count': u32(4) }), says: /expert_group_count/ },
    { what: 'more layers of prediction than layers', bytes: await metadata({ 'llama.nextn_predict_layers': u32(9) }), says: /nextn/ },
    { what: 'a part of nothing', bytes: await metadata({ 'split.no': { type: 'u16', value: 9 } }), says: /is a part/ },
    { what: 'parts that are counted in another type', bytes: await metadata({ 'split.count': u32(2) }), says: /16 bits/ },
    { what: "an encoder's words", bytes: await metadata({ 'tokenizer.ggml.model': text('bert') }), says: /no texts/ },
    {
      what: 'no tokens of bytes',
      bytes: await metadata({ [tokensKey]: texts(tokens.values.map((token) => token.replace('<0xF', '<byte F'))) }),
      says: /single bytes/,
    },
    { what: 'no vocabulary', bytes: await metadata({ [tokensKey]: null }), says: /tokens must list/ },
    {
      what: 'a token that is there twice',
      bytes: await metadata({ [tokensKey]: texts(tokens.values.with(400, '<s>')) }),
      says: /token "<s>" twice/,
    },
    { what: 'fewer scores than tokens', bytes: await metadata({ [scoresKey]: i32s([1, 2, 3]) }), says: /3 values for 512/ },
    { what: 'a key that is there twice', bytes: await ggufBytes(twice), says: /general.name" twice/ },
    { what: 'a key that reaches into prototypes', bytes: await metadata({ '__proto__.polluted': u32(1) }), says: /plain name/ },
    { what: 'a tensor that is there twice', bytes: await ggufBytes(tensorTwice), says: /token_embd.weight" twice/ },
    { what: 'an alignment of 3', bytes: await metadata({ 'general.alignment': u32(3) }), says: /power of 2/ },
    { what: 'a missing tensor', bytes: await ggufBytes(withoutTensors(model, /blk\.1\.attn_q/)), says: /attn_q.weight" is missing/ },
    { what: 'a tensor of another shape', bytes: await metadata({ 'llama.feed_forward_length': u32(96) }), says: /has shape/ },
  ];
}
