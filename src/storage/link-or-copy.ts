import { copyFile, link } from 'node:fs/promises';

/** What a file system answers that cannot link these two, where copying still can. */
const cannotLink: ReadonlySet<string | undefined> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** A second name for the same bytes; a copy where the file system has no such thing. */
export async function linkOrCopy(file: string, target: string): Promise<void> {
  try {
    await link(file, target);
  } catch (error) {
    if (!cannotLink.has((error as NodeJS.ErrnoException).code)) throw error;
    await copyFile(file, target);
  }
}
