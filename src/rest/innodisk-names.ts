/** The model of a file: its name without the ending. */
export function stemOf(fileName: string): string {
  return fileName.replace(/^.*[/\\]/, '').replace(/\.(zip|tar|tgz|tar\.gz|gguf)$/i, '');
}

/** As a model is named here: files, whose names these often are, have spaces and brackets in theirs. */
export function modelName(text: string): string {
  return text
    .trim()
    .normalize('NFC')
    .replace(/[\s()[\]{}'&,;=!#~$%^]+/g, '_');
}
