/** Small changes to a model that lie beside it: LoRA adapters as PEFT saves them, and as GGUF. */
export function adapterFiles(paths: readonly string[]): string[] {
  const present = new Set(paths);
  const peft = paths.flatMap((path) => {
    const folder = /^((?:[^/]+\/)?)adapter_config\.json$/.exec(path)?.[1];
    if (folder === undefined) return [];
    const weights = `${folder}adapter_model.safetensors`;
    return present.has(weights) ? [path, weights] : [];
  });
  return [...peft, ...paths.filter((path) => /^[^/]*(?:^|[-._])(?:lora|adapter)(?:[-._][^/]*)?\.gguf$/i.test(path))];
}
