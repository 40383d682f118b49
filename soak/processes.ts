import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose parent is `processId`: a server's runners. */
export function childrenOf(processId: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const status = readStatus(Number(name));
    const isZombie = /^State:\s+Z/m.test(status);
    return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === processId && !isZombie ? Number(name) : [];
  });
}

/** Memory of a process, in bytes; 0 when it is gone. */
export function memoryOf(processId: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readStatus(processId))?.[1] ?? 0) * 1024;
}

/** Open files and sockets of a process. */
export function descriptorsOf(processId: number): number {
  return readdirSync(`/proc/${processId}/fd`).length;
}

/** Whether a process exists and was not only left behind to be asked about. */
export function isAlive(processId: number): boolean {
  const status = readStatus(processId);
  return status !== '' && !/^State:\s+Z/m.test(status);
}

function readStatus(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/status`, 'latin1');
  } catch {
    return '';
  }
}
