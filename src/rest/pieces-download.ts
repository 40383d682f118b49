import type { PiecesDownloadFragment } from './operations.generated.ts';

/** How a download stands, as Pieces' clients read it. */
export interface PiecesProgress {
  status: 'UNKNOWN' | 'INITIALIZED' | 'IN-PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELED';
  /** 0 to 100; null where there is nothing to count. */
  percentage: number | null;
}

export function isDownloading({ activeTask }: PiecesDownloadFragment): boolean {
  return activeTask?.kind === 'DOWNLOAD';
}

/** Of the download under way, else of the last one, else of the files. */
export function downloadProgress(model: PiecesDownloadFragment): PiecesProgress {
  const { activeTask, tasks, installed } = model;
  if (activeTask?.kind === 'DOWNLOAD') {
    if (activeTask.state === 'QUEUED' && activeTask.progress === 0) return { status: 'INITIALIZED', percentage: 0 };
    return { status: 'IN-PROGRESS', percentage: Math.floor(activeTask.progress * 100) };
  }
  const last = tasks?.nodes[0]?.state;
  if (last === 'FAILED' || last === 'CANCELED') return { status: last, percentage: null };
  return installed ? { status: 'COMPLETED', percentage: 100 } : { status: 'UNKNOWN', percentage: null };
}
